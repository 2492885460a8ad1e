"""The report as CSV for a spreadsheet: words in the reader's language, values that a program can read.

UTF-8 with a byte order mark, without which Excel takes it for another encoding; every field in quotes, every line
beginning with the title of its table. Instants in UTC, days as ISO 8601, Latin digits.
"""

from __future__ import annotations

import csv
import unicodedata
from datetime import UTC, datetime
from io import StringIO
from typing import Final

from alerts.day import Day
from alerts.locales import Catalogue
from alerts.render.report.content import ActionReport
from alerts.render.report.grids import Cell, Few, grids

_JOINERS: Final = "\u200c\u200d"  # Persian spelling needs them
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, full-width forms too (safety.md 19)."""


def as_csv(report: ActionReport, catalogue: Catalogue) -> bytes:
    """The same tables as on paper, one below the other, an empty line between two."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for number, grid in enumerate(grids(report, catalogue)):
        if number:
            writer.writerow([])
        notes = [(grid.note,)] if grid.note else []
        for row in (grid.header, *grid.rows, *notes):
            writer.writerow([_as_value(cell) for cell in (grid.title, *row)])
    return text.getvalue().encode("utf-8-sig")


def _as_value(cell: Cell) -> str:
    match cell:
        case Few(below):
            return f"<{below}"
        case datetime():
            return f"{cell.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case int() | Day():
            return str(cell)
        case _:
            return harmless(cell or "")


def harmless(text: str) -> str:
    """One line that no spreadsheet takes for a formula: an apostrophe before what looks like one; no hidden marks."""
    kept = (char for char in text if char in _JOINERS or char.isspace() or not _is_hidden(char))
    line = " ".join("".join(kept).split())
    return f"'{line}" if line.lstrip(_JOINERS).startswith(_FORMULA) else line


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}
