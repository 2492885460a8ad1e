"""From a document to rows in our words: statuses, dates, names as the list's configuration maps them.

Takes nothing for granted: a word it does not know, a date it cannot read or a character that may not stand
there is told with the row, which then waits. Compares nothing and stores nothing.

An edition is read in two steps, so that a large list costs little when little has changed: its entries (key and
digest), and then only the rows that are wanted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from alerts.case import ANNOUNCED, CaseView, Certainty
from alerts.day import Day
from alerts.lists import csv, json
from alerts.lists.sheet import Sheet, refusal
from alerts.lists.watched import WatchedList
from alerts.names import forbidden, harmless
from alerts.question import QuestionKind

__all__ = ["Entry", "Problem", "Reader", "Row", "WatchedList", "parse"]

LONGEST: Final = 2_000
"""Characters in any field but the note; a longer one is a paste gone wrong."""
LONGEST_NOTE: Final = 50_000
LONGEST_KEY: Final = 300
LONGEST_NUMBER: Final = 6
EARLIEST, LATEST = 1850, 2200
"""Years outside these are of another calendar, or slips."""

_NO_NEWLINE: Final = (
    "the last line has no line end, though the last good edition's had one: the file may break off inside a cell. "
    "If it is whole, it is taken once it has stayed the same for a day."
)
_READ: Final = {"csv": csv.read, "json": json.read}
_DATES: Final = ("status_since", "execution_date", "birth_date", "verdict_date")
_TUPLES: Final = ("aliases", "charges")
_TRUTHS: Final = ("minor_at_offence", "political", "protest", "unfair_trial", "torture", "hunger_strike")
_BETWEEN: Final = re.compile(r"[;؛|\n]")
_SPREADSHEET_NUMBER: Final = re.compile(r"(\d+)\.0+")
_GENDERS: Final = {
    "m": "m", "male": "m", "man": "m", "مرد": "m", "مذکر": "m",
    "f": "f", "female": "f", "woman": "f", "زن": "f", "مونث": "f",
}  # fmt: skip
_YES: Final = frozenset({"true", "yes", "y", "1", "x", "بله"})
_NO: Final = frozenset({"false", "no", "n", "0", "خیر"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row waits: what is wrong, in which field of ours, and the list's own word (made harmless)."""

    kind: QuestionKind
    field: str
    word: str


class Entry(NamedTuple):
    """A row before its words are understood. Equal digests under one key mean an equal row, equally mapped."""

    key: str
    digest: str
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row in our words; `number` counts from 1 in the document.

    `unknown_word` is a status word that the mapping does not know (then `view.status` is None). A row with one,
    or with problems, waits.
    """

    key: str
    number: int
    view: CaseView
    unknown_word: str | None = None
    problems: tuple[Problem, ...] = ()
    digest: str = ""

    @property
    def waits(self) -> bool:
        """Whether nothing of it may be taken over yet."""
        return self.unknown_word is not None or bool(self.problems)


def parse(document: bytes, watched: WatchedList) -> list[Row]:
    """Read a document as the list's configuration says. ListError (reason, explanation) refuses it whole."""
    reader = Reader(document, watched)
    return [reader.understand(entry) for entry in reader.entries()]


def _check_columns(sheet: Sheet, watched: WatchedList) -> None:
    named = "column" if watched.format == "csv" else "answer to the jmespath"
    if watched.key in sheet.absent:
        raise refusal(watched, "missing_column", f"there is no {named} {watched.key!r}, the key of the list.")
    for field, columns in watched.columns.items():
        if sheet.absent.issuperset(columns):
            missing = " or ".join(repr(column) for column in columns)
            raise refusal(
                watched,
                "missing_column",
                f"there is no {named} {missing} for {field}. If the list has renamed it, change [lists.columns].",
            )


