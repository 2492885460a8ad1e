"""Station: what has had its time: rows nobody needs any more, cancelled, rolled up or deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.digest import LATEST
from subscribers.store import chains, retention

CHAIN_KEPT: Final = timedelta(days=14)
"""After its action has closed; updates and corrections may still follow (safety.md 25)."""

SAFE_CHAIN_KEPT: Final = timedelta(hours=47)
"""In safe mode, after the last message of the chain (safety.md 25)."""


@dataclass(frozen=True, slots=True)
class Retired:
    """Rows cancelled because their alert is overtaken, their reader left or their digest is old; rows deleted."""

    overtaken: int
    unwanted: int
    stale: int
    rolled_up: int
    chains: int


async def retire(sessions: async_sessionmaker[AsyncSession], now: datetime, keep: timedelta) -> Retired:
    """Each kind in a transaction of its own; `keep`: how long a finished row stays before it is only counted."""
    async with sessions.begin() as session:
        overtaken = await retention.cancel_dead(session, now)
    async with sessions.begin() as session:
        unwanted = await retention.cancel_unwanted(session, now)
    async with sessions.begin() as session:
        stale = await retention.cancel_stale(session, now - LATEST, now)
    async with sessions.begin() as session:
        closed = await chains.forget_closed(session, now - CHAIN_KEPT)
        closed += await chains.forget_safe(session, now - SAFE_CHAIN_KEPT)
    async with sessions.begin() as session:
        rolled_up = await retention.roll_up(session, now - keep)
    return Retired(overtaken, unwanted, stale, rolled_up, closed)
