"""A letter, a card and a report per locale against the reviewed pictures in tests/rendered/<locale>/, 270 pixels wide.

The words are the locale's own: when they change, so do the pictures; then delete them, run this twice, and look.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from alerts.locales import load
from alerts.render.typeset import card_png, letter_pdf, report_pdf
from tests.alerts.render.typeset.samples import card_for, letter_for, read, report_for

ROOT = Path(__file__).parents[4]
RENDERED = ROOT / "tests" / "rendered"
LOCALES = load().codes

WIDTH = 270
SHADES = 48
"""Of 255: the difference from which a pixel is another one, not the same drawn by another processor."""
PIXELS = 8


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
    assert sum(differences[SHADES:]) <= PIXELS, f"{path}: if that is right, delete it, run again, and look"


def first_page(pdf):
    return reduced(pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil())


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_looks_as_reviewed(locale):
    pdf = letter_pdf([letter_for(locale)])
    paper = read(pdf)
    assert (paper.language, paper.tagged, len(paper.pages)) == (locale, True, 1)
    assert [char for char in letter_for(locale).subject if char.isalnum()] == list(
        filter(str.isalnum, paper.title)
    )
    check_reviewed(first_page(pdf), RENDERED / locale / "letter.png")


def test_one_other_word_is_another_picture():
    letter = letter_for("en")
    words = letter.body.split(" ")
    words[20] = words[20][::-1]
    changed = replace(letter, body=" ".join(words))
    assert changed != letter
    with pytest.raises(AssertionError):
        check_reviewed(first_page(letter_pdf([changed])), RENDERED / "en" / "letter.png")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_card_looks_as_reviewed(locale):
    png = card_png(card_for(locale))
    check_reviewed(reduced(Image.open(io.BytesIO(png))), RENDERED / locale / "card.png")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_report_looks_as_reviewed(locale):
    pdf = report_pdf(report_for(locale))
    assert read(pdf).language == locale
    check_reviewed(first_page(pdf), RENDERED / locale / "report.png")
