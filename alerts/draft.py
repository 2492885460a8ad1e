"""Station: changes that nobody has weighed yet become draft alerts, or are only recorded.

One open draft per case: further facts make its next revision, and news of one of several takes that one out of their
joint draft. A draft of a list goes to pending by itself; its author is `list:NAME`. Tells nobody: that is bot/tell.py.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.action import Action
from alerts.alert import Alert, AlertKind, AlertStatus, Companion, Hand, Part, Refusal
from alerts.case import IN_DANGER, Case, CaseStatus, CaseView, Certainty, as_told
from alerts.change import Becoming, becomes
from alerts.day import Day
from alerts.drafting import disposition_for, facts_for, is_news, merged, revised, with_companion
from alerts.joint import alone_again, without
from alerts.names import harmless
from alerts.question import ACTIONS, Question, QuestionKind
from alerts.store import actions, cases, editions, questions, review
from alerts.store.editions import StoredChange

BATCH: Final = 500
_NAMES: Final = ("name_latin", "name_native")
_log = logging.getLogger(__name__)


async def draft(sessions: async_sessionmaker[AsyncSession], now: datetime) -> int:
    """Weigh the changes that wait, case by case; returns how many drafts were made or revised.

    A case that fails is logged and tried again next time; it holds up no other.
    """
    async with sessions() as session:
        changes = await editions.unweighed_changes(session, BATCH)
    made = 0
    for case_id in dict.fromkeys(change.case_id for change in changes):
        try:
            async with sessions.begin() as session:
                made += await _weigh(session, case_id, now)
        except Exception:  # noqa: BLE001 - a fault of one must not hold up the others
            _log.exception("the changes of case %d could not be weighed; they wait", case_id)
    return made


async def draft_known(
    sessions: async_sessionmaker[AsyncSession], case_id: int, now: datetime
) -> Alert | Refusal | None:
    """A draft from what the list says of a case now, asked for by a moderator; None when there is nothing to tell."""
    async with sessions.begin() as session:
        case = await cases.hold(session, case_id)
        if case is None or case.seen.status is None:
            return None
        if await review.open_alert_of(session, case_id):
            return Refusal.OPEN_DRAFT_EXISTS
        action = await actions.open_action_of(session, case_id)
        becoming = becomes(None, as_told(case.seen), now, has_open_action=action is not None)
        return await _draft_new(session, case, None, becoming, action, now) if becoming else None


async def _weigh(session: AsyncSession, case_id: int, now: datetime) -> bool:
    """Weigh all that waits of one case; whether a draft was made or revised."""
    current = await review.draft_to_change(session, case_id)
    case = await cases.case_by_id(session, case_id)
    assert case is not None
    changes = await editions.unweighed_changes(session, case_id=case_id)
    if current is None:
        alert = await _draft_from(session, case, view_before(case.seen, changes), now)
    elif current.case_id == case.id:
        alert = await _revise(session, current, case, changes, now)
    else:
        alert = await _revise_companion(session, current, case, changes, now)
    if alert is None and current is None:
        await _ask_about_name(session, case, changes, now)
    in_draft = alert or current
    ids = [change.id for change in changes]
    await editions.mark_weighed(session, ids, in_draft.id if in_draft else None)
    return alert is not None


def view_before(seen: CaseView, changes: Sequence[StoredChange]) -> CaseView | None:
    """The view as it was before `changes` (oldest first); None for a case that is new."""
    first: dict[str, str | None] = {}
    for change in changes:
        first.setdefault(change.field, change.before)
    if "status" in first and first["status"] is None:
        return None
    status, date, certainty = (
        first.get("status", seen.status),
        first.get("execution_date", str(seen.execution_date or "")),
        first.get("certainty", seen.certainty),
    )
    return replace(
        seen,
        status=CaseStatus(status) if status else None,
        detail=seen.detail if "status" not in first else None,
        execution_date=Day.parse(date),
        certainty=Certainty(certainty) if certainty else None,
    )


async def _draft_from(
    session: AsyncSession, case: Case, before: CaseView | None, now: datetime
) -> Alert | None:
    """A draft of what changed, if it is news."""
    told = as_told(before) if before else None
    action = await actions.open_action_of(session, case.id)
    becoming = becomes(told, as_told(case.seen), now, has_open_action=action is not None)
    return await _draft_new(session, case, told, becoming, action, now) if becoming else None


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
    await _note(session, stored, author, "draft", now)
    return stored


async def _revise(
    session: AsyncSession, current: Alert, case: Case, changes: Sequence[StoredChange], now: datetime
) -> Alert | None:
    """New facts void what was approved; facts that leave nothing to tell end a list's draft. None: nothing new."""
    actor = f"list:{case.list_name}"
    changed = {change.field for change in changes}
    view = merged(current.facts.view, case.seen, changed, is_by_hand=current.is_by_hand)
    if view == current.facts.view:
        return None
    if _is_told_alone(current, view):
        for companion in current.facts.also:
            current = await _take_out(session, current, companion, actor, now)
    action = await actions.open_action_of(session, case.id)
    becoming = becomes(current.facts.before, view, now, has_open_action=action is not None)
    if becoming is None and is_news(current.facts.view, view) and not current.is_by_hand:
        await review.save(session, replace(current, status=AlertStatus.CANCELLED, reason="overtaken"))
        await _note(session, current, actor, "overtake", now)
        return current
    return await _keep(session, revised(current, view, becoming, now), actor, "revise", now)


