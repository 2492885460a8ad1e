"""Which tables a report has, with their words; numbers, days and instants stay values until it is known for whom.

The same grids become paper and spreadsheet, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.day import Day
from alerts.letter.words import LetterKind
from alerts.locales import N_, Catalogue, terms
from alerts.render import person
from alerts.render.letter import channel
from alerts.render.report.content import ENDS, ActionReport, Tally


@dataclass(frozen=True, slots=True)
class Few:
    """A count that is not shown: fewer than `below`, perhaps none."""

    below: int


Cell = str | int | datetime | Day | Few | None
"""Words as the reader's language has them, or a value; None: nothing to say."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: its title, the names of its columns, its rows, a note below."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


_LETTERS: Final = {
    LetterKind.SENTENCED: N_("Sentenced, or sentence upheld"),
    LetterKind.IMMINENT: N_("Execution near"),
    LetterKind.STAYED: N_("Execution stayed"),
    LetterKind.MINOR: N_("Under 18 at the time"),
    LetterKind.GROUP: N_("Several people"),
    LetterKind.OWN_GOVERNMENT: N_("To the reader’s own government"),
}
_ENDS: Final = {
    "sent": N_("Sent"),
    "gone": N_("Chat gone"),
    "failed": N_("Failed"),
    "unknown": N_("Uncertain"),
    "waiting": N_("Waiting"),
    "cancelled": N_("Cancelled"),
}
_REPORTED: Final = N_("Reported by readers about themselves; nobody has checked it.")


def few_in_short(catalogue: Catalogue, below: int) -> str:
    """The sign for a count that is not shown: "<5"."""
    return catalogue.c("a count too small to show", "<%(number)s", number=below)


def grids(report: ActionReport, catalogue: Catalogue) -> tuple[Grid, ...]:
    """All tables of a report, in reading order."""
    return (
        _summary(report, catalogue),
        _cases(report, catalogue),
        _timeline(report, catalogue),
        _deadlines(report, catalogue),
        _reach(report, catalogue),
        *_letters(report, catalogue),
        *_acts(report, catalogue),
        _petitions(report, catalogue),
    )


def _summary(report: ActionReport, catalogue: Catalogue) -> Grid:
    t, action = catalogue.t, report.action
    rows: list[tuple[Cell, ...]] = [
        (t("Number"), catalogue.identifier(action.number)),
        (t("Opened"), action.opened_at),
        (t("Deadline"), action.deadline),
        (t("Closed"), action.closed_at or t("still open")),
        (t("Readers reached"), _count(report, report.reach)),
        (t("Letters shown to readers"), _count(report, report.letters_by_language.total)),
        (t("Letters and signatures reported"), _count(report, report.acts_by_channel.total)),
        (t("Goal for these"), action.goal),
        (t("Replies reported"), _count(report, report.replies)),
    ]
    rounded = t(
        "Numbers of readers, letters and replies are rounded down to a multiple of %(number)s, and not shown below it,"
        " so that nobody can be told from them.",
        number=report.step,
    )
    return Grid(t("Summary"), (t("What"), t("Result")), tuple(rows), rounded)


def _count(report: ActionReport, number: int | None) -> int | Few:
    return Few(report.step) if number is None else number


def _cases(report: ActionReport, catalogue: Catalogue) -> Grid:
    t = catalogue.t
    rows = tuple(
        (
            person.full_name(catalogue, case.view),
            person.place(catalogue, case.view),
            terms.status(catalogue, case.view.status) if case.view.status else None,
            case.view.status_since,
            person.says_who(catalogue, case.view),
        )
        for case in report.cases
    )
    header = (t("Name"), t("Place"), t("Status now"), t("Since"), t("Source"))
    return Grid(t("Who it was for, and the outcome"), header, rows)


