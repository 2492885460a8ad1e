"""Station: a published alert becomes one pending delivery for everyone who asked for it. Sends nothing.

One statement and one mark in one transaction per alert: killed in between, it starts again and adds nobody twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.store import published
from subscribers.store import ledger


@dataclass(frozen=True, slots=True)
class FannedOut:
    """One alert and how many will get it."""

    alert_id: int
    eligible: int


async def fan_out(sessions: async_sessionmaker[AsyncSession], now: datetime) -> list[FannedOut]:
    """Everything that is published and not yet fanned out, most urgent first."""
    async with sessions() as session:
        waiting = await published.not_fanned_out(session)
    done = []
    for alert_id in waiting:
        async with sessions.begin() as session:
            eligible = await ledger.fan_out(session, alert_id, now)
            await published.mark_fanned_out(session, alert_id, now)
        done.append(FannedOut(alert_id, eligible))
    return done
