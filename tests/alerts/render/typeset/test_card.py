from __future__ import annotations

import io
from dataclasses import fields, replace

import pytest
from PIL import Image

from alerts.render.typeset import Card, card_png
from tests.alerts.render.typeset.samples import HOSTILE, LEFT_TO_RIGHT_CARD, RIGHT_TO_LEFT_CARD

INK = (23, 48, 58)
PAPER = (247, 244, 236)
EDGE = 70  # pixels at each side where no word may stand
FOOT = 50


def picture(card):
    return Image.open(io.BytesIO(card_png(card))).convert("RGB")


def colours(image, box):
    return {colour for _, colour in image.crop(box).getcolors(maxcolors=1_000_000)}


def assert_nothing_overflows(image):
    assert image.size == (1080, 1350)
    assert colours(image, (0, 0, EDGE, 1350)) | colours(image, (1080 - EDGE, 0, 1080, 1350)) <= {INK, PAPER}
    assert colours(image, (0, 1350 - FOOT, 1080, 1350)) == {PAPER}


@pytest.mark.parametrize("card", [LEFT_TO_RIGHT_CARD, RIGHT_TO_LEFT_CARD], ids=["ltr", "rtl"])
def test_a_card_is_a_picture_for_a_phone(card):
    assert_nothing_overflows(picture(card))


@pytest.mark.parametrize("text", [text for text in HOSTILE if not text.startswith("\u0301")])
@pytest.mark.parametrize("sample", [LEFT_TO_RIGHT_CARD, RIGHT_TO_LEFT_CARD], ids=["ltr", "rtl"])
def test_hostile_text_stays_on_the_card(sample, text):
    words = {field.name: text for field in fields(Card) if field.name not in {"locale", "is_rtl", "lines"}}
    assert_nothing_overflows(picture(replace(sample, **words, lines=(text,) * 6)))


def test_words_stand_where_reading_begins():
    bare = replace(LEFT_TO_RIGHT_CARD, name="N", other_name="", place="", label="", lines=())
    left, right = (0, 0, 540, 300), (540, 0, 1080, 300)
    assert len(colours(picture(bare), left)) > 1
    assert len(colours(picture(bare), right)) <= 2
    mirrored = replace(bare, is_rtl=True)
    assert len(colours(picture(mirrored), right)) > 1


def test_a_long_name_is_smaller_and_whole():
    long = replace(LEFT_TO_RIGHT_CARD, name="Maximilian-Alexander Mustermann-Beispielhausen von Langname")
    assert_nothing_overflows(picture(long))
    assert picture(long).tobytes() != picture(replace(long, name=long.name[:-1])).tobytes()


def test_what_is_too_long_ends_in_an_ellipsis():
    name = "Arman " * 40
    assert card_png(replace(LEFT_TO_RIGHT_CARD, name=name)) == card_png(
        replace(LEFT_TO_RIGHT_CARD, name=name[:119].rstrip() + "…")
    )


def test_a_card_of_nothing_has_no_words():
    words = {field.name: "" for field in fields(Card) if field.name not in {"locale", "is_rtl", "lines"}}
    empty = picture(replace(LEFT_TO_RIGHT_CARD, **words, lines=()))
    assert_nothing_overflows(empty)
    assert colours(empty, (0, 200, 1080, 1000)) == {PAPER}
