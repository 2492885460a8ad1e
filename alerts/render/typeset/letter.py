"""PrintedLetter: a letter as a reader prints, signs and posts it; several of them in one PDF.

Knows paper, not cases: every word comes in. Does not decide who is written to or whether a letter may be served.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Final

from alerts.render.typeset.glyphs import printable, printable_lines, titled
from alerts.render.typeset.press import Press

_ITEM: Final = "- "


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """What stands on the paper.

    `body` is plain text: paragraphs are divided by empty lines, line ends within them are kept, lines that begin
    with "- " are a list. `heading` and `footer` are small lines outside of the letter itself. An empty field
    leaves no gap.
    """

    locale: str
    is_rtl: bool
    addressee: tuple[str, ...]
    place_and_date: str
    subject: str
    body: str
    sign_here: str
    footer: str = ""
    heading: str = ""


def letter_pdf(letters: Sequence[PrintedLetter]) -> bytes:
    """One PDF/UA-1 with the letters, each beginning on a new page; titled with the first subject.

    At least one letter, or ValueError.
    """
    return _press().pdf(_given(letters))


def page_count(letter: PrintedLetter) -> int:
    """Pages the letter fills once it has been shrunk as far as it may be (10 pt); a good letter fills one."""
    return len(_press().pngs(_given([letter]), ppi=_COUNTING))


_COUNTING: Final = 2.0
"""Pixels to 72 points, where only the number of pages is wanted."""


@cache
def _press() -> Press:
    return Press("letter.typ")


def _given(letters: Sequence[PrintedLetter]) -> dict[str, Any]:
    if not letters:
        raise ValueError("there is no letter to print")
    first = letters[0]
    return {"name": titled(first.subject) or first.locale, "letters": [_plain(letter) for letter in letters]}


def _plain(letter: PrintedLetter) -> dict[str, Any]:
    return {
        "lang": letter.locale,
        "rtl": letter.is_rtl,
        "addressee": printable_lines(letter.addressee),
        "place_and_date": printable(letter.place_and_date),
        "subject": printable(letter.subject),
        "body": list(_parts(letter.body)),
        "sign_here": printable(letter.sign_here),
        "footer": printable(letter.footer),
        "heading": printable(letter.heading),
    }


def _parts(body: str) -> Iterator[dict[str, Any]]:
    """Paragraphs and lists in turn, as {list, lines}."""
    for filled, paragraph in groupby(body.splitlines(), lambda line: bool(line.strip())):
        if filled:
            yield from _runs(paragraph)


def _runs(paragraph: Iterable[str]) -> Iterator[dict[str, Any]]:
    for is_list, lines in groupby(paragraph, lambda line: line.startswith(_ITEM)):
        shown = printable_lines(tuple(line.removeprefix(_ITEM) for line in lines))
        if shown:
            yield {"list": is_list, "lines": shown}
