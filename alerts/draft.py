"""Station: changes that nobody has weighed yet become draft alerts, or are only recorded.

One open draft per case: further facts make its next revision. A draft of a list goes to pending by itself; its
author is `list:NAME`. Tells nobody: that is bot/tell.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.action import Action, deadline_for
from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts, Hand, Part, Refusal
from alerts.case import LIVING, OUTCOMES, RELIEF, Case, CaseStatus, CaseView
from alerts.change import Becoming, becomes
from alerts.day import Day
from alerts.store import cases, editions, review
from alerts.store.editions import StoredChange

BATCH = 500


async def draft(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Weigh the changes that wait; returns how many drafts were made or revised."""
    made = 0
    async with sessions.begin() as session:
        changes = await editions.unweighed_changes(session, BATCH)
        for case_id, of_case in _by_case(changes).items():
            alert = await _weigh(session, case_id, of_case, now)
            ids = [change.id for change in of_case]
            await editions.mark_weighed(session, ids, alert.id if alert else None)
            made += alert is not None
    return made


async def draft_known(
    sessions: async_sessionmaker[AsyncSession], case_id: int, now: datetime
) -> Alert | Refusal | None:
    """A draft from what the list says of a case now, asked for by a moderator; None when there is nothing to tell."""
    async with sessions.begin() as session:
        case = await cases.case_by_id(session, case_id)
        if case is None or case.seen.status is None:
            return None
        if await review.open_alert_of(session, case_id):
            return Refusal.OPEN_DRAFT_EXISTS
        action = await review.open_action_of(session, case_id)
        becoming = becomes(None, case.seen, now, has_open_action=action is not None)
        return await _draft_new(session, case, None, becoming, action, now) if becoming else None


def _by_case(changes: Sequence[StoredChange]) -> dict[int, list[StoredChange]]:
    grouped: dict[int, list[StoredChange]] = {}
    for change in changes:
        grouped.setdefault(change.case_id, []).append(change)
    return grouped


async def _weigh(
    session: AsyncSession, case_id: int, changes: Sequence[StoredChange], now: datetime
) -> Alert | None:
    case = await cases.case_by_id(session, case_id)
    assert case is not None
    current = await review.open_alert_of(session, case_id)
    action = await review.open_action_of(session, case_id)
    before = current.facts.before if current else view_before(case.seen, changes)
    becoming = becomes(before, case.seen, now, has_open_action=action is not None)
    if current is not None:
        return await _revise(session, current, case, becoming, now)
    if becoming is None:
        return None
    return await _draft_new(session, case, before, becoming, action, now)


def view_before(seen: CaseView, changes: Sequence[StoredChange]) -> CaseView | None:
    """The view as it was before `changes` (oldest first); None for a case that is new."""
    first: dict[str, str | None] = {}
    for change in changes:
        first.setdefault(change.field, change.before)
    if "status" in first and first["status"] is None:
        return None
    status, date = (
        first.get("status", seen.status),
        first.get("execution_date", str(seen.execution_date or "")),
    )
    return replace(
        seen,
        status=CaseStatus(status) if status else None,
        detail=seen.detail if "status" not in first else None,
        execution_date=Day.parse(date),
    )


def disposition_for(view: CaseView, becoming: Becoming) -> Disposition:
    """What the moderators are proposed: an action for an urgent threat, the digest for what can wait."""
    if becoming.lane >= 2:  # noqa: PLR2004 - lanes P2 and P3 (domain.md section 6)
        return Disposition.DIGEST
    is_threat = view.status in LIVING and view.status not in RELIEF | OUTCOMES
    return Disposition.ACTION if is_threat else Disposition.ALERT


def facts_for(view: CaseView, before: CaseView | None, action: Action | None, now: datetime) -> Facts:
    """The core of an alert about `view`; the deadline by rule, the petition of the open action kept."""
    assert view.status is not None
    is_threat = view.status in LIVING and view.status not in RELIEF | OUTCOMES
    return Facts(
        view=view,
        before=before,
        deadline=deadline_for(view.status, view.execution_date, now) if is_threat else None,
        petition_url=action.petition_url if action else None,
        petition_title=action.petition_title if action else None,
    )


async def _draft_new(
    session: AsyncSession,
    case: Case,
    before: CaseView | None,
    becoming: Becoming,
    action: Action | None,
    now: datetime,
) -> Alert:
    author = f"list:{case.list_name}"
    alert = Alert(
        id=0,
        case_id=case.id,
        kind=becoming.kind,
        status=AlertStatus.PENDING,
        disposition=disposition_for(case.seen, becoming),
        lane=becoming.lane,
        revision=1,
        author=author,
        facts=facts_for(case.seen, before, action, now),
        texts={},
        created_at=now,
        pending_at=now,
    )
    stored = await review.insert(session, alert)
    await audit.record(
        session, now=now, actor=author, verb="draft", subject=f"alert:{stored.id}", detail={"revision": 1}
    )
    return stored


async def _revise(
    session: AsyncSession, current: Alert, case: Case, becoming: Becoming | None, now: datetime
) -> Alert:
    """New facts void what was approved; facts that undo the draft end it."""
    actor = f"list:{case.list_name}"
    if becoming is None and current.author == actor and _is_undone(current, case.seen):
        await review.save(session, replace(current, status=AlertStatus.CANCELLED, reason="overtaken"))
        await audit.record(
            session, now=now, actor=actor, verb="overtake", subject=f"alert:{current.id}", detail={}
        )
        return current
    revised = revise(current, case.seen, becoming, now)
    await review.save(session, revised)
    revised = await review.add_hand(session, revised, Hand(revised.revision, actor, Part.EDITOR, now))
    await audit.record(
        session,
        now=now,
        actor=actor,
        verb="revise",
        subject=f"alert:{current.id}",
        detail={"revision": revised.revision},
    )
    return revised


def _is_undone(current: Alert, seen: CaseView) -> bool:
    before = current.facts.before
    return before is not None and (before.status, before.execution_date) == (seen.status, seen.execution_date)


def revise(current: Alert, seen: CaseView, becoming: Becoming | None, now: datetime) -> Alert:
    """The next revision of an open draft with the list's newest facts; its deadline starts anew."""
    fresh = facts_for(seen, current.facts.before, None, now)
    facts = replace(
        fresh, petition_url=current.facts.petition_url, petition_title=current.facts.petition_title
    )
    kind, lane = (becoming.kind, becoming.lane) if becoming else (current.kind, current.lane)
    return replace(
        current,
        kind=kind if current.kind is not AlertKind.CORRECTION else current.kind,
        lane=min(lane, current.lane) if becoming is None else lane,
        disposition=disposition_for(seen, becoming) if becoming else current.disposition,
        facts=facts,
        revision=current.revision + 1,
        status=AlertStatus.PENDING,
        pending_at=now,
        approved_at=None,
    )
