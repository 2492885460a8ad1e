from __future__ import annotations

from typing import Any

import pytest

from alerts.case import CaseStatus, CaseView, Certainty
from alerts.day import Day
from alerts.lists.mapping import LONGEST, LONGEST_KEY, Problem, Row, parse
from alerts.question import QuestionKind
from tests.alerts.editions import json_of, watched

FIELDS = {
    name: name
    for name in (
        "name_latin", "name_native", "aliases", "status", "status_since", "execution_date", "birth_date", "gender",
        "country", "province", "prison", "charges", "court", "verdict_date", "minor_at_offence", "political",
        "source_name", "source_url", "certainty", "note",
    )
}  # fmt: skip
PAT = {"id": "1", "status": "Waiting", "name_latin": "Pat Example"}


def read(**values: Any) -> Row:
    """One row whose other fields are there, and null."""
    row = dict.fromkeys(("decision", *FIELDS)) | PAT | values
    (found,) = parse(json_of(row), watched(format="json", columns=FIELDS))
    return found


def test_every_field() -> None:
    row = read(
        name_native="آزاد نمونه", aliases="Patty; P. E.", status="Unfit", status_since="2031-01",
        execution_date="2031-05-05T00:00:00", birth_date="1980", gender="Female", country="xa", province="Coast",
        prison=" Harbour\n House ", charges="drug|murder", court="First", verdict_date="2030-02-03",
        minor_at_offence="yes", political="no", source_name="Example Watch", source_url="https://example.org/1",
        certainty="Single source", note=" two\r\nlines ", decision="Denied",
    )  # fmt: skip
    assert (row.key, row.number, row.unknown_word, row.problems, row.waits) == ("1", 1, None, (), False)
    assert row.view == CaseView(
        name_latin="Pat Example", name_native="آزاد نمونه", aliases=("Patty", "P. E."), status=CaseStatus.STAYED,
        detail="incompetent", word="Unfit", status_since=Day(2031, 1), execution_date=Day(2031, 5, 5),
        birth_date=Day(1980), gender="f", country="XA", province="Coast", prison="Harbour House",
        charges=("drug", "murder"), court="First", verdict_date=Day(2030, 2, 3), minor_at_offence=True,
        political=False, source_name="Example Watch", source_url="https://example.org/1",
        certainty=Certainty.SINGLE_SOURCE, note="two\nlines", extras=(("decision", "Denied"),),
    )  # fmt: skip


def test_what_holds_for_the_whole_list_fills_what_a_row_does_not_say() -> None:
    assert (read().view.country, read().view.certainty) == ("XH", Certainty.OFFICIAL)
    odd = read(country="Harbourland", certainty="rather sure").view
    assert (odd.country, odd.certainty) == ("XH", Certainty.OFFICIAL)


def test_words_that_say_neither_yes_nor_no_say_nothing() -> None:
    row = read(minor_at_offence="perhaps", gender="?")
    assert (row.view.minor_at_offence, row.view.gender, row.waits) == (None, None, False)


@pytest.mark.parametrize(
    "word", ["1899-12-30", "0001-01-01", "9999-12-31", "1899-12-30T00:00:00", "No Date Set", "-", ""]
)
def test_sentinels_are_no_date(word: str) -> None:
    row = read(execution_date=word)
    assert (row.view.execution_date, row.waits) == (None, False)


def test_a_sentinel_in_a_detail_is_nothing_and_words_stay_words() -> None:
    assert read(decision="1899-12-30").view.extras == (("decision", None),)
    assert read(decision="No Date Set").view.extras == (("decision", "No Date Set"),)
    assert read(decision=None).view.extras == (("decision", None),)


@pytest.mark.parametrize(
    "word", ["05/06/2031", "2031-13-01", "soon", "1397-05-04", "2031-02-30", "3031-01-01"]
)
def test_what_is_no_date_of_our_calendar_waits(word: str) -> None:
    row = read(birth_date=word)
    assert row.problems == (Problem(QuestionKind.UNREADABLE_DATE, "birth_date", word),)
    assert row.waits is True


@pytest.mark.parametrize("word", ["Executed?", "waiting", ""])
def test_an_unknown_word_waits_and_has_no_status(word: str) -> None:
    row = read(status=word)
    assert (row.unknown_word, row.view.status, row.waits) == (word, None, True)


def test_spaces_do_not_make_a_word_unknown() -> None:
    assert read(status="  Date \n set ").view.status is CaseStatus.SCHEDULED


@pytest.mark.parametrize("field", ["name_latin", "prison", "note", "decision", "source_url", "id"])
def test_a_forbidden_character_waits(field: str) -> None:
    row = read(**{field: "Pat\u202eelpmaxE"})
    where = "key" if field == "id" else field
    assert row.problems == (Problem(QuestionKind.FORBIDDEN_TEXT, where, "U+202E"),)
    assert "\u202e" not in repr(row.view)
    assert "\u202e" not in row.key


def test_a_forbidden_character_where_we_do_not_read_is_no_matter() -> None:
    assert read(colour="\u202e").waits is False


def test_a_paste_gone_wrong_waits() -> None:
    assert read(prison="x" * LONGEST).waits is False
    assert read(prison="x" * (LONGEST + 1)).problems == (
        Problem(QuestionKind.FORBIDDEN_TEXT, "prison", f"{LONGEST + 1} characters"),
    )
    assert read(note="x" * (LONGEST + 1)).waits is False
    assert read(id="x" * (LONGEST_KEY + 1)).waits is True


@pytest.mark.parametrize(
    ("text", "key"),
    [("44518.0", "44518"), (44518.0, "44518"), ("4.10", "4.10"), (" a b ", "a b"), ("0012", "0012")],
)
def test_keys_as_spreadsheets_write_them(text: Any, key: str) -> None:
    assert read(id=text).key == key


def test_equal_rows_have_equal_digests() -> None:
    assert read().digest == read(colour="red").digest
    assert read().digest != read(prison="Harbour").digest
