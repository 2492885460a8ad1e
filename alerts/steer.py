"""Station: what a moderator may do to an open action: hold its letters or let them go on, give it more time, stop it.

Holding and resuming take one person and send nothing. More time and a stop are drafts, which somebody else approves;
the letters of an action that is to be stopped are held at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.action import Action
from alerts.alert import Alert, AlertKind, AlertStatus, Companion, Disposition, Facts, Refusal
from alerts.case import ASKING, Case, CaseView
from alerts.change import becomes
from alerts.drafting import deadline_of
from alerts.step import keep_action, note
from alerts.store import actions, cases, review

Sessions = async_sessionmaker[AsyncSession]


async def hold(sessions: Sessions, action_id: int, *, actor: str, now: datetime) -> Action | Refusal | None:
    """No letter of it is served until somebody resumes; the action as it now is. None: there is no such action."""
    async with sessions.begin() as session:
        action = await _asking(session, action_id, now)
        if not isinstance(action, Action) or action.held:
            return action
        return await keep_action(session, replace(action, held=True), "hold", actor, now)


async def resume(sessions: Sessions, action_id: int, *, actor: str, now: datetime) -> Action | Refusal | None:
    """Its letters go on; whoever says so has looked at it, so the next review counts from now."""
    async with sessions.begin() as session:
        action = await _asking(session, action_id, now)
        if not isinstance(action, Action) or not action.held:
            return action
        return await keep_action(session, replace(action, held=False, reviewed_at=now), "resume", actor, now)


async def extend(sessions: Sessions, action_id: int, *, actor: str, now: datetime) -> Alert | Refusal | None:
    """A draft that gives the action more time: the deadline by rule from now, in the name of `actor`.

    It waits for somebody else at once. Letters that are held stay so.
    """
    async with sessions.begin() as session:
        action = await _asking(session, action_id, now)
        if not isinstance(action, Action):
            return action
        members = await _members(session, action)
        views = [view for _, view in members if view.status in ASKING]
        deadline = min((deadline_of(view, now) for view in views), default=None)
        if deadline is None or action.deadline is None or deadline <= action.deadline:
            return Refusal.NO_LATER_DEADLINE
        facts = replace(_facts(action, members), deadline=deadline)
        reach = Disposition.ALERT if action.held else Disposition.ACTION
        draft = _draft(members, AlertKind.UPDATE_DEADLINE_EXTENDED, facts, actor, now)
        return await _hand_in(session, replace(draft, disposition=reach), action, now)


async def stop(
    sessions: Sessions, action_id: int, texts: Mapping[str, str], *, actor: str, now: datetime
) -> Alert | Refusal | None:
    """A draft that ends the letters: they would do harm, or are overtaken; `texts` says why, by locale.

    Whatever becomes of it, the letters are held from now on; refused while one of its cases has a draft open.
    """
    async with sessions.begin() as session:
        action = await _held(session, action_id)
        if action is None:
            return None
        if action.closed_at is not None:
            return Refusal.ACTION_CLOSED
        members = await _members(session, action)
        if action.letters and not action.held:
            action = await keep_action(session, replace(action, held=True), "hold", actor, now)
        draft = _draft(members, AlertKind.STOP_ACTION, _facts(action, members), actor, now)
        return await _hand_in(session, replace(draft, lane=0, texts=dict(texts)), action, now)


async def _asking(session: AsyncSession, action_id: int, now: datetime) -> Action | Refusal | None:
    """The action, if it still asks for letters."""
    action = await _held(session, action_id)
    if action is None:
        return None
    if not action.is_open(now):
        return Refusal.ACTION_CLOSED
    return action if action.letters else Refusal.NO_LETTERS


async def _held(session: AsyncSession, action_id: int) -> Action | None:
    """The action, and nobody else may change it or draft about its cases until the transaction ends."""
    action = await actions.action_by_id(session, action_id)
    for case_id in sorted(action.case_ids) if action else ():
        await cases.hold(session, case_id)
    return await actions.to_change(session, action_id)


async def _members(session: AsyncSession, action: Action) -> list[tuple[Case, CaseView]]:
    """The cases still in the action, the leading one first, each with what readers know of it."""
    found = {case.id: case for case in await cases.cases_by_id(session, action.case_ids)}
    members = [(found[case_id], found[case_id].published) for case_id in action.case_ids]
    return [(case, view) for case, view in members if view is not None]


def _facts(action: Action, members: list[tuple[Case, CaseView]]) -> Facts:
    """What readers know already, so that nothing shows as new but what the alert is for."""
    (_, view), *further = members
    return Facts(
        view=view,
        before=view,
        petitions=action.petitions,
        demands=action.demands,
        goal=action.goal,
        also=tuple(Companion(case.id, further_view, by_hand=True) for case, further_view in further),
    )


def _draft(
    members: list[tuple[Case, CaseView]], kind: AlertKind, facts: Facts, actor: str, now: datetime
) -> Alert:
    weighed = [becomes(None, view, now, has_open_action=True) for _, view in members]
    return Alert(
        id=0,
        case_id=members[0][0].id,
        kind=kind,
        status=AlertStatus.PENDING,
        disposition=Disposition.ALERT,
        lane=min(one.lane for one in weighed if one is not None),
        revision=1,
        author=actor,
        facts=facts,
        texts={},
        created_at=now,
        pending_at=now,
    )


async def _hand_in(session: AsyncSession, draft: Alert, action: Action, now: datetime) -> Alert | Refusal:
    """Store it, unless one of its cases has a draft on its way already."""
    for case_id in draft.case_ids:
        if await review.open_alert_of(session, case_id):
            return Refusal.OPEN_DRAFT_EXISTS
    stored = await review.insert(session, draft)
    await note(session, stored, draft.author, now, "write", action=action.number)
    return stored