class Reader:
    """One document being read; knows at which places each field of ours stands. ListError refuses it whole.

    With `after_newline` (the last accepted edition ended with a line end) so must this one: see _NO_NEWLINE.
    """

    def __init__(self, document: bytes, watched: WatchedList, *, after_newline: bool | None = None) -> None:
        sheet = _READ[watched.format](document, watched)
        _check_columns(sheet, watched)
        if after_newline and sheet.ends_with_newline is False:
            raise refusal(watched, "half_a_file", _NO_NEWLINE)
        self.ends_with_newline = sheet.ends_with_newline
        place = {column: number for number, column in enumerate(watched.wanted) if column not in sheet.absent}
        self._watched = watched
        self._records = sheet.records
        self._salt = "\x1f".join((watched.mapping_sha256, *sorted(sheet.absent))).encode()
        self._key = place[watched.key]
        self._fields = [
            (field, [place[column] for column in columns if column in place])
            for field, columns in watched.columns.items()
        ]
        self._extras = [(column, place[column]) for column in watched.also if column in place]

    def entries(self) -> Iterator[Entry]:
        """Every row's key and digest, in the document's order."""
        salted = hashlib.blake2b(self._salt, digest_size=16)
        for number, record in enumerate(self._records, start=1):
            digest = salted.copy()
            digest.update("\x1f".join(record).encode(errors="surrogatepass"))
            yield Entry(_read_key(record[self._key], []), digest.hexdigest(), number, record)

    def understand(self, entry: Entry) -> Row:
        """One row in our words; never raises: what is wrong becomes the row's problems."""
        problems: list[Problem] = []
        values: dict[str, Any] = {"country": self._watched.country, "certainty": self._watched.certainty}
        word = ""
        for field, places in self._fields:
            text = _first(entry.cells, places)
            text = _tidy(text, field, problems) if text else ""
            if field == "status":
                word = text
            elif text:
                self._set(values, field, text, problems)
        values["extras"] = tuple(
            (column, _no_sentinel(_tidy(entry.cells[place], column, problems)) or None)
            for column, place in self._extras
        )
        known = self._watched.words.get(word)
        if known is not None:
            values["status"], values["detail"] = known
        _read_key(entry.cells[self._key], problems)
        view = CaseView(word=word or None, **values)
        unknown = None if known else harmless(word)
        return Row(entry.key, entry.number, view, unknown, tuple(problems), entry.digest)

    @staticmethod
    def _set(values: dict[str, Any], field: str, text: str, problems: list[Problem]) -> None:
        read = _WORDS.get(field)
        if read is None:
            values[field] = text
            return
        try:
            value = read(text)
        except ValueError:
            problems.append(Problem(QuestionKind.UNREADABLE_DATE, field, harmless(text)[:100]))
            return
        if value is not None:  # a country or certainty not understood leaves what holds for the whole list
            values[field] = value


def _first(cells: tuple[str, ...], places: list[int]) -> str:
    """The first of these cells that holds something."""
    for place in places:
        if text := cells[place].strip():
            return text
    return ""


def _tidy(text: str, field: str, problems: list[Problem]) -> str:
    """One line (a note keeps its lines); a forbidden character or a paste gone wrong becomes a problem."""
    character = forbidden(text)
    if character is None and len(text) > (LONGEST_NOTE if field == "note" else LONGEST):
        character = f"{len(text)} characters"
    if character is not None:
        problems.append(Problem(QuestionKind.FORBIDDEN_TEXT, field, character))
        return harmless(text)[:LONGEST]
    if field == "note":
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return " ".join(text.split())


def _read_key(text: str, problems: list[Problem]) -> str:
    """The list's key; "44518.0" is how a spreadsheet writes the number 44518."""
    key = _tidy(text, "key", problems)
    if len(key) > LONGEST_KEY:
        problems.append(Problem(QuestionKind.FORBIDDEN_TEXT, "key", f"{len(key)} characters"))
        return key[:LONGEST_KEY]
    number = _SPREADSHEET_NUMBER.fullmatch(key)
    return number[1] if number else key


@lru_cache(maxsize=65536)
def _read_date(text: str) -> Day | None:
    day = Day.parse(text)
    if day is not None and not EARLIEST <= day.year <= LATEST:
        msg = f"the year {day.year} is of another calendar"
        raise ValueError(msg)
    return day


@lru_cache(maxsize=4096)
def _no_sentinel(text: str) -> str:
    """A detail as it stands, but "" where a spreadsheet wrote its "no date"."""
    try:
        return "" if text[:1].isdigit() and Day.parse(text) is None else text
    except ValueError:
        return text


def _read_parts(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in _BETWEEN.split(text))))


def _read_truth(text: str) -> bool | None:
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


def _read_gender(text: str) -> str | None:
    return _GENDERS.get(text.casefold())


def _read_announced(text: str) -> str | None:
    word = text.casefold().replace(" ", "_").replace("-", "_")
    return word if word in ANNOUNCED else None


def _read_number(text: str) -> int | None:
    """How many people; what is not a whole number above one says nothing."""
    number = int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0
    return number if number > 1 else None


def _read_country(text: str) -> str | None:
    """A code of two letters; a country's name in words is not one, and not guessed at."""
    return text.upper() if len(text) == len("XX") and text.isascii() and text.isalpha() else None


def _read_certainty(text: str) -> Certainty | None:
    try:
        return Certainty(text.casefold().replace(" ", "_").replace("-", "_"))
    except ValueError:
        return None


_WORDS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_DATES, _read_date),
    **dict.fromkeys(_TUPLES, _read_parts),
    **dict.fromkeys(_TRUTHS, _read_truth),
    "gender": _read_gender,
    "announced": _read_announced,
    "group_size": _read_number,
    "country": _read_country,
    "certainty": _read_certainty,
}
"""How the text of a field is read; any other is taken as it stands. ValueError: not a date."""
