"""Station: a moderator puts drafts for one prison together, or takes somebody out again (rules: alerts/joint.py)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.alert import Alert, AlertStatus, Hand, Part, Refusal, may_edit
from alerts.joint import JOINED, TOGETHER, alone_again, joined, may_join, without
from alerts.step import Step, note, take
from alerts.store import actions, review


async def candidates(sessions: async_sessionmaker[AsyncSession], alert: Alert) -> list[Alert]:
    """The drafts that may go into this one, oldest first."""
    async with sessions() as session:
        near = await review.neighbours(session, alert, TOGETHER)
        fitting = [one for one in near if may_join(alert, one) is None]
        return sorted(
            [one for one in fitting if await actions.may_share(session, alert, one)], key=lambda one: one.id
        )


async def join(step: Step, other_id: int, revision: int | None = None) -> Alert | Refusal | None:
    """Let another draft go into this one (in that `revision`, if given); whoever does it can no longer approve it.

    The other one is cancelled; its people are named beside this one's.
    """
    async with step.sessions.begin() as session:
        await review.hold_cases_of(session, [step.alert_id, other_id])
        other = await review.alert_by_id(session, other_id)
        alert = await take(session, step, may_edit, revision)
        if other is None or not isinstance(alert, Alert):
            return None if other is None else alert
        if refusal := may_join(alert, other):
            return refusal
        if not await actions.may_share(session, alert, other):
            return Refusal.NOT_TOGETHER
        together = await _edited(session, joined(alert, other, step.now), step)
        gone = replace(other, status=AlertStatus.CANCELLED, reason=JOINED, approved_at=None)
        await review.save(session, gone)
        await review.save(session, together)
        await note(session, gone, step.actor, step.now, "join", into=alert.id)
        await note(session, together, step.actor, step.now, "join", joined=other.id)
        return together


async def part(step: Step, case_id: int, revision: int | None = None) -> Alert | Refusal | None:
    """Take one of its further cases out of a draft; the draft that had gone into it stands again."""
    async with step.sessions.begin() as session:
        alert = await take(session, step, may_edit, revision)
        if not isinstance(alert, Alert):
            return alert
        view = next((one.view for one in alert.facts.also if one.case_id == case_id), None)
        if view is None:
            return Refusal.STALE_REVISION
        left = await _edited(session, without(alert, case_id, step.now), step)
        await review.save(session, left)
        if (draft := await review.joined_draft_of(session, case_id)) is not None:
            again = alone_again(draft, view, step.now)
            await review.save(session, again)
            await note(session, again, step.actor, step.now, "part", out_of=alert.id)
        await note(session, left, step.actor, step.now, "part", case=case_id)
        return left


async def _edited(session: AsyncSession, alert: Alert, step: Step) -> Alert:
    return await review.add_hand(session, alert, Hand(alert.revision, step.actor, Part.EDITOR, step.now))
