from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.render.typeset import letter_pdf, page_count
from tests.alerts.render.typeset.samples import HOSTILE, LEFT_TO_RIGHT, RIGHT_TO_LEFT, read


def test_the_words_stand_in_the_order_of_a_letter():
    lines = read(letter_pdf([LEFT_TO_RIGHT])).text.splitlines()
    assert lines[:6] == ["UA-26/014", *LEFT_TO_RIGHT.addressee, "Example Town, 14 March 2026"]
    assert lines[6].startswith("Halt the execution of Arman Nemuneh (")
    assert lines[-5:] == [
        "– to halt his execution at once;",
        "– to grant him a fair retrial without recourse to the death penalty.",
        "Yours respectfully,",
        "Signature, name and town (initials are enough)",
        "Source: Example Society, 12 March 2026",
    ]


def test_a_screen_reader_finds_language_title_and_structure():
    paper = read(letter_pdf([LEFT_TO_RIGHT]))
    assert (paper.language, paper.tagged) == ("en", True)
    assert paper.title == "Halt the execution of Arman Nemuneh (آرمان نمونه), Example Central Prison"
    outline = [tag for tag in paper.tags if tag in {"H1", "P", "L", "LI"}]
    assert outline == ["P", "P", "H1", "P", "P", "P", "L", "LI", "LI", "P", "P"]


def test_right_to_left_is_shaped_and_in_reading_order():
    paper = read(letter_pdf([RIGHT_TO_LEFT]))
    assert paper.language == "fa"
    for words in (
        "شهر نمونه، ۲۳ اسفند ۱۴۰۴",
        "می\u200cشود",
        "سلول انفرادی",
        "دادرسی دوباره و منصفانه فراهم کنید",
    ):
        assert words in paper.text


def test_a_pack_begins_each_letter_on_a_new_page():
    paper = read(letter_pdf([LEFT_TO_RIGHT, RIGHT_TO_LEFT, LEFT_TO_RIGHT]))
    assert len(paper.pages) == 3
    assert [page.count("EXAMPLE LAND") for page in paper.pages] == [1, 0, 1]
    assert paper.title.startswith("Halt the execution")


def test_the_same_letter_gives_the_same_bytes():
    first = letter_pdf([RIGHT_TO_LEFT])
    letter_pdf([LEFT_TO_RIGHT])
    assert letter_pdf([RIGHT_TO_LEFT]) == first


def test_a_pack_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no letter"):
        letter_pdf([])


def paragraphs(number):
    return replace(
        LEFT_TO_RIGHT, body="\n\n".join(["Two lines of words, and then a few more of them. " * 3] * number)
    )


def test_a_letter_shrinks_before_it_takes_a_second_page():
    fits = max(number for number in range(1, 30) if page_count(paragraphs(number)) == 1)
    assert fits == 15
    assert page_count(paragraphs(fits + 1)) == 2
    assert len(read(letter_pdf([paragraphs(fits + 1)])).pages) == 2


def test_empty_fields_leave_out_their_place():
    bare = replace(
        LEFT_TO_RIGHT,
        addressee=(),
        place_and_date="",
        subject="",
        sign_here="",
        footer="",
        heading="",
        body="Only this.",
    )
    paper = read(letter_pdf([bare]))
    assert (paper.text, paper.title) == ("Only this.", "en")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("sample", [LEFT_TO_RIGHT, RIGHT_TO_LEFT], ids=["ltr", "rtl"])
def test_hostile_text_is_only_text(sample, text):
    short = text[:200]
    hostile = replace(
        sample,
        addressee=(short, "Example"),
        place_and_date=short,
        subject=short,
        body=f"{text}\n\n- {text}\n\nEnding",
        sign_here=short,
        footer=short,
        heading=short,
    )
    paper = read(letter_pdf([hostile]))
    assert len(paper.pages) == page_count(hostile)
    assert "Ending" in paper.text


def test_markup_is_printed_as_it_is():
    paper = read(letter_pdf([replace(LEFT_TO_RIGHT, body=HOSTILE[0])]))
    assert HOSTILE[0] in paper.text.replace("\r\n", "")


def test_what_the_font_lacks_leaves_a_trace():
    paper = read(letter_pdf([replace(LEFT_TO_RIGHT, body="before 😀 after")]))
    assert "before \ufffd after" in paper.text
