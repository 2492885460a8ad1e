"""Station: a published alert becomes one pending delivery for everyone who asked for it. Sends nothing.

A stretch of subscribers in each transaction, so that others can write and the first readers be served meanwhile; then
one mark. Killed in between, it starts again and adds nobody twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.store import published
from subscribers.store import listing
from subscribers.subscriber import asleep_countries, is_night

_FIRST_STRETCH: Final = 2_000
_STRETCH: Final = 25_000
_BREATH: Final = 0.005
"""Seconds between stretches in which others may write: SQLite has one writer and lets nobody queue."""


@dataclass(frozen=True, slots=True)
class FannedOut:
    """One alert and how many will get it."""

    alert_id: int
    eligible: int


async def fan_out(
    sessions: async_sessionmaker[AsyncSession],
    now: datetime,
    home: tzinfo = UTC,
    ready: Callable[[], Awaitable[None]] | None = None,
) -> list[FannedOut]:
    """Everything that is published and not yet fanned out, most urgent first.

    Who sleeps now stands behind those who are awake; of readers whose country is not known, `home` is the zone.
    `ready` is called whenever some of them may be served.
    """
    async with sessions() as session:
        waiting = await published.not_fanned_out(session)
    night = listing.Night(asleep_countries(now), at_home=is_night(now, home))
    return [
        FannedOut(alert_id, await _fan_out(sessions, alert_id, night, now, ready)) for alert_id in waiting
    ]


async def _fan_out(
    sessions: async_sessionmaker[AsyncSession],
    alert_id: int,
    night: listing.Night,
    now: datetime,
    ready: Callable[[], Awaitable[None]] | None,
) -> int:
    async with sessions() as session:
        last = await listing.last_subscriber(session)
    for stretch in _stretches(last):
        async with sessions.begin() as session:
            await listing.fan_out(session, alert_id, stretch, night, now)
        if ready is not None:
            await ready()
        await asyncio.sleep(_BREATH)
    async with sessions.begin() as session:
        await published.mark_fanned_out(session, alert_id, now)
        return await listing.eligible(session, alert_id)


def _stretches(last: int) -> Iterator[range]:
    """Ids 1 to `last`; a short stretch first, so that sending can begin."""
    start, size = 1, _FIRST_STRETCH
    while start <= last:
        yield range(start, min(start + size, last + 1))
        start, size = start + size, _STRETCH
