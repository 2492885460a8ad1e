"""The report as it is printed: every cell in the reader's words, digits and calendars."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from alerts.day import Day
from alerts.locales import Catalogue
from alerts.render import person
from alerts.render.report.content import ActionReport
from alerts.render.report.grids import Cell, Few, Grid, few_in_short, grids
from alerts.render.typeset import PrintedReport, Section

_NOTHING: Final = "–"
_COLUMNS_WITH_ROOM: Final = 2
"""In more columns a hidden count is told by a sign instead of words."""


def printed(report: ActionReport, catalogue: Catalogue) -> PrintedReport:
    """What `typeset.report_pdf` takes, in the language of `catalogue`."""
    t, zone = catalogue.t, report.zone
    views = [case.view for case in report.cases]
    as_of = t("As of %(moment)s", moment=catalogue.moment(report.as_of, zone))
    return PrintedReport(
        locale=catalogue.locale,
        is_rtl=catalogue.is_rtl,
        title=t("What came of %(number)s", number=catalogue.identifier(report.action.number)),
        subtitle=f"{catalogue.begun(person.subject(catalogue, views))} · {as_of}" if views else as_of,
        sections=tuple(_section(grid, catalogue, zone) for grid in grids(report, catalogue)),
        footer=catalogue.isolate(report.organisation),
        digits=catalogue.digits("0123456789"),
    )


def _section(grid: Grid, catalogue: Catalogue, zone: tzinfo) -> Section:
    is_narrow = len(grid.header) > _COLUMNS_WITH_ROOM

    def shown(cell: Cell) -> str:
        if is_narrow and isinstance(cell, Few):
            return few_in_short(catalogue, cell.below)
        return _in_words(cell, catalogue, zone)

    rows = tuple(tuple(map(shown, row)) for row in grid.rows)
    return Section(grid.title, grid.header if rows else (), rows, grid.note)


def _in_words(cell: Cell, catalogue: Catalogue, zone: tzinfo) -> str:
    match cell:
        case Few(below):
            return catalogue.t("fewer than %(number)s", number=below)
        case int():
            return catalogue.number(cell)
        case datetime():
            return catalogue.moment(cell, zone)
        case Day():
            return catalogue.day(cell)
        case _:
            return cell or _NOTHING
