from __future__ import annotations

import pytest

from alerts.serve import Dealt
from bot.buttons import LIMIT, read_reader_data
from bot.handlers import choices
from bot.handlers.choices import PARTS, Choice

CHOICE = Choice("UA-26/014", 12, "fa", Dealt(variant=2, subject=3), "DE")


@pytest.mark.parametrize("choice", [CHOICE, Choice("UA-26/014", 0, "ckb", Dealt(variant=1, subject=1))])
def test_a_choice_comes_back_from_its_button_and_from_its_code(choice: Choice) -> None:
    verb, parts = read_reader_data(choice.data("pdf"))
    assert (verb, len(parts)) == ("pdf", PARTS)
    assert choices.read(parts) == choice
    assert choices.read_code(f"Reply to this.\n\n\u2066{choice.code}\u2069") == choice


def test_the_longest_fits_into_a_button() -> None:
    longest = Choice("UA-26/99999", 999_999_999, "ckb", Dealt(variant=3, subject=3), "DE")
    assert len(f"{longest.data('lang-lt')}:12345678".encode()) <= LIMIT


@pytest.mark.parametrize(
    "parts",
    [
        ["nonsense", "12", "fa", "23", ""],
        ["UA-26/014", "-1", "fa", "23", ""],
        ["UA-26/014", "²", "fa", "23", ""],
        ["UA-26/014", "1234567890", "fa", "23", ""],
        ["UA-26/014", "12", "../fa", "23", ""],
        ["UA-26/014", "12", "fa", "43", ""],
        ["UA-26/014", "12", "fa", "20", ""],
        ["UA-26/014", "12", "fa", "2", ""],
        ["UA-26/014", "12", "fa", "23", "de"],
        ["UA-26/014", "12", "fa", "23", "DEU"],
    ],
)
def test_what_no_button_holds_is_no_choice(parts: list[str]) -> None:
    assert choices.read(parts) is None


def test_a_number_is_taken_as_we_write_it() -> None:
    read = choices.read(["ua 26/14 and a long tail of words", "12", "fa", "23", ""])
    assert read is not None
    assert read.number == "UA-26/014"


def test_an_alerts_number_alone_is_no_letter() -> None:
    assert choices.read_code("Urgent action UA-26/014.2 · Latest and letter") is None
    assert choices.read_code("") is None


def test_other_words_go_round() -> None:
    assert [
        CHOICE.reworded().dealt.variant,
        CHOICE.reworded().reworded().dealt.variant,
        CHOICE.reworded().reworded().reworded().dealt.variant,
    ] == [3, 1, 2]
