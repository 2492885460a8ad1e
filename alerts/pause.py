"""Station: what a moderator may do to a broadcast in flight: pause it, keep it paused, let it go on, end it for good.

Each takes one person and is in the trail. Sends nothing and counts nothing: the sender looks at the row before each
claim, so what is claimed already (a quarter of a second's worth) still leaves.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.alert import Refusal
from alerts.broadcast import UNTIL_RESUMED, Broadcast, may_steer
from alerts.step import note
from alerts.store import broadcasts, review

Sessions = async_sessionmaker[AsyncSession]
Result = Broadcast | Refusal | None
"""The broadcast as it now is, why not, or None: there is no such broadcast."""


async def pause(sessions: Sessions, alert_id: int, *, actor: str, now: datetime) -> Result:
    """No more of it leaves for a quarter of an hour; said again, the quarter begins anew."""
    async with sessions.begin() as session:
        found = await _held(session, alert_id)
        if not isinstance(found, Broadcast):
            return found
        return await _set(session, found, found.paused(now), "pause_sending", actor, now)


async def keep(sessions: Sessions, alert_id: int, *, actor: str, now: datetime) -> Result:
    """Confirm the pause: it lasts until somebody lifts it, also when it has lapsed a moment ago."""
    async with sessions.begin() as session:
        found = await _held(session, alert_id)
        if not isinstance(found, Broadcast) or found.is_kept:
            return found
        return await _set(session, found, UNTIL_RESUMED, "keep_sending_paused", actor, now)


async def resume(
    sessions: Sessions, alert_id: int, seen: datetime | None, *, actor: str, now: datetime
) -> Result:
    """It goes on, if it pauses as this moderator has `seen` it: not when somebody has paused it anew since."""
    async with sessions.begin() as session:
        found = await _held(session, alert_id)
        if not isinstance(found, Broadcast) or found.paused_until is None or found.paused_until != seen:
            return found
        return await _set(session, found, None, "resume_sending", actor, now)


async def stop(sessions: Sessions, alert_id: int, *, actor: str, now: datetime) -> Result:
    """Nobody else gets it, for good. Those who have it keep it: putting it right is another alert."""
    async with sessions.begin() as session:
        found = await _held(session, alert_id)
        if not isinstance(found, Broadcast):
            return found
        await broadcasts.stop(session, alert_id, now)
        return await _noted(session, alert_id, "stop_sending", actor, now)


async def _held(session: AsyncSession, alert_id: int) -> Result:
    """The broadcast, its cases held until the transaction ends, so that two taps at once become two in turn."""
    await review.hold_cases_of(session, [alert_id])
    found = await broadcasts.broadcast_of(session, alert_id)
    return found if found is None else may_steer(found) or found


async def _set(
    session: AsyncSession, found: Broadcast, until: datetime | None, verb: str, actor: str, now: datetime
) -> Result:
    await broadcasts.set_pause(session, found.alert.id, until)
    return await _noted(session, found.alert.id, verb, actor, now)


async def _noted(session: AsyncSession, alert_id: int, verb: str, actor: str, now: datetime) -> Result:
    """As it now is, with its line in the trail; last in a transaction."""
    found = await broadcasts.broadcast_of(session, alert_id)
    assert found is not None
    await note(session, found.alert, actor, now, verb)
    return found
