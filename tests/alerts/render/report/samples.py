"""The story of a fictional action, as a report has it; and a CSV file as a spreadsheet finds it."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from io import StringIO

from alerts.alert import AlertKind
from alerts.case import CaseStatus, PublishedCase
from alerts.day import Day
from alerts.demand import Petition
from alerts.render.report import ActionReport, Broadcast, Entry, Tally
from alerts.render.report.content import ENDS
from tests.alerts.render.samples import ARMAN, CASEY, DEADLINE, NOW, action

LATER = timedelta(days=7)
STAYED = replace(ARMAN, status=CaseStatus.STAYED, status_since=Day(2026, 4, 1))
PETITION = Petition(
    "https://petition.example/save", "Save Arman", "Example Society", "de", 10_000, DEADLINE + LATER
)


def broadcast(number: str, total: int | None, *counts: int | None) -> Broadcast:
    return Broadcast(number, Tally(total, dict(zip(ENDS, counts, strict=True))))


REPORT = ActionReport(
    action=replace(action(updates=2), goal=500, petitions=(PETITION,), closed_at=DEADLINE + LATER),
    cases=(PublishedCase(17, STAYED, NOW), PublishedCase(23, CASEY, NOW)),
    entries=(
        Entry(NOW, "UA-26/014", AlertKind.FIRST, CaseStatus.IMMINENT, DEADLINE, 1),
        Entry(NOW + LATER, "UA-26/014.1", AlertKind.UPDATE_NEW_DEMAND, CaseStatus.IMMINENT, DEADLINE, 2),
        Entry(
            NOW + LATER,
            "UA-26/014.2",
            AlertKind.UPDATE_DEADLINE_EXTENDED,
            CaseStatus.IMMINENT,
            DEADLINE + LATER,
            1,
        ),
    ),
    broadcasts=(
        broadcast("UA-26/014", 9930, 9870, 55, None, None, None, None),
        broadcast("UA-26/014.1", 9990, 9990, None, None, None, None, None),
        broadcast("UA-26/014.2", None, None, None, None, None, None, None),
    ),
    letters_by_language=Tally(1300, {"en": None, "de": 1200, "fa": 85}),
    letters_by_kind=Tally(1300, {"imminent": 1300, "minor": None}),
    acts_by_channel=Tally(315, {"email": 195, "post": 5, "phone": None, "petition": 110}),
    acts_by_language=Tally(315, {"en": None, "de": 310, "fa": None}),
    replies=None,
    step=5,
    as_of=NOW + 2 * LATER,
    organisation="Example Society",
)
NOTHING_YET = ActionReport(
    action=action(deadline=None),
    cases=(),
    entries=(),
    broadcasts=(),
    letters_by_language=Tally(None, {}),
    letters_by_kind=Tally(None, {}),
    acts_by_channel=Tally(None, {}),
    acts_by_language=Tally(None, {}),
    replies=None,
    step=5,
    as_of=NOW,
    organisation="Example Society",
)


def tables(document: bytes) -> dict[str, list[list[str]]]:
    """Title -> lines, as a spreadsheet reads them."""
    found: dict[str, list[list[str]]] = {}
    for row in csv.reader(StringIO(document.decode("utf-8-sig"), newline="")):
        if row:
            found.setdefault(row[0], []).append(row[1:])
    return found
