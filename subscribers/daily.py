"""Station: the daily digest becomes one pending delivery for everyone to whom it has something to say.

What is due is computed from our own table in wall time: a day whose hour has come and that has no row yet, however
often the process restarts and whatever the clocks do that day. Composes and sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.digest import LATEST
from subscribers.store import days

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Daily:
    """The days listed in this run, how many deliveries that made, and the days dropped as too late."""

    listed: tuple[date, ...]
    deliveries: int
    dropped: tuple[date, ...]


def due_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The one instant (UTC) of that day's hour: the first of two, and the moment after a gap when there is none."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def due_days(last: date | None, now: datetime, at: time, zone: ZoneInfo) -> list[date]:
    """Days after `last` whose hour has come, oldest first; without a `last` those of today and yesterday."""
    today = now.astimezone(zone).date()
    first = today - _DAY if last is None else last + _DAY
    span = (today - first).days + 1
    return [day for day in (first + _DAY * count for count in range(span)) if due_at(day, at, zone) <= now]


async def daily(sessions: async_sessionmaker[AsyncSession], now: datetime, at: time, zone: ZoneInfo) -> Daily:
    """List what is due. Of days whose hour was missed the newest is caught up within 6 h, others are dropped."""
    async with sessions.begin() as session:
        last = await days.last_day(session)
        due = due_days(last, now, at, zone)
        listed, deliveries, dropped = [], 0, []
        for day in due:
            if day == due[-1] and now - due_at(day, at, zone) <= LATEST:
                deliveries = await _list(session, day, now)
                listed.append(day)
            elif last is not None:
                await days.take_day(session, days.Window(day, now, now), None)
                dropped.append(day)
    return Daily(tuple(listed), deliveries, tuple(dropped))


async def _list(session: AsyncSession, day: date, now: datetime) -> int:
    since = await days.last_until(session) or now - _DAY
    window = days.Window(day, since, now)
    if not await days.take_day(session, window, now):
        return 0
    return await days.list_digests(session, window, now)
