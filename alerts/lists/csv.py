"""CSV documents: their delimiter, and whether they are whole. Understands no words."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from operator import itemgetter
from typing import Final

from alerts.lists.sheet import MAX_ROWS, Sheet, check_count, check_size, refusal
from alerts.lists.text import decode
from alerts.lists.watched import WatchedList

_DELIMITERS: Final = ",;\t|"


def read(document: bytes, watched: WatchedList) -> Sheet:
    """Read the wanted columns. ListError when the document is not a whole CSV file within the bounds."""
    check_size(document, watched)
    text = decode(document, watched)
    delimiter = _delimiter(text, watched)
    header, rows = _split(text, delimiter, watched)
    check_count(len(rows), watched)
    _check_whole(header, rows, watched)
    absent = frozenset(watched.wanted) - set(header)
    places = [header.index(column) if column in header else -1 for column in watched.wanted]
    return Sheet(_records(rows, places, len(header)), absent, ends_with_newline=text.endswith(("\n", "\r")))


def _records(rows: list[list[str]], places: list[int], width: int) -> list[tuple[str, ...]]:
    """The cells at those places of every row, "" at -1; 50,000 rows are picked from in one go."""
    pick = itemgetter(slice(0, 0), *places)  # with a slice first it gives a tuple for one place, too
    short = -1 in places
    whole = (row if len(row) == width else row[:width] + [""] * (width - len(row)) for row in rows)
    return [pick([*row, ""] if short else row)[1:] for row in whole]


def _delimiter(text: str, watched: WatchedList) -> str:
    """The delimiter under which the header has most of the columns we ask for, then most columns at all."""
    wanted = set(watched.wanted)

    def worth(delimiter: str) -> tuple[int, int]:
        header = next(
            (row for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) if any(row)), []
        )
        return len(wanted & {" ".join(cell.split()) for cell in header}), len(header)

    return max(_DELIMITERS, key=worth)


def _split(text: str, delimiter: str, watched: WatchedList) -> tuple[list[str], list[list[str]]]:
    """The header and every row that is not blank; ListError with the line where the quoting breaks."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if "".join(row).strip():
                rows.append(row)
                if len(rows) > MAX_ROWS + 1:
                    break
    except csv.Error as error:
        half = "unexpected end" in str(error)
        raise refusal(
            watched,
            "half_a_file" if half else "not_csv",
            f"line {reader.line_num}: {error}. "
            + (
                "The file breaks off inside quotes."
                if half
                else "Quotes inside a quoted cell must be doubled."
            ),
        ) from error
    if not rows:
        raise refusal(watched, "empty", "the document has only blank lines; the last good edition stays.")
    header = [" ".join(cell.split()) for cell in rows[0]]
    twice = [column for column, count in Counter(header).items() if count > 1 and column in watched.wanted]
    if twice:
        raise refusal(watched, "double_column", f"the header has the column {twice[0]!r} twice.")
    return header, rows[1:]


def _check_whole(header: list[str], rows: list[list[str]], watched: WatchedList) -> None:
    """ListError when cells have slipped, or when only the last row is shorter than the header.

    Shorter rows among others are a spreadsheet's way of leaving out empty cells at the end; a blank cell more on
    every row is a delimiter at the end of each line.
    """
    width = len(header)
    evenly = len({len(row) for row in rows}) == 1
    for number, row in enumerate(rows, start=1):
        if len(row) > width and not (evenly and not any(cell.strip() for cell in row[width:])):
            raise refusal(
                watched,
                "slipped_cells",
                f"row {number} has {len(row)} cells, the header {width}: a delimiter inside a cell lacks quotes.",
            )
    if len(rows[-1]) < width and all(len(row) >= width for row in rows[:-1]):
        raise refusal(
            watched,
            "half_a_file",
            f"the last row has {len(rows[-1])} cells, the header {width}: the file breaks off.",
        )
