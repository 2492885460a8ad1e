"""Days in two calendars, each at the precision it is known to. Digits are Latin here; Catalogue turns them.

The names of the Solar Hijri months are in the catalogues. Conversion: persiantools (equal to ICU).
"""

from __future__ import annotations

from typing import Final, Protocol

from babel import Locale
from babel.dates import format_date
from persiantools.jdatetime import JalaliDate

from alerts.day import Day

SOLAR_HIJRI_LOCALES: Final = frozenset({"fa", "ckb"})
"""Readers who are shown both calendars (domain.md section 8)."""

_WHOLE_DAY: Final = {"ckb": "dی MMMMی y", "de": "d. MMMM y", "es": "d 'de' MMMM 'de' y"}
"""Where the day, the month and the year do not simply follow one another."""
_FIRST_OF_A_MONTH: Final = {"fr": "d'er' MMMM y", "it": "d'º' MMMM y"}
"""Where the first day of a month alone is an ordinal."""
_MONTH: Final = {"ckb": "LLLLی y", "es": "LLLL 'de' y"}


class _InContext(Protocol):
    def __call__(self, context: str, msgid: str, /, **values: object) -> str: ...


def gregorian(day: Day, locale: Locale) -> str:
    """Such as "20 March 2025", "March 2025" or "2025", in the locale's words."""
    language = locale.language
    if day.month is None:
        return format_date(day.first, format="y", locale=locale)
    if day.day is None:
        return format_date(day.first, format=_MONTH.get(language, "LLLL y"), locale=locale)
    whole = _WHOLE_DAY.get(language, "d MMMM y")
    if day.day == 1:
        whole = _FIRST_OF_A_MONTH.get(language, whole)
    return format_date(day.first, format=whole, locale=locale)


def solar_hijri(day: Day, c: _InContext) -> str:
    """Such as "30 Esfand 1403"; for a month or a year the span of Solar Hijri ones that it touches."""
    first, last = JalaliDate(day.first), JalaliDate(day.last)  # type: ignore[no-untyped-call] # its stubs lack __init__
    if day.day is not None:
        return c(
            "a Solar Hijri day",
            "%(day)s %(month)s %(year)s",
            day=str(first.day),
            month=_month(first, c),
            year=str(first.year),
        )
    if day.month is None:
        return f"{first.year}–{last.year}"
    start = _month(first, c) if first.year == last.year else f"{_month(first, c)} {first.year}"
    return f"{start}–{_month(last, c)} {last.year}"


def _month(day: JalaliDate, c: _InContext) -> str:
    names = (
        c("Solar Hijri month", "Farvardin"),
        c("Solar Hijri month", "Ordibehesht"),
        c("Solar Hijri month", "Khordad"),
        c("Solar Hijri month", "Tir"),
        c("Solar Hijri month", "Mordad"),
        c("Solar Hijri month", "Shahrivar"),
        c("Solar Hijri month", "Mehr"),
        c("Solar Hijri month", "Aban"),
        c("Solar Hijri month", "Azar"),
        c("Solar Hijri month", "Dey"),
        c("Solar Hijri month", "Bahman"),
        c("Solar Hijri month", "Esfand"),
    )
    return names[day.month - 1]
