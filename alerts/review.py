"""Station: what a moderator may do to an alert, one function a step, each with its line in the audit trail.

Every step answers with the alert as it now is, or with the `Refusal` that names why not; None: no such alert. The
rules are in alerts/alert; putting drafts together is alerts/join.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.alert import (
    Alert,
    AlertKind,
    AlertStatus,
    Disposition,
    Facts,
    Hand,
    Part,
    Refusal,
    is_enough,
    makes_editor,
    may_approve,
    may_edit,
    may_submit,
    may_turn_down,
    takes_back_an_end,
)
from alerts.case import OUTCOMES
from alerts.step import Step, keep, keep_action, note, take
from alerts.store import actions, cases, editions, review

_VERDICTS: Final = {AlertStatus.RETURNED: "return", AlertStatus.REJECTED: "reject"}


async def write(
    sessions: async_sessionmaker[AsyncSession], alert: Alert, *, actor: str, now: datetime
) -> Alert | Refusal:
    """Store a moderator's own draft; refused while the case has another one open.

    What contradicts a published end (a death, above all) is a correction, and as urgent as one.
    """
    async with sessions.begin() as session:
        case = await cases.hold(session, alert.case_id)
        if await review.open_alert_of(session, alert.case_id):
            return Refusal.OPEN_DRAFT_EXISTS
        own = replace(alert, author=actor, status=AlertStatus.DRAFT)
        if case is not None and takes_back_an_end(own, case.published):
            own = replace(own, kind=AlertKind.CORRECTION, lane=0)
        stored = await review.insert(session, own)
        await note(session, stored, actor, now, "write")
    return stored


async def submit(step: Step, revision: int | None = None) -> Alert | Refusal | None:
    """Move a draft (in that `revision`, if given), or one that was returned, to pending."""
    async with step.sessions.begin() as session:
        alert = await take(session, step, may_submit, revision)
        if not isinstance(alert, Alert):
            return alert
        moved = _handed_in(alert, step.now)
        await review.mark_told(session, moved, told=False)  # it may be the revision that was sent back
        return await keep(session, moved, step, "submit")


async def edit(
    step: Step,
    facts: Facts | None,
    texts: Mapping[str, str] | None,
    revision: int | None = None,
    *,
    backgrounds: Mapping[str, str] | None = None,
) -> Alert | Refusal | None:
    """The next revision (after `revision`, if given), back in draft; its editor can no longer approve it.

    What is None stays. Putting right the spelling, prison or source of a list's draft leaves it pending (a returned
    one goes back to it, one that somebody is editing stays with them) and bars nobody.
    """
    async with step.sessions.begin() as session:
        alert = await take(session, step, may_edit, revision)
        if not isinstance(alert, Alert):
            return alert
        edited = replace(
            alert,
            facts=facts or alert.facts,
            texts=dict(texts) if texts is not None else alert.texts,
            backgrounds=dict(backgrounds) if backgrounds is not None else alert.backgrounds,
            revision=alert.revision + 1,
            status=AlertStatus.DRAFT,
            approved_at=None,
        )
        if not makes_editor(alert, edited.facts, edited.texts, edited.backgrounds):
            if alert.status is not AlertStatus.DRAFT:
                edited = _handed_in(edited, alert.pending_at or step.now)
            return await keep(session, edited, step, "put_right")
        hand = Hand(edited.revision, step.actor, Part.EDITOR, step.now)
        edited = await review.add_hand(session, edited, hand)
        return await keep(session, edited, step, "edit")


async def triage(step: Step, disposition: Disposition, revision: int | None = None) -> Alert | Refusal | None:
    """Choose how far it goes (of that `revision`, if given).

    Not an edit of the facts, so it bars nobody; it voids approvals all the same.
    """
    async with step.sessions.begin() as session:
        alert = await take(session, step, may_edit, revision)
        if not isinstance(alert, Alert) or alert.disposition is disposition:
            return alert
        moved = replace(alert, disposition=disposition, revision=alert.revision + 1, approved_at=None)
        if alert.status is AlertStatus.APPROVED:
            moved = replace(moved, status=AlertStatus.PENDING)
        kept = await keep(session, moved, step, "triage")
        await review.mark_told(session, kept)  # whoever chose has it before their eyes
        return kept


async def approve(step: Step, revision: int, needed: int) -> Alert | Refusal | None:
    """Add an approval of exactly that revision; approved once there are `needed` of them."""
    async with step.sessions.begin() as session:
        alert = await take(session, step, lambda _: None)
        if not isinstance(alert, Alert):
            return alert
        case, companions = await cases.cases_of(session, alert)
        if refusal := may_approve(alert, step.actor, revision, case, step.now, companions):
            return refusal
        if await editions.news_waits(session, alert.case_ids):
            return Refusal.STATUS_MOVED_ON  # the next revision is about to come
        hand = Hand(
            alert.revision, step.actor, Part.APPROVER, step.now, alert.core_hash(), alert.locale_hashes()
        )
        alert = await review.add_hand(session, alert, hand)
        if is_enough(alert, needed, step.now):
            alert = replace(alert, status=AlertStatus.APPROVED, approved_at=step.now)
        return await keep(session, alert, step, "approve")


async def turn_down(
    step: Step, verdict: AlertStatus, reason: str, revision: int | None = None
) -> Alert | Refusal | None:
    """Return (it can be edited and come back) or reject, with a reason; ValueError for any other verdict.

    With a `revision`, only that one: what became known after somebody looked must not vanish with it. Where a death
    or a stay is rejected, the letters of the case's action are held until a moderator lets them go on.
    """
    if verdict not in _VERDICTS:
        msg = f"{verdict} is no verdict"
        raise ValueError(msg)
    async with step.sessions.begin() as session:
        alert = await take(session, step, lambda alert: may_turn_down(alert, reason), revision)
        if not isinstance(alert, Alert):
            return alert
        if verdict is AlertStatus.REJECTED:
            await _hold_letters(session, alert, step)
        moved = replace(alert, status=verdict, reason=reason.strip(), approved_at=None)
        await review.mark_told(session, moved, told=False)
        return await keep(session, moved, step, _VERDICTS[verdict])


async def _hold_letters(session: AsyncSession, alert: Alert, step: Step) -> None:
    """A death or a stay that somebody stated was turned down: the letters that waited for it do not go on by themselves.

    Turning down the words of a notice is not yet to say that nothing happened. What readers know already held nothing.
    """
    case, _ = await cases.cases_of(session, alert)
    told = case.published.status if case.published else None
    if alert.status_in_law not in OUTCOMES or alert.status_in_law is told:
        return
    current = await actions.open_action_of(session, alert.case_id)
    if current is None or alert.case_id not in current.case_ids:
        return
    action = await actions.to_change(session, current.id)
    if action is not None and action.is_open(step.now) and action.letters and not action.held:
        await keep_action(session, replace(action, held=True), "hold", step.actor, step.now)


def _handed_in(alert: Alert, since: datetime) -> Alert:
    return replace(alert, status=AlertStatus.PENDING, pending_at=since, reason=None)
