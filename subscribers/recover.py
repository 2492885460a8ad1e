"""Station: deliveries whose worker died or never answered.

An alert goes to the back of its lane once more, a digest ends as unknown (delivery.md 2.3). Alerts never fanned out
and digests never listed need nothing here: their own stations look at the tables, not at a memory of having run.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.delivery import DeliveryStatus
from subscribers.store import ledger


async def recover(sessions: async_sessionmaker[AsyncSession], now: datetime) -> Counter[DeliveryStatus]:
    """Rows whose lease has run out by the database's clock, by what they became."""
    async with sessions.begin() as session:
        return Counter(await ledger.lapse(session, now))


async def lapse_all(sessions: async_sessionmaker[AsyncSession], now: datetime) -> Counter[DeliveryStatus]:
    """Every dispatched row, at the start of the only process there is (SQLite): nobody is left to answer for it."""
    async with sessions.begin() as session:
        return Counter(await ledger.lapse(session, now, everything=True))
