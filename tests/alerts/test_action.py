from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from alerts.action import (
    Action,
    LetterRefusal,
    deadline_for,
    end_of_day,
    may_serve_letter,
    read_number,
)
from alerts.alert import AlertKind
from alerts.case import CaseStatus
from alerts.day import Day, zone_of

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
DEADLINE = datetime(2026, 11, 10, 23, 59, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
ACTION = Action(
    id=1,
    case_id=1,
    year=2026,
    sequence=14,
    updates=0,
    kind=AlertKind.FIRST,
    letters=True,
    deadline=DEADLINE,
    opened_at=NOW,
)


@pytest.mark.parametrize(
    ("sequence", "updates", "number", "latest"),
    [
        (14, 0, "UA-26/014", "UA-26/014"),
        (14, 2, "UA-26/014", "UA-26/014.2"),
        (999, 11, "UA-26/999", "UA-26/999.11"),
        (1000, 1, "UA-26/1000", "UA-26/1000.1"),
    ],
)
def test_numbers_are_written(sequence: int, updates: int, number: str, latest: str):
    action = replace(ACTION, sequence=sequence, updates=updates)
    assert (action.number, action.latest_number) == (number, latest)


@pytest.mark.parametrize(
    "typed",
    [
        "UA-26/014",
        "ua-26/14",
        "UA-26/014.3",
        " 26/14 ",
        "26_014",
        "UA-26_014",
        "UA26/014",
        "UA - 26 / 014",
        "UA-۲۶/۰۱۴",
        "UA-٢٦/٠١٤",
        "UA-26/014 please",
    ],
)
def test_numbers_are_read_however_typed(typed: str):
    assert read_number(typed) == (2026, 14)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "UA",
        "UA-26",
        "14",
        "UA-26/",
        "UA-2026/014",
        "UA-26/1234567",
        "UA-2/014",
        "XUA-26/014",
        "UA-26-014",
    ],
)
def test_what_is_no_number_is_none(typed: str):
    assert read_number(typed) is None


@given(year=st.integers(2000, 2099), sequence=st.integers(1, 99_999), updates=st.integers(0, 50))
def test_every_number_is_read_back(year: int, sequence: int, updates: int):
    action = replace(ACTION, year=year, sequence=sequence, updates=updates)
    assert read_number(action.number) == (year, sequence)
    assert read_number(action.latest_number) == (year, sequence)


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "date", "deadline"),
    [
        ("upheld", None, end_of(2026, 12, 15)),  # 42 days on
        ("imminent", None, end_of(2026, 11, 10)),  # 7 days on
        ("scheduled", None, end_of(2026, 12, 15)),
        ("scheduled", Day(2026, 11, 5), end_of(2026, 11, 5)),
        ("scheduled", Day(2026, 11, 3), end_of(2026, 11, 3)),  # today
        ("scheduled", Day(2027, 6, 1), end_of(2027, 6, 1)),  # until the date, however far
        ("scheduled", Day(2026, 11, 2), end_of(2026, 12, 15)),  # past: it says nothing
        ("scheduled", Day(2027, 2), end_of(2027, 2, 28)),
        ("scheduled", Day(2027), end_of(2027, 12, 31)),
        ("imminent", Day(2026, 11, 5), end_of(2026, 11, 5)),
        ("imminent", Day(2026, 11, 20), end_of(2026, 11, 10)),
        ("upheld", Day(2026, 11, 20), end_of(2026, 11, 20)),
        ("upheld", Day(2027, 6, 1), end_of(2026, 12, 15)),
    ],
)
def test_deadlines_by_rule(status: str, date: Day | None, deadline: datetime):
    assert deadline_for(CaseStatus(status), date, NOW) == deadline


def test_a_deadline_does_not_depend_on_whose_clock_asks():
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-10)))
    assert deadline_for(CaseStatus.IMMINENT, None, elsewhere) == end_of(2026, 11, 10)


