"""A calendar day of known precision: a year, a month or a day, as lists give them.

Reads ISO 8601 dates (with or without a time after them), month and day in two digits: of a date cut short, the
rest must not pass for another day. Does not read other orders or calendars, and does not format for people: that
is `alerts.locales`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import get_global

_ISO: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ]\d{1,2}:\d{2}.*)?")

SENTINELS: Final = frozenset({(1899, 12, 30), (1, 1, 1), (9999, 12, 31)})
"""What spreadsheets and databases write for "no date" (safety.md 2)."""

GREGORIAN: Final = range(1800, 2201)
"""Years a list can mean; Solar Hijri, Hijri and Buddhist years look alike and lie outside."""

NO_DATE: Final = frozenset({"", "-", "—", "na", "n/a", "none", "null", "no date set", "tbd", "unknown"})


@dataclass(frozen=True, slots=True)
class Day:
    """A day, month or year; `str()` gives ISO 8601 at its precision ("2025-03-20", "2025-03", "2025")."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no calendar has (ValueError)."""
        if self.day is not None and self.month is None:
            msg = "a day needs its month"
            raise ValueError(msg)
        date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    @classmethod
    def parse(cls, text: str | None) -> Day | None:
        """Read a list's word. None for an empty cell or a sentinel; ValueError when it is not a date."""
        cleaned = (text or "").strip()
        if cleaned.casefold() in NO_DATE:
            return None
        match = _ISO.fullmatch(cleaned)
        if match is None:
            msg = f"{cleaned[:40]!r} is not a date (expected YYYY-MM-DD, YYYY-MM or YYYY)"
            raise ValueError(msg)
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        if (year, month, day) in SENTINELS:
            return None
        if year not in GREGORIAN:
            msg = f"{cleaned[:40]!r} is not a date of the Gregorian calendar"
            raise ValueError(msg)
        try:
            return cls(year, month, day)
        except ValueError as error:
            msg = f"{cleaned[:40]!r} is not a date: {error}"
            raise ValueError(msg) from error

    @classmethod
    def of(cls, moment: date) -> Day:
        """The day of a date or datetime."""
        return cls(moment.year, moment.month, moment.day)

    @property
    def first(self) -> date:
        """The earliest date it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The latest date it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)


COUNTRIES: Final = frozenset(get_global("territory_zones")) - {"001", "ZZ"}
"""Codes (ISO 3166-1) of the countries whose zones are known; the world and "unknown" are none."""

_CAPITALS: Final = {"US": "America/New_York"}
"""Where several zones share the first end of a day, the one that people know."""


@cache
def zone_of(country: str | None) -> tzinfo:
    """The zone in which a country's days end; UTC when it is not known.

    Of several the easternmost: after a deadline has passed anywhere in the country, no letter is served.
    """
    zones = get_global("territory_zones").get(country or "", [])
    if not zones:
        return UTC
    known = _CAPITALS.get(country or "")
    if known is not None and known in zones:
        return ZoneInfo(known)
    return max(map(ZoneInfo, sorted(zones)), key=_standard_offset)


def _standard_offset(zone: ZoneInfo) -> timedelta:
    """The smaller of January's and July's: summer comes to both halves of the earth, at other times."""
    days = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 - wall time of the zone itself
    return min(zone.utcoffset(day) or timedelta() for day in days)
