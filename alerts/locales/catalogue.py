"""Catalogue: one locale's words, digits, dates and isolation of text that runs the other way.

The text of an identifier ("UA-26/014") keeps Latin digits in every locale, because people type it back.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, tzinfo
from functools import lru_cache
from gettext import NullTranslations
from typing import Final

from babel import Locale
from babel.dates import get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

from alerts.day import Day
from alerts.locales.calendars import SOLAR_HIJRI_LOCALES, gregorian, solar_hijri
from alerts.locales.gazetteer import Gazetteer

SOURCE_LOCALE: Final = "en"
"""The language that msgids are written in, and the fallback of all others."""

FIRST_STRONG_ISOLATE: Final = "\u2068"
LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"
POP_ISOLATE: Final = "\u2069"

_DIGITS: Final = {
    "fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
    "ckb": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
}
_CAPITALS: Final = {"tr": {"i": "İ", "ı": "I"}}
_LISTS_BY_HAND: Final = frozenset({"ckb", "fa"})
"""Languages for which CLDR has no way of joining a list, or (fa) one with marks that letters would carry along."""
_PAIR: Final = 2
_DIRECTION_CONTROLS: Final = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_HARMLESS_IN_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "NSM", "WS", "BN"})


class Catalogue:
    """The words of one locale. Immutable; safe to share."""

    def __init__(
        self, locale: str, translations: NullTranslations, gazetteer: Gazetteer | None = None
    ) -> None:
        translations.add_fallback(NullTranslations() if locale == SOURCE_LOCALE else _VisibleFallback())
        self._translations = translations
        self._cldr = Locale.parse(locale)
        self._gazetteer = gazetteer or Gazetteer({})
        self.locale: Final = locale

    def __repr__(self) -> str:
        return f"Catalogue({self.locale!r})"

    def t(self, msgid: str, /, **values: object) -> str:
        """The text with its `%(name)s` filled in; whole numbers get the locale's digits and separators.

        A text that is not translated yet comes in English behind a visible "[en]".
        """
        return self._filled(self._translations.gettext(msgid), values)

    def n(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """The form for `number`, which also fills `%(number)s`."""
        return self._filled(
            self._translations.ngettext(singular, plural, number), {"number": number, **values}
        )

    def c(self, context: str, msgid: str, /, **values: object) -> str:
        """As `t`, for a text that means different things in different places."""
        return self._filled(self._translations.pgettext(context, msgid), values)

    @property
    def name(self) -> str:
        """The language's name in that language."""
        return self.c("the name of this language, in itself", "English")

    @property
    def is_rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self._cldr.character_order == "right-to-left"

    def digits(self, text: str) -> str:
        """`text` with the locale's digits; not for identifiers."""
        return text.translate(_DIGITS.get(self.locale, {}))

    def number(self, number: int) -> str:
        """A whole number as the locale writes it: "12,345", "۱۲٬۳۴۵"."""
        return self.digits(format_decimal(number, locale=self._cldr, numbering_system="default"))

    def begun(self, sentence: str) -> str:
        """The sentence with a capital at its beginning, as the language writes it."""
        first = _CAPITALS.get(self.locale, {}).get(sentence[:1]) or sentence[:1].upper()
        return first + sentence[1:]

    def within(self, phrase: str) -> str:
        """Our own phrase inside a sentence: a msgid has a capital, a translation has one only where its language needs it."""
        return phrase[:1].lower() + phrase[1:] if self.locale == SOURCE_LOCALE else phrase

    def isolate(self, text: str) -> str:
        """Text from a list, kept from reordering what stands around it; other direction controls are removed.

        Unchanged when it runs as the locale does anyway.
        """
        cleaned = text.translate(_DIRECTION_CONTROLS)
        directions = _directions(cleaned)
        runs_along = (
            directions <= _HARMLESS_IN_RIGHT_TO_LEFT if self.is_rtl else not directions & _RIGHT_TO_LEFT
        )
        return cleaned if runs_along else f"{FIRST_STRONG_ISOLATE}{cleaned}{POP_ISOLATE}"

    def original(self, text: str) -> str:
        """Words for operators, which are always English: isolated, and marked in any other language as English."""
        return (
            self.isolate(text)
            if self.locale == SOURCE_LOCALE
            else _marked(text.translate(_DIRECTION_CONTROLS))
        )

    def identifier(self, text: str) -> str:
        """A number or code that people type back, always from left to right: "UA-26/014", "/help"."""
        return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}" if self.is_rtl else text

    def listing(self, items: list[str]) -> str:
        """Several things in one phrase: "a, b, and c"."""
        if self.locale not in _LISTS_BY_HAND or len(items) < _PAIR:
            return format_list(items, locale=self._cldr)
        before = self.c("between the items of a list", ", ").join(items[:-1])
        return self.c("the last item of a list", "%(before)s and %(last)s", before=before, last=items[-1])

    def place(self, text: str) -> str | None:
        """A prison, town or province as this language writes it; None for one that is not in our tables."""
        return self._gazetteer.name(text, self.locale)

    def country(self, code: str) -> str:
        """A country's name by its ISO 3166-1 alpha-2 code; the code itself when CLDR has no name for it."""
        return self._cldr.territories.get(code) or self.identifier(code)

    def language(self, code: str) -> str:
        """A language's name in this one; the code itself when CLDR has no name for it."""
        return self._cldr.languages.get(code) or self.identifier(code)

    def day(self, day: Day) -> str:
        """A day at its own precision; Solar Hijri and Gregorian where readers use both.

        A Gregorian month or year is no whole Solar Hijri one, so there the Gregorian comes first and the
        other calendar's span in brackets.
        """
        western = self.digits(gregorian(day, self._cldr))
        if self.locale not in SOLAR_HIJRI_LOCALES:
            return western
        solar = self.digits(solar_hijri(day, self.c))
        return f"{solar} ({western})" if day.day is not None else f"{western} ({solar})"

    def date(self, day: date) -> str:
        """`day` of a whole date."""
        return self.day(Day.of(day))

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """An instant in `zone`, which is named: "20 March 2025, 18:00 (Tehran time)"."""
        local = moment.astimezone(zone)
        day, clock = self.date(local), self.digits(f"{local:%H:%M}")
        if str(zone) in {"UTC", "Etc/UTC"}:
            return self.t("%(day)s, %(clock)s UTC", day=day, clock=clock)
        name = get_timezone_location(zone, locale=self._cldr, return_city=True)
        city = self.place(name) or self.isolate(name)
        return self.t("%(day)s, %(clock)s (%(city)s time)", day=day, clock=clock, city=city)

    def _filled(self, text: str, values: dict[str, object]) -> str:
        if not values:
            return text
        return text % {
            name: self.number(value) if type(value) is int else value for name, value in values.items()
        }


class _VisibleFallback(NullTranslations):
    """English that says it is English: a reader must not take it for a translation."""

    def gettext(self, message: str) -> str:
        return _marked(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _marked(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        del context
        return _marked(message)


@lru_cache(maxsize=1024)
def _directions(text: str) -> frozenset[str]:
    """Which ways its characters run; the same names stand in many renderings, one after the other."""
    return frozenset(map(unicodedata.bidirectional, text))


def _marked(text: str) -> str:
    return f"{LEFT_TO_RIGHT_ISOLATE}[{SOURCE_LOCALE}] {text}{POP_ISOLATE}"