@pytest.mark.parametrize(
    ("country", "deadline"),
    [
        ("IR", datetime(2026, 11, 10, 20, 29, tzinfo=UTC)),  # UTC+3:30
        ("US", datetime(2026, 11, 11, 4, 59, tzinfo=UTC)),  # New York, where the day ends first
        ("SA", datetime(2026, 11, 10, 20, 59, tzinfo=UTC)),
        ("JP", datetime(2026, 11, 10, 14, 59, tzinfo=UTC)),
        ("XX", end_of(2026, 11, 10)),
        (None, end_of(2026, 11, 10)),
    ],
)
def test_a_deadline_is_the_end_of_a_day_in_the_country(country: str | None, deadline: datetime):
    assert deadline_for(CaseStatus.IMMINENT, None, NOW, zone_of(country)) == deadline
    dated = deadline_for(CaseStatus.SCHEDULED, Day(2026, 11, 10), NOW, zone_of(country))
    assert (dated, dated.tzinfo) == (deadline, UTC)


def test_a_day_that_is_over_in_the_country_is_no_deadline():
    evening = datetime(2026, 11, 3, 21, 0, tzinfo=UTC)  # past midnight in Tehran
    deadline = deadline_for(CaseStatus.SCHEDULED, Day(2026, 11, 3), evening, zone_of("IR"))
    assert deadline == end_of_day(date(2026, 12, 16), zone_of("IR"))


@pytest.mark.parametrize("country", sorted(set(get_global("territory_zones")) - {"001"}))
def test_no_letter_is_served_after_the_day_has_ended_anywhere_in_the_country(country: str):
    for day in (date(2026, 1, 15), date(2026, 7, 15)):
        ends = [end_of_day(day, ZoneInfo(zone)) for zone in get_global("territory_zones")[country]]
        assert end_of_day(day, zone_of(country)) == min(ends)


@given(
    status=st.sampled_from(CaseStatus),
    zone=st.sampled_from(["IR", "US", "JP", "KI", None]).map(zone_of),
    date=st.none() | st.dates().map(Day.of),
    now=st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_a_new_deadline_is_always_ahead(status: CaseStatus, zone: tzinfo, date: Day | None, now: datetime):
    deadline = deadline_for(status, date, now, zone)
    assert now < deadline
    local = deadline.astimezone(zone)
    assert (local.hour, local.minute, deadline.tzinfo) == (23, 59, UTC)


@pytest.mark.parametrize(
    ("deadline", "closed_at", "now", "is_open"),
    [
        (DEADLINE, None, DEADLINE - MOMENT, True),
        (DEADLINE, None, DEADLINE, False),
        (DEADLINE, NOW, NOW, False),
        (None, None, NOW, True),
        (None, NOW, NOW, False),
    ],
)
def test_open(deadline: datetime | None, closed_at: datetime | None, now: datetime, is_open: bool):  # noqa: FBT001
    assert replace(ACTION, deadline=deadline, closed_at=closed_at).is_open(now) is is_open


def test_a_letter_is_served_in_one_case_of_many_and_each_refusal_has_its_reason():
    for read_only, closed, stopped, late, held, waits, none in itertools.product([False, True], repeat=7):
        action = replace(
            ACTION,
            letters=not none,
            held=held,
            closed_at=NOW if closed else None,
            kind=AlertKind.STOP_ACTION if stopped else AlertKind.FIRST,
        )
        refusal = may_serve_letter(
            action, DEADLINE if late else DEADLINE - MOMENT, outcome_waits=waits, read_only=read_only
        )
        reasons = {
            LetterRefusal.READ_ONLY: read_only,
            LetterRefusal.CLOSED: closed or stopped,
            LetterRefusal.DEADLINE_PASSED: late,
            LetterRefusal.HELD: held,
            LetterRefusal.BEING_CHECKED: waits,
            LetterRefusal.NO_LETTERS: none,
        }
        assert refusal == next((reason for reason, holds in reasons.items() if holds), None)


def test_an_action_without_deadline_is_served():
    assert (
        may_serve_letter(replace(ACTION, deadline=None), DEADLINE, outcome_waits=False, read_only=False)
        is None
    )
