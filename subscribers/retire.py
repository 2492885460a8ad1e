"""Station: what has had its time: rows nobody needs any more, cancelled, rolled up, unlinked or deleted.

The messages of alerts that are over lose their buttons, and those of readers in safe mode are deleted; here that is
only listed, the sender does it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.columns import only_reads
from subscribers.act import LINKED
from subscribers.digest import LATEST
from subscribers.store import acts, chains, deletions, failures, retention

Sessions = async_sessionmaker[AsyncSession]

CHAIN_KEPT: Final = timedelta(days=14)
"""After its action has closed; updates and corrections may still follow (safety.md 25)."""

SAFE_CHAIN_KEPT: Final = timedelta(hours=47)
"""In safe mode, after the last message of the chain (safety.md 25)."""

SAFE_MESSAGE_KEPT: Final = timedelta(hours=46)
"""In safe mode, after it was sent: an hour before it must be gone (safety.md 29), so that all of a broadcast can be."""

DELETABLE: Final = timedelta(hours=48)
"""What is older, Telegram does not delete (delivery.md section 1)."""

FAILURES_KEPT: Final = timedelta(days=180)
"""Reports of an address, after a moderator last checked it; a re-check is asked for every 90 days and clears them."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retired:
    """Rows cancelled because their alert is overtaken, their reader left or their digest is old; rows deleted.

    `unbuttoned`: messages that are to lose their buttons. `unlinked`: acts that belong to no reader any more.
    `to_delete`: messages in safe mode that are to be deleted; `missed`: that cannot be any more.
    """

    overtaken: int
    unwanted: int
    stale: int
    rolled_up: int
    chains: int
    unbuttoned: int = 0
    unlinked: int = 0
    failures: int = 0
    to_delete: int = 0
    missed: int = 0


async def retire(sessions: Sessions, now: datetime, keep: timedelta) -> Retired:
    """Each kind in transactions of its own; `keep`: how long a finished row stays before it is only counted."""
    overtaken = await _cancel(sessions, retention.overtaken, "overtaken", now)
    unwanted = await _cancel(sessions, retention.unwanted, retention.READER_LEFT, now)
    stale = await _cancel(sessions, lambda session: retention.stale(session, now - LATEST), "too_late", now)
    async with sessions.begin() as session:
        closed = await chains.forget_closed(session, now - CHAIN_KEPT)
        closed += await chains.forget_safe(session, now - SAFE_CHAIN_KEPT)
    async with sessions.begin() as session:
        unbuttoned = await chains.take_buttons(session)
    to_delete, missed = await _delete_messages(sessions, now)
    async with sessions.begin() as session:
        unlinked = await acts.unlink_closed(session, now - LINKED)
        outdated = await failures.forget_outdated(session, now - FAILURES_KEPT)
    # after buttons and deletions: what was done to messages is read from the ledger
    rolled_up = await _roll_up(sessions, now - keep)
    return Retired(
        overtaken, unwanted, stale, rolled_up, closed, unbuttoned, unlinked, outdated, to_delete, missed
    )


Find = Callable[[AsyncSession], Awaitable[list[int]]]


async def _cancel(sessions: Sessions, find: Find, reason: str, now: datetime) -> int:
    """Some rows in each transaction, until there are no more: senders have their turns in between.

    Looking for them takes longest in the middle of a broadcast to many, and keeps nobody waiting.
    """
    count = 0
    while True:
        async with sessions() as session:
            await only_reads(session)
            found = await find(session)
        if found:
            async with sessions.begin() as session:
                count += await retention.cancel(session, found, reason, now)
        if len(found) < retention.AT_ONCE:
            return count


async def _roll_up(sessions: Sessions, before: datetime) -> int:
    """Some rows in each transaction, as above."""
    count = 0
    while True:
        async with sessions.begin() as session:
            number = await retention.roll_up(session, before)
        count += number
        if number < retention.AT_ONCE:
            return count


async def _delete_messages(sessions: Sessions, now: datetime) -> tuple[int, int]:
    """Messages in safe mode: how many are to be deleted now, and how many cannot be any more."""
    too_old = now - DELETABLE
    async with sessions.begin() as session:
        missed = await deletions.settle(session, too_old)
        to_delete = await deletions.list_due(session, now - SAFE_MESSAGE_KEPT, too_old)
    if missed:
        _log.warning("%s messages in safe mode could not be deleted within 48 hours and stay", missed)
    return to_delete, missed
