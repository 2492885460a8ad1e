"""Station: deliveries whose worker died or never answered.

What a worker of this machine has provably not sent was never tried (see subscribers/store/departures.py). Of the
rest an alert goes to the back of its lane once more, a digest ends as unknown (delivery.md 2.3). Alerts never fanned
out and digests never listed need nothing here: their own stations look at the tables, not at a memory of having run.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.delivery import DeliveryStatus
from subscribers.store import leases
from subscribers.store.departures import of_this_machine

_Sessions = async_sessionmaker[AsyncSession]


_EVERY_LEASE = 2**62
"""A moment by which all leases have run out."""


async def recover(sessions: _Sessions, now: datetime, folder: Path | None = None) -> Counter[DeliveryStatus]:
    """Rows whose lease has run out by the database's clock, by what they became; not counting what was never tried.

    `folder`: where this machine's workers note their departures.
    """
    async with sessions() as session:
        moment = await leases.clock(session)
    return await _recover(sessions, now, folder, moment)


async def lapse_all(
    sessions: _Sessions, now: datetime, folder: Path | None = None
) -> Counter[DeliveryStatus]:
    """Every dispatched row, at the start of the only process there is (SQLite): nobody is left to answer for it."""
    return await _recover(sessions, now, folder, _EVERY_LEASE)


async def _recover(
    sessions: _Sessions, now: datetime, folder: Path | None, moment: int
) -> Counter[DeliveryStatus]:
    """What was claimed and has not begun to leave goes back, of the dead at once; the rest lapses."""
    noted = [] if folder is None else await asyncio.to_thread(of_this_machine, folder)
    async with sessions.begin() as session:
        for notes in noted:
            held = await leases.holding(session, notes.worker, moment if notes.lives else _EVERY_LEASE)
            if held:
                await leases.give_back(session, set(held) - notes.departed())
            elif not notes.lives:
                notes.forget()
        return Counter(await leases.lapse(session, now, moment))
