"""Station: what has had its time: rows nobody needs any more, cancelled, rolled up, unlinked or deleted.

The messages of alerts that are over lose their buttons; here that is only listed, the sender does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.act import LINKED
from subscribers.digest import LATEST
from subscribers.store import acts, chains, failures, retention

CHAIN_KEPT: Final = timedelta(days=14)
"""After its action has closed; updates and corrections may still follow (safety.md 25)."""

SAFE_CHAIN_KEPT: Final = timedelta(hours=47)
"""In safe mode, after the last message of the chain (safety.md 25)."""

FAILURES_KEPT: Final = timedelta(days=180)
"""Reports of an address, after a moderator last checked it; a re-check is asked for every 90 days and clears them."""


@dataclass(frozen=True, slots=True)
class Retired:
    """Rows cancelled because their alert is overtaken, their reader left or their digest is old; rows deleted.

    `unbuttoned`: messages that are to lose their buttons. `unlinked`: acts that belong to no reader any more.
    """

    overtaken: int
    unwanted: int
    stale: int
    rolled_up: int
    chains: int
    unbuttoned: int = 0
    unlinked: int = 0
    failures: int = 0


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
        unbuttoned = await chains.take_buttons(session)
    async with sessions.begin() as session:
        unlinked = await acts.unlink_closed(session, now - LINKED)
        outdated = await failures.forget_outdated(session, now - FAILURES_KEPT)
    async with (
        sessions.begin() as session
    ):  # after the buttons: what was done to them is read from the ledger
        rolled_up = await retention.roll_up(session, now - keep)
    return Retired(overtaken, unwanted, stale, rolled_up, closed, unbuttoned, unlinked, outdated)