def _is_told_alone(current: Alert, view: CaseView) -> bool:
    """Whether the others must leave a draft whose leading case is now seen so: none of it may be said of them.

    A stop stays one for everybody as long as there are letters to stop.
    """
    if view.status not in IN_DANGER:
        return True
    return current.kind is not AlertKind.STOP_ACTION and is_news(current.facts.view, view)


async def _revise_companion(
    session: AsyncSession, joint: Alert, case: Case, changes: Sequence[StoredChange], now: datetime
) -> Alert | None:
    """News of one of several: it leaves their joint draft for one of its own. None: nothing new."""
    actor = f"list:{case.list_name}"
    companion = next(one for one in joint.facts.also if one.case_id == case.id)
    changed = {change.field for change in changes}
    view = merged(companion.view, case.seen, changed, is_by_hand=companion.by_hand)
    if view == companion.view:
        return None
    if not is_news(companion.view, view):
        return await _keep(session, with_companion(joint, case.id, view, now), actor, "revise", now)
    await _take_out(session, joint, companion, actor, now)
    own = await review.open_alert_of(session, case.id)
    if own is None:
        return await _draft_from(session, case, view_before(case.seen, changes), now)
    return await _revise(session, own, case, changes, now)


async def _take_out(
    session: AsyncSession, joint: Alert, companion: Companion, actor: str, now: datetime
) -> Alert:
    """The joint draft without one of its further cases, whose own draft, if it had one, stands again."""
    left = await _keep(session, without(joint, companion.case_id, now), actor, "part", now)
    own = await review.joined_draft_of(session, companion.case_id)
    if own is not None:
        again = alone_again(own, companion.view, now)
        await review.save(session, again)
        await _note(session, again, actor, "part", now)
    return left


async def _ask_about_name(
    session: AsyncSession, case: Case, changes: Sequence[StoredChange], now: datetime
) -> None:
    """Another spelling alerts nobody; where letters are being written, moderators say whether they need it."""
    action = await actions.open_action_of(session, case.id)
    was = {change.field: change.before for change in changes if change.field in _NAMES and change.before}
    if action is None or case.id not in action.case_ids or not was:
        return
    detail = {"number": action.number, "action": action.id, "before": next(iter(was.values()))}
    subject = f"{action.number}|{case.id}|{case.seen.name}"
    name = harmless(case.seen.name)
    question = Question(QuestionKind.NAME_CHANGED, ACTIONS, subject, name, detail, case.id)
    await questions.ask(session, [question], None, now)


async def _keep(session: AsyncSession, alert: Alert, actor: str, verb: str, now: datetime) -> Alert:
    """A revision that a list's news made."""
    await review.save(session, alert)
    alert = await review.add_hand(session, alert, Hand(alert.revision, actor, Part.EDITOR, now))
    await _note(session, alert, actor, verb, now)
    return alert


async def _note(session: AsyncSession, alert: Alert, actor: str, verb: str, now: datetime) -> None:
    subject, detail = f"alert:{alert.id}", {"revision": alert.revision}
    await audit.record(session, now=now, actor=actor, verb=verb, subject=subject, detail=detail)