def _timeline(report: ActionReport, catalogue: Catalogue) -> Grid:
    t = catalogue.t
    rows = tuple(
        (
            entry.at,
            catalogue.identifier(entry.number),
            terms.kind(catalogue, entry.kind),
            terms.status(catalogue, entry.status),
            entry.approvals,
        )
        for entry in report.entries
    )
    header = (t("Published"), t("Number"), t("Kind"), t("Status"), t("Approvals"))
    return Grid(t("Timeline"), header, rows)


def _deadlines(report: ActionReport, catalogue: Catalogue) -> Grid:
    t = catalogue.t
    rows = tuple((entry.at, catalogue.identifier(entry.number), entry.deadline) for entry in report.deadlines)
    note = "" if rows else t("No deadline was set.")
    return Grid(t("Deadlines, as they were set"), (t("Published"), t("Number"), t("Deadline")), rows, note)


def _reach(report: ActionReport, catalogue: Catalogue) -> Grid:
    t = catalogue.t
    rows = tuple(
        (
            catalogue.identifier(broadcast.number),
            _count(report, broadcast.ends.total),
            *(_count(report, broadcast.ends.cells[end]) for end in ENDS),
        )
        for broadcast in report.broadcasts
    )
    header = (t("Number"), t("Readers it was for"), *(t(_ENDS[end]) for end in ENDS))
    note = t(
        "Sent means that Telegram accepted it. Who got which alert is forgotten after some days, so the largest"
        " number stands for the whole action. “%(few)s” is fewer than %(number)s, perhaps none.",
        few=few_in_short(catalogue, report.step),
        number=report.step,
    )
    return Grid(t("Reach, at least"), header, rows, note if rows else t("Nothing was sent."))


def _letters(report: ActionReport, catalogue: Catalogue) -> Iterable[Grid]:
    t = catalogue.t
    note = t("Letters that readers opened; how many of these were sent is known only from what they report.")
    by_language, by_kind = t("Letters shown, by language"), t("Letters shown, by kind")
    yield _counts(
        report, catalogue, by_language, t("Language"), report.letters_by_language, catalogue.language
    )
    yield _counts(
        report,
        catalogue,
        by_kind,
        t("Kind"),
        report.letters_by_kind,
        lambda code: t(_LETTERS[LetterKind(code)]),
        note,
    )


def _acts(report: ActionReport, catalogue: Catalogue) -> Iterable[Grid]:
    t = catalogue.t
    by_channel, by_language = (
        t("Reported by readers, by way"),
        t("Reported by readers, by language of the letter"),
    )

    def way(code: str) -> str:
        return t("Petition") if code == "petition" else channel(catalogue, code)

    yield _counts(report, catalogue, by_channel, t("Way"), report.acts_by_channel, way, t(_REPORTED))
    yield _counts(
        report,
        catalogue,
        by_language,
        t("Language"),
        report.acts_by_language,
        catalogue.language,
        t(_REPORTED),
    )


def _counts(
    report: ActionReport,
    catalogue: Catalogue,
    title: str,
    what: str,
    tally: Tally,
    word: Callable[[str], str],
    note: str = "",
) -> Grid:
    """One row a code, the largest first, and the sum."""
    t = catalogue.t
    cells = sorted(tally.cells.items(), key=lambda cell: -(cell[1] or 0))
    rows = [(word(code), _count(report, number)) for code, number in cells]
    rows.append((t("Together"), _count(report, tally.total)))
    return Grid(title, (what, t("At least")), tuple(rows), note)


def _petitions(report: ActionReport, catalogue: Catalogue) -> Grid:
    t = catalogue.t
    rows = tuple(
        (
            person.listed(catalogue, petition.title or ""),
            person.listed(catalogue, petition.host or ""),
            catalogue.language(petition.language) if petition.language else None,
            petition.goal,
            petition.deadline,
            catalogue.isolate(petition.url),
        )
        for petition in report.action.petitions
    )
    header = (t("Title"), t("Held by"), t("Language"), t("Goal"), t("Until"), t("Address"))
    return Grid(t("Petitions"), header, rows, "" if rows else t("There was no petition."))
