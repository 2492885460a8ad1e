"""Fictional cases, alerts and moderators for tests of the review side."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts import review
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts, Hand, Part, Refusal
from alerts.case import Case, CaseStatus, CaseView, Certainty
from alerts.change import Change, compare
from alerts.draft import draft
from alerts.step import Step
from alerts.store import audit, cases, editions
from alerts.store import review as store
from alerts.store.audit import AuditLine
from bot.database import Sessions

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANNA, BEN, CARA = "mod:anna", "mod:ben", "mod:cara"
LIST = "harbour"
S = CaseStatus
VIEW = CaseView(
    name_latin="Tamsin Quillfeather",
    status=S.IMMINENT,
    country="XH",
    prison="Harbour Prison",
    source_name="Harbour Watch",
    certainty=Certainty.OFFICIAL,
)
BEFORE = replace(VIEW, status=S.UPHELD)


def a_case(view: CaseView = VIEW, **changes: Any) -> Case:
    """A case as a value, not stored."""
    return replace(Case(id=1, list_name=LIST, list_key="1", seen=view), **changes)


def an_alert(view: CaseView = VIEW, **changes: Any) -> Alert:
    """An alert as a value: a list's, pending, with letters until a week from now."""
    alert = Alert(
        id=1,
        case_id=1,
        kind=AlertKind.FIRST,
        status=AlertStatus.PENDING,
        disposition=Disposition.ACTION,
        lane=0,
        revision=1,
        author=f"list:{LIST}",
        facts=Facts(view, BEFORE, deadline=NOW + 7 * DAY),
        texts={},
        created_at=NOW,
        hands=(Hand(1, f"list:{LIST}", Part.AUTHOR, NOW),),
    )
    return replace(alert, **changes)


def approved_by(alert: Alert, *actors: str, at: datetime = NOW) -> Alert:
    """The alert, approved by these as it stands."""
    hands = [
        Hand(alert.revision, actor, Part.APPROVER, at, alert.core_hash(), alert.locale_hashes())
        for actor in actors
    ]
    return replace(alert, status=AlertStatus.APPROVED, hands=(*alert.hands, *hands))


async def add_case(sessions: Sessions, view: CaseView = BEFORE, key: str = "1") -> int:
    """A stored case of the list, without changes; its id."""
    async with sessions.begin() as session:
        ids = await cases.insert_cases(session, LIST, [(key, view, "digest")], NOW)
    return ids[key]


async def add_new_case(sessions: Sessions, view: CaseView = VIEW, key: str = "1") -> int:
    """A case whose row is new in the list's latest edition."""
    case_id = await add_case(sessions, view, key)
    await record(sessions, case_id, None, view)
    return case_id


async def change_case(sessions: Sessions, case_id: int, **changes: Any) -> CaseView:
    """The list's next edition says something else of the case; the draft station has not looked yet."""
    async with sessions.begin() as session:
        case = await cases.case_by_id(session, case_id)
        assert case is not None
        view = replace(case.seen, **changes)
        await cases.update_cases(session, [(case, case.list_key, view, "digest")], NOW)
    await record(sessions, case_id, case.seen, view)
    return view


async def record(sessions: Sessions, case_id: int, before: CaseView | None, after: CaseView) -> None:
    async with sessions.begin() as session:
        edition = await editions.add_edition(session, LIST, NOW, "sha", 1, "accepted")
        found = [
            Change(case_id, one.field, one.before, one.after)
            for one in compare(before, after, also=[column for column, _ in after.extras])
        ]
        await editions.record_changes(session, edition, found, NOW)


async def drafted(sessions: Sessions, now: datetime = NOW, **changes: Any) -> Alert:
    """A list's pending draft of a case that moved from upheld; by default to imminent."""
    case_id = await add_case(sessions)
    await change_case(sessions, case_id, **({"status": S.IMMINENT} | changes))
    assert await draft(sessions, now) == 1
    found = await open_alert(sessions, case_id)
    assert found is not None
    return found


async def open_alert(sessions: Sessions, case_id: int) -> Alert | None:
    async with sessions.begin() as session:
        return await store.open_alert_of(session, case_id)


async def alert(sessions: Sessions, alert_id: int) -> Alert:
    async with sessions.begin() as session:
        found = await store.alert_by_id(session, alert_id)
    assert found is not None
    return found


async def case(sessions: Sessions, case_id: int) -> Case:
    async with sessions.begin() as session:
        found = await cases.case_by_id(session, case_id)
    assert found is not None
    return found


def step(sessions: Sessions, alert_id: int, actor: str = ANNA, now: datetime = NOW) -> Step:
    return Step(sessions, alert_id, actor, now)


async def approve(
    sessions: Sessions, alert_id: int, actor: str = ANNA, *, needed: int = 1, now: datetime = NOW
) -> Alert | Refusal | None:
    """Approve the revision that stands."""
    revision = (await alert(sessions, alert_id)).revision
    return await review.approve(step(sessions, alert_id, actor, now), revision, needed)


async def write_by_hand(
    sessions: Sessions, case_id: int, view: CaseView = VIEW, actor: str = ANNA, **changes: Any
) -> Alert:
    """A moderator's own alert, handed in."""
    own = an_alert(view, case_id=case_id, author=actor, hands=(), **changes)
    written = await review.write(sessions, own, actor=actor, now=NOW)
    assert isinstance(written, Alert)
    handed_in = await review.submit(step(sessions, written.id, actor))
    assert isinstance(handed_in, Alert)
    return handed_in


async def trail(sessions: Sessions) -> list[AuditLine]:
    async with sessions.begin() as session:
        return await audit.lines_after(session, 0, 1000)


async def verbs(sessions: Sessions) -> list[tuple[str, str]]:
    """(actor, verb) of every line of the trail."""
    return [(line.actor, line.verb) for line in await trail(sessions)]


def differing(one: Any, other: Any) -> set[str]:
    """The fields in which two values of one type differ."""
    return {item.name for item in fields(one) if getattr(one, item.name) != getattr(other, item.name)}
