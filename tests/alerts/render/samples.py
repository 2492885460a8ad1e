"""Fictional people and alerts about them, one for each kind of message."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from alerts.action import Action
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts
from alerts.case import CaseStatus, CaseView, Certainty, PublishedCase
from alerts.day import Day
from alerts.demand import Petition

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
DEADLINE = datetime(2026, 3, 27, 20, 29, tzinfo=UTC)  # the end of the day in Tehran

ARMAN = CaseView(
    name_latin="Arman Nemuneh",
    name_native="آرمان نمونه",
    status=CaseStatus.IMMINENT,
    detail="solitary+last_visit",
    word="moved to solitary",
    status_since=Day(2026, 3, 19),
    birth_date=Day(2006, 5),
    gender="m",
    country="IR",
    province="Alborz",
    prison="Example Prison",
    charges=("moharebeh", "baghi"),
    minor_at_offence=True,
    source_name="Example Watch",
    source_url="https://watch.example/arman",
    certainty=Certainty.SINGLE_SOURCE,
)
CASEY = CaseView(
    name_latin="Casey Sample",
    status=CaseStatus.SCHEDULED,
    status_since=Day(2026, 3, 18),
    execution_date=Day(2026, 4, 16),
    country="US",
    province="Oklahoma",
    charges=("murder",),
    source_name="Example Death Row Tracker",
    certainty=Certainty.OFFICIAL,
)

PUBLISHED_ARMAN = PublishedCase(17, ARMAN, NOW)
PUBLISHED_CASEY = PublishedCase(23, CASEY, NOW)


def action(
    case_id: int = 17, *, sequence: int = 14, updates: int = 0, deadline: datetime | None = DEADLINE
) -> Action:
    return Action(
        id=sequence,
        case_id=case_id,
        year=2026,
        sequence=sequence,
        updates=updates,
        kind=AlertKind.FIRST,
        letters=True,
        deadline=deadline,
        opened_at=NOW,
    )


def alert(
    view: CaseView,
    before: CaseView | None,
    kind: AlertKind = AlertKind.FIRST,
    disposition: Disposition = Disposition.ACTION,
    **changes: object,
) -> Alert:
    facts = Facts(view, before, DEADLINE, (Petition("https://petition.example/save"),))
    made = Alert(
        id=5,
        case_id=17,
        kind=kind,
        status=AlertStatus.PUBLISHED,
        disposition=disposition,
        lane=0,
        revision=1,
        author="list:example",
        facts=facts,
        texts={},
        created_at=NOW,
    )
    return replace(made, **changes)


def became(view: CaseView, status: CaseStatus, **changes: object) -> tuple[CaseView, CaseView]:
    """(the view with the new status, the view before it)."""
    plain = {"detail": None, "word": None, "status_since": Day(2026, 3, 20), **changes}
    return replace(view, status=status, **plain), view


UPHELD_ARMAN = replace(ARMAN, status=CaseStatus.UPHELD, detail=None, status_since=Day(2025, 11))
WITH_DATE = replace(ARMAN, execution_date=Day(2026, 3, 29))
TEXTS = {
    "en": "His lawyer has asked for a stay.\nThe family wants this to be known.",
    "fa": "وکیل او درخواست توقف اجرای حکم کرده است.\nخانواده خواهان انتشار این خبر است.",
}
K, S, D = AlertKind, CaseStatus, Disposition
ALERTS = {
    "first_imminent": alert(ARMAN, UPHELD_ARMAN, texts=TEXTS),
    "first_new_case": alert(replace(ARMAN, status_since=None, detail=None), None, texts={"en": TEXTS["en"]}),
    "first_scheduled": alert(CASEY, replace(CASEY, status=S.UPHELD, execution_date=None)),
    "update_new_date": alert(
        WITH_DATE, replace(WITH_DATE, execution_date=Day(2026, 4, 2)), K.UPDATE_NEW_DEMAND
    ),
    "update_without_action": alert(*became(ARMAN, S.RETRIAL_REQUESTED), K.UPDATE_NEW_DEMAND, D.ALERT),
    "more_time": alert(ARMAN, ARMAN, K.UPDATE_DEADLINE_EXTENDED),
    "correction": alert(*became(ARMAN, S.UPHELD), K.CORRECTION),
    "stop_action": alert(ARMAN, ARMAN, K.STOP_ACTION, D.ALERT),
    "stayed": alert(*became(ARMAN, S.STAYED, detail="returned_to_ward"), K.GOOD_NEWS, D.ALERT),
    "commuted": alert(*became(CASEY, S.COMMUTED, execution_date=None), K.GOOD_NEWS, D.ALERT),
    "executed_reported": alert(*became(ARMAN, S.EXECUTED_REPORTED), K.EXECUTED_NOTICE, D.ALERT),
    "executed": alert(*became(ARMAN, S.EXECUTED, certainty=Certainty.CORROBORATED), K.EXECUTED_NOTICE),
    "died_in_custody": alert(*became(CASEY, S.DIED_IN_CUSTODY), K.EXECUTED_NOTICE, D.ALERT),
    "closed_expired": alert(UPHELD_ARMAN, UPHELD_ARMAN, K.CLOSED_EXPIRED, D.ALERT),
}
