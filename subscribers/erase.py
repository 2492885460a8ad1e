"""Station: everything about one person: shown to them, or deleted so that no byte of it is left.

Chats that Telegram refuses for good are deleted too, unless so many are refused at once that the fault is more
likely Telegram's: then they are held for a moderator (safety.md 33), whose word is carried out at once, so that
the next run cannot hold the same ones again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from alerts.columns import sealer_of
from subscribers.store import chains, ledger, people, retention

Sessions = async_sessionmaker[AsyncSession]

STORM_WINDOW: Final = timedelta(hours=1)
STORM_SHARE: Final = 0.02
STORM_LEAST: Final = 20
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many were erased now, and how many are held until a moderator has decided."""

    count: int
    held: int


async def forget(sessions: Sessions, chat: int) -> bool:
    """Delete everything about a chat, also from SQLite's journal; False when nothing was stored."""
    async with sessions.begin() as session:
        subscriber = await people.by_chat(session, chat)
        if subscriber is None:
            return False
        await people.erase(session, [subscriber.id])
    await truncate_journal(sessions)
    return True


async def export(sessions: Sessions, chat: int) -> dict[str, Any] | None:
    """Everything stored about a chat, by table and column, opened; None when nothing is."""
    async with sessions() as session:
        subscriber = await people.by_chat(session, chat)
        if subscriber is None:
            return None
        stored = await people.stored_about(session, subscriber.id)
        sealer = sealer_of(session)
    for row in stored["subscriber"]:
        row["chat"] = chat
    for row in stored["chain_rows"]:
        row["message"] = int(sealer.open(row["message"], chains.MESSAGE))
    for row in stored["deliveries"]:
        if row["message"] is not None:
            row["message"] = int(sealer.open(row["message"], ledger.MESSAGE))
    return stored


async def erase_gone(sessions: Sessions, now: datetime) -> Erasure:
    """Erase those refused for good; in a storm those of the last hour are held instead, until a moderator decides."""
    async with sessions.begin() as session:
        recent = await retention.refusals(session, now - STORM_WINDOW)
        if any(each.gone >= STORM_LEAST and each.gone > STORM_SHARE * each.tried for each in recent):
            await retention.hold_gone(session, now - STORM_WINDOW)
        held = await retention.held_count(session)
    return Erasure(await _erase_all(sessions, are_held=False), held)


async def _erase_all(sessions: Sessions, *, are_held: bool) -> int:
    """Erase those who are gone and (not) held, some at a time, and empty the journal of them; how many."""
    count = 0
    while True:
        async with sessions.begin() as session:
            gone = await retention.gone_ids(session, _AT_ONCE, are_held=are_held)
            await people.erase(session, gone)
        count += len(gone)
        if len(gone) < _AT_ONCE:
            break
    if count:
        await truncate_journal(sessions)
    return count


async def held(sessions: Sessions) -> int:
    """How many are held until a moderator has decided."""
    async with sessions() as session:
        return await retention.held_count(session)


async def reinstate_held(sessions: Sessions) -> int:
    """A moderator says it was a fault at Telegram: those held are written to again; how many."""
    async with sessions.begin() as session:
        return await retention.reinstate_held(session)


async def erase_held(sessions: Sessions) -> int:
    """A moderator says they have really gone: those held are erased now; how many."""
    return await _erase_all(sessions, are_held=True)


async def truncate_journal(sessions: Sessions) -> bool:
    """Empty SQLite's write-ahead log, where deleted rows linger; False when a reader is in the way just now.

    Must be called outside a transaction. PostgreSQL has no such file of ours: there it is true at once.
    """
    engine = sessions.kw["bind"]
    assert isinstance(engine, AsyncEngine)
    if engine.dialect.name != "sqlite":
        return True
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
            busy, *_ = await cursor.fetchone()
    return bool(busy == 0)
