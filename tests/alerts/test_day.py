from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.day import Day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-20", Day(2025, 3, 20)),
        (" 2025-03-20\n", Day(2025, 3, 20)),
        ("2025-03", Day(2025, 3)),
        ("2025", Day(2025)),
        ("2024-02-29", Day(2024, 2, 29)),
        ("2025-03-20T00:00:00.000Z", Day(2025, 3, 20)),
        ("2025-03-20 14:05", Day(2025, 3, 20)),
        ("۲۰۲۵-۰۳-۲۰", Day(2025, 3, 20)),
    ],
)
def test_iso_dates_are_read_at_their_precision(text: str, day: Day):
    assert Day.parse(text) == day


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "  ",
        "-",
        "—",
        "NA",
        "n/a",
        "None",
        "null",
        "No Date Set",
        "TBD",
        "unknown",
        "1899-12-30",
        "0001-01-01",
        "9999-12-31",
        "1899-12-30T00:00:00",
    ],
)
def test_no_date_is_no_date(text: str | None):
    assert Day.parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "20/03/2025",
        "20.03.2025",
        "2025/03/20",
        "March 2025",
        "2025-13",
        "2025-3",
        "2025-3-02",
        "2025-03-2",
        "2025-03-2T00:00",
        "2025-02-29",
        "2025-04-31",
        "25-03-20",
        "2025-00",
        "2025-00-00",
        "2025-03-00",
        "0000-00-00",
        "2025-",
        "2025-03-20x",
        "20250320",
        "soon",
        "2025-03-20Tnoon",
        "45000",
        "1403-05-12",
        "1446-09-20",
        "2568-01-01",
    ],
)
def test_what_is_no_gregorian_date_is_refused_in_words(text: str):
    with pytest.raises(ValueError, match="is not a date"):
        Day.parse(text)


@pytest.mark.parametrize("parts", [(2025, None, 3), (2025, 0), (2025, 1, 0), (2025, 13), (2025, 2, 30), (0,)])
def test_no_day_is_made_that_no_calendar_has(parts: tuple[int | None, ...]):
    with pytest.raises(ValueError, match=r".+"):
        Day(*parts)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (Day(2024, 2, 10), date(2024, 2, 10), date(2024, 2, 10)),
        (Day(2024, 2), date(2024, 2, 1), date(2024, 2, 29)),
        (Day(2025, 2), date(2025, 2, 1), date(2025, 2, 28)),
        (Day(2025), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_an_uncertain_day_has_its_bounds(day: Day, first: date, last: date):
    assert (day.first, day.last) == (first, last)


def test_a_moment_has_a_day():
    assert Day.of(datetime(2026, 3, 20, 23, 59, tzinfo=UTC)) == Day(2026, 3, 20)


@given(st.dates(date(1800, 1, 1), date(2200, 12, 31)).filter(lambda when: when != date(1899, 12, 30)))
def test_every_day_is_read_back_as_written(when: date):
    for day in (Day(when.year), Day(when.year, when.month), Day.of(when)):
        assert Day.parse(str(day)) == day
        assert day.first <= when <= day.last
