"""A filled letter as it is printed and signed by hand: the words that stand on the paper, in the letter's language.

Does not set type (that is `typeset`), and does not know who the reader is: place and name are left to the pen.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from alerts.letter.words import Letter
from alerts.locales import Catalogue
from alerts.render.typeset import PrintedLetter

_BLANK: Final = "_" * 24


def printed(letter: Letter, catalogue: Catalogue, day: date) -> PrintedLetter:
    """The letter on paper, dated `day` in the calendars of its language; `catalogue` is that language's."""
    blank_and_day = catalogue.c("between parts of a place", ", ").join((_BLANK, catalogue.date(day)))
    return PrintedLetter(
        locale=letter.language,
        is_rtl=catalogue.is_rtl,
        addressee=tuple(map(catalogue.isolate, letter.addressee.lines)),
        place_and_date=blank_and_day,
        subject=letter.subject,
        body=letter.unsigned,
        sign_here=catalogue.t("Name, signature"),
    )


def file_name(letter: Letter) -> str:
    """Such as "UA-26-014-fa.pdf", the same for every update of an action."""
    first = letter.number.partition(".")[0]
    return f"{first.replace('/', '-')}-{letter.language}.pdf"
