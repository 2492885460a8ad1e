"""One step of a moderator on an alert or its action: it is loaded and held, a rule is asked, what was done is noted.

The rules are in alerts/alert, the steps in alerts/review.py and alerts/join.py. Who is a moderator is the caller's
matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.action import Action
from alerts.alert import Alert, Refusal
from alerts.store import actions, review

Rule = Callable[[Alert], Refusal | None]


@dataclass(frozen=True, slots=True)
class Step:
    """Who does what to which alert, when."""

    sessions: async_sessionmaker[AsyncSession]
    alert_id: int
    actor: str
    now: datetime


async def take(
    session: AsyncSession, step: Step, may: Rule, revision: int | None = None
) -> Alert | Refusal | None:
    """The alert, held, if the rule allows the step on it (and on that `revision`, if given); None: no such alert."""
    alert = await review.alert_to_change(session, step.alert_id)
    if alert is None:
        return None
    if refusal := may(alert):
        return refusal
    return alert if revision in {None, alert.revision} else Refusal.STALE_REVISION


async def keep(session: AsyncSession, alert: Alert, step: Step, verb: str) -> Alert:
    """Store what the step made of it, with its line in the trail; last in a transaction."""
    await review.save(session, alert)
    await note(session, alert, step.actor, step.now, verb)
    return alert


async def keep_action(session: AsyncSession, action: Action, verb: str, actor: str, now: datetime) -> Action:
    """Store an action as it now is, with its line in the trail."""
    await actions.save_action(session, action)
    subject = f"action:{action.number}"
    await audit.record(session, now=now, actor=actor, verb=verb, subject=subject, detail={})
    return action


async def note(
    session: AsyncSession, alert: Alert, actor: str, now: datetime, verb: str, **more: Any
) -> None:
    """A line in the trail about an alert as it now is; `more` stands with it."""
    detail: dict[str, Any] = {
        "revision": alert.revision,
        "status": alert.status.value,
        "disposition": alert.disposition.value,
        "core": alert.core_hash(),
        **more,
    }
    if alert.reason:
        detail["reason"] = alert.reason
    await audit.record(session, now=now, actor=actor, verb=verb, subject=f"alert:{alert.id}", detail=detail)
