"""A letter and a card per locale against the reviewed pictures in tests/rendered/<locale>/, 270 pixels wide."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from alerts.locales import load
from alerts.render.typeset import card_png, letter_pdf
from tests.alerts.render.typeset.samples import card_for, letter_for

ROOT = Path(__file__).parents[4]
RENDERED = ROOT / "tests" / "rendered"
LOCALES = sorted(path.name for path in (ROOT / "locales").iterdir() if (path / "LC_MESSAGES").is_dir())

WIDTH = 270
SHADES = 48
"""Of 255: the difference from which a pixel is another one, not the same drawn by another processor."""
PIXELS = 8


@pytest.fixture(scope="session")
def catalogues():
    return load()


def reduced(image):
    return image.convert("L").resize(
        (WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS
    )


def check_reviewed(image, path):
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, optimize=True)
        pytest.fail(f"{path} is new: look at it, then run again")
    with Image.open(path) as reviewed:
        assert image.size == reviewed.size
        differences = ImageChops.difference(image, reviewed.convert("L")).histogram()
        assert sum(differences[SHADES:]) <= PIXELS


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_looks_as_reviewed(locale, catalogues):
    pdf = letter_pdf([letter_for(locale, is_rtl=catalogues[locale].is_rtl)])
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    check_reviewed(reduced(page), RENDERED / locale / "letter.png")


def test_one_other_word_is_another_picture(catalogues):
    letter = letter_for("en", is_rtl=catalogues["en"].is_rtl)
    changed = replace(letter, body=letter.body.replace("deep", "much"))
    page = pypdfium2.PdfDocument(letter_pdf([changed]))[0].render(scale=2).to_pil()
    with pytest.raises(AssertionError):
        check_reviewed(reduced(page), RENDERED / "en" / "letter.png")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_card_looks_as_reviewed(locale, catalogues):
    png = card_png(card_for(locale, is_rtl=catalogues[locale].is_rtl))
    check_reviewed(reduced(Image.open(io.BytesIO(png))), RENDERED / locale / "card.png")
