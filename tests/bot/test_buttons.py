from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.alert import Disposition
from alerts.case import Certainty
from alerts.locales import load
from alerts.render.target import FIELDS as OFFICIALS_FIELDS
from alerts.seal import Sealer, new_key
from bot.buttons import DECIDING, LASTS, LIMIT, Binding, read_reader_data, reader_data
from bot.emulator import keyboards
from bot.handlers import taps
from bot.handlers.write import PICKS, STATUSES
from tests.conftest import TEST_KEY

NOW = datetime(2026, 3, 10, 2, 30, tzinfo=UTC)
SHEET = 77
"""The message under which the buttons are."""
MINA = Binding(Sealer(TEST_KEY), 9001, NOW, SHEET)
BIGGEST = 2**63 - 1
"""The largest id that either database gives."""


def at(moment: datetime, user: int = 9001, message: int | None = SHEET) -> Binding:
    return Binding(Sealer(TEST_KEY), user, moment, message)


def test_a_button_says_again_what_it_was_made_for():
    assert MINA.read(MINA.bind("approve", 5, 2)) == ("approve", ["5", "2"])
    assert MINA.read(MINA.bind("w-skip")) == ("w-skip", [])


def test_a_button_is_for_one_person():
    assert at(NOW, user=9002).read(MINA.bind("approve", 5, 2)) is None


def test_a_button_of_another_installation_is_none_of_ours():
    assert Binding(Sealer(new_key()), 9001, NOW, SHEET).read(MINA.bind("approve", 5, 2)) is None


@pytest.mark.parametrize("verb", sorted(DECIDING))
def test_a_decision_counts_only_under_the_message_that_shows_it(verb: str):
    data = MINA.bind(verb, 5, 2)
    assert MINA.read(data) == (verb, ["5", "2"])
    assert [at(NOW, message=other).read(data) for other in (SHEET + 1, None)] == [None, None]
    with pytest.raises(AssertionError):
        at(NOW, message=None).bind(verb, 5, 2)


@pytest.mark.parametrize("verb", ["look", "make", "page"])
def test_what_only_shows_counts_under_any_message(verb: str):
    data = at(NOW, message=None).bind(verb, 5)
    assert [at(NOW, message=place).read(data) for place in (SHEET, SHEET + 1)] == [(verb, ["5"])] * 2


def test_every_other_verb_shows_or_belongs_to_a_conversation():
    officials = {"t-look", "t-page", "t-add", "t-change", "t-states", "t-f"}
    actions = {"e-list", "a-write", "a-stop", "q-news", "p-look"}
    assert taps._MODERATORS.keys() - DECIDING == {
        *("look", "others", "make", "page", "letter-of", "e-field"),
        *(*PICKS, *officials, *actions),
    }
    assert taps._MODERATORS.keys() >= DECIDING


def test_a_decision_lasts_a_quarter_of_an_hour():
    data = MINA.bind("approve", 5, 2)
    assert at(NOW + LASTS).read(data) == ("approve", ["5", "2"])
    assert at(NOW + LASTS + timedelta(seconds=1)).read(data) is None


@pytest.mark.parametrize("verb", ["approve", "submit", "return", "reject", "as-record", "as-action"])
def test_everything_that_decides_is_as_short_lived(verb: str):
    assert at(NOW + LASTS + timedelta(seconds=1)).read(MINA.bind(verb, 5)) is None


@pytest.mark.parametrize("verb", ["look", "make", "page"])
def test_what_only_shows_still_works_in_the_morning(verb: str):
    data = MINA.bind(verb, 5)
    assert at(NOW + timedelta(days=6)).read(data) == (verb, ["5"])
    assert at(NOW + timedelta(days=8)).read(data) is None


def test_no_letter_of_it_can_be_altered():
    data = MINA.bind("approve", 5, 2)
    altered = [
        data[:place] + ("0" if data[place] != "0" else "1") + data[place + 1 :] for place in range(len(data))
    ]
    assert [one for one in altered if MINA.read(one) is not None] == []


@pytest.mark.parametrize(
    "data", ["", "m", "m:", "m:approve:5:2", "m:approve:5:2:0:0", ":::::", "m:approve:5:2:zz:é", "é" * 32]
)
def test_what_no_button_ever_held_is_nothing(data: str):
    assert MINA.read(data) is None


def test_the_longest_data_fit_for_the_largest_ids():
    fields = ["source_name", "prison", "petition", *load().codes]
    longest = [
        MINA.bind("approve", BIGGEST, 10**9),
        MINA.bind("return", BIGGEST, 10**9),
        MINA.bind("reject", BIGGEST, 10**9),
        MINA.bind("submit", BIGGEST, 10**9),
        MINA.bind("look", BIGGEST),
        MINA.bind("make", BIGGEST),
        MINA.bind("edit", BIGGEST, 10**9),
        MINA.bind("held-keep", BIGGEST),
        MINA.bind("held-gone", BIGGEST),
        MINA.bind("w-case", BIGGEST),
        MINA.bind("page", "questions", 10**9),
        *(MINA.bind(f"as-{one.value}", BIGGEST, 10**9) for one in Disposition),
        *(MINA.bind("e-field", BIGGEST, field) for field in fields),
        *(MINA.bind("t-f", BIGGEST, field) for field in OFFICIALS_FIELDS),
        *(MINA.bind(verb, "x" * 20) for verb in ("t-agree", "t-refuse", "t-check", "t-retire", "t-propose")),
        MINA.bind("t-mark", "x" * 20, 14, "b"),
        MINA.bind("t-states", BIGGEST),
        MINA.bind("t-change", BIGGEST),
        *(MINA.bind("w-status", status) for status in STATUSES),
        *(MINA.bind("w-sure", one.value) for one in Certainty),
        reader_data("follow", str(BIGGEST)),
        reader_data("case", str(BIGGEST)),
        reader_data("warned", "UA-26/99999"),
        reader_data("topic", f"case:{BIGGEST}", "c"),
    ]
    assert keyboards._LONGEST_DATA == LIMIT
    assert max(len(data.encode()) for data in longest) <= LIMIT


def test_longer_data_are_a_fault_of_ours_not_of_telegram():
    with pytest.raises(AssertionError):
        MINA.bind("w-case", "x" * 60)
    with pytest.raises(AssertionError):
        reader_data("case", "x" * 60)


def test_readers_cannot_make_a_moderators_button():
    with pytest.raises(AssertionError):
        reader_data("m", "approve", "5", "2")


def test_readers_data():
    assert read_reader_data(reader_data("lang", "fa", "s")) == ("lang", ["fa", "s"])
