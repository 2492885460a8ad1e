"""PrintedReport: what came of an action, as tables on paper; every word and number comes in, already formatted.

Counts nothing and hides nothing: cells too small to show are the caller's matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from alerts.render.typeset.glyphs import printable, titled
from alerts.render.typeset.press import Press

_NUMBER: Final = re.compile(r"[<>≤≥~±+−–-]?\s*[\d.,٫٬'’\s/:]*\s*[%٪]?")


@dataclass(frozen=True, slots=True)
class Section:
    """One table with its title and a small note below; without rows only the note is shown.

    Rows shorter than the longest are filled up with empty cells. A column of numbers is set flush.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A titled report; `digits` are the reader's ten digits, for the page numbers."""

    locale: str
    is_rtl: bool
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: str = ""
    digits: str = "0123456789"


def report_pdf(report: PrintedReport) -> bytes:
    """The report as PDF/UA-1 on A4 pages."""
    return _press().pdf(
        {
            "lang": report.locale,
            "rtl": report.is_rtl,
            "name": titled(report.title) or report.locale,
            "title": printable(report.title),
            "subtitle": printable(report.subtitle),
            "sections": [_plain(section) for section in report.sections],
            "footer": printable(report.footer),
            "digits": list(report.digits),
        }
    )


@cache
def _press() -> Press:
    return Press("report.typ")


def _plain(section: Section) -> dict[str, Any]:
    columns = max(map(len, (section.header, *section.rows)))
    rows = [_filled(row, columns) for row in section.rows]
    return {
        "title": printable(section.title),
        "header": _filled(section.header, columns) if section.header else [],
        "rows": rows,
        "numbers": [_is_of_numbers([row[column] for row in rows]) for column in range(columns)],
        "note": printable(section.note),
    }


def _filled(row: tuple[str, ...], columns: int) -> list[str]:
    return [printable(cell) for cell in row] + [""] * (columns - len(row))


def _is_of_numbers(cells: list[str]) -> bool:
    """Whether a column has only numbers, and at least one."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)
