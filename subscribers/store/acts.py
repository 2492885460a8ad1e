"""What readers say they did: one row per reader, action and way, linked to the reader until the action is over."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import to_microseconds
from subscribers.act import ActChannel, Counts
from subscribers.store.ledger import affected
from subscribers.tables import ActRow

# Once unlinked, rows no longer know whose they are: what is over takes none, or the same reader would count twice.
_ADD: Final = text("""
INSERT INTO acts (action_id, subscriber_id, channel, language)
SELECT a.id, p.id, :channel, :language
FROM actions a CROSS JOIN subscribers p
WHERE a.id = :action AND p.id = :subscriber AND (a.closed_at IS NULL OR a.closed_at > :closed_after)
ON CONFLICT DO NOTHING
""")

_UNLINK_CLOSED: Final = text("""
UPDATE acts SET subscriber_id = NULL
WHERE subscriber_id IS NOT NULL AND action_id IN (SELECT id FROM actions WHERE closed_at <= :before)
""")


async def add(
    session: AsyncSession,
    subscriber_id: int,
    action_id: int,
    channel: ActChannel,
    language: str,
    closed_after: datetime,
) -> bool:
    """Count an act; False when it is counted already, or the action closed before `closed_after`."""
    values = {
        "action": action_id,
        "subscriber": subscriber_id,
        "channel": channel.value,
        "language": language,
        "closed_after": to_microseconds(closed_after),
    }
    return affected(await session.execute(_ADD, values)) == 1


async def remove(session: AsyncSession, subscriber_id: int, action_id: int, channel: ActChannel) -> bool:
    """Take an act back; False when there is none."""
    rows = delete(ActRow).where(
        col(ActRow.action_id) == action_id,
        col(ActRow.subscriber_id) == subscriber_id,
        col(ActRow.channel) == channel.value,
    )
    return affected(await session.execute(rows)) == 1


async def acted_channels(session: AsyncSession, subscriber_id: int, action_id: int) -> frozenset[ActChannel]:
    """The ways in which a reader says to have acted; empty when they have not (or nobody can tell any more)."""
    rows = select(col(ActRow.channel)).where(
        col(ActRow.action_id) == action_id, col(ActRow.subscriber_id) == subscriber_id
    )
    return frozenset(map(ActChannel, await session.scalars(rows)))


async def counts(session: AsyncSession, action_id: int) -> Counts:
    """What all readers say they did for one action; small numbers too, which must not be shown (subscribers.act)."""
    unlinked = func.count().filter(col(ActRow.subscriber_id).is_(None))
    rows = await session.execute(
        select(col(ActRow.channel), col(ActRow.language), func.count().label("number"), unlinked)
        .where(col(ActRow.action_id) == action_id)
        .group_by(col(ActRow.channel), col(ActRow.language))
    )
    by_channel: Counter[ActChannel] = Counter()
    by_language: Counter[str] = Counter()
    nobodys: Counter[ActChannel] = Counter()
    for word, language, number, without_reader in rows:
        channel = ActChannel(word)
        by_channel[channel] += number
        if channel is not ActChannel.REPLY:
            by_language[language] += number
            nobodys[channel] += without_reader
    return Counts(
        total=by_language.total(),
        # Of rows that are unlinked, only those of one way are surely of different readers.
        readers=await _linked_readers(session, action_id) + max(nobodys.values(), default=0),
        by_channel=by_channel,
        by_language=by_language,
    )


async def _linked_readers(session: AsyncSession, action_id: int) -> int:
    rows = select(func.count(col(ActRow.subscriber_id).distinct())).where(
        col(ActRow.action_id) == action_id, col(ActRow.channel) != ActChannel.REPLY.value
    )
    return await session.scalar(rows) or 0


async def unlink(session: AsyncSession, subscriber_id: int) -> None:
    """Let all that a reader said belong to nobody; what was counted stays a count."""
    rows = update(ActRow).where(col(ActRow.subscriber_id) == subscriber_id)
    await session.execute(rows.values(subscriber_id=None))


async def unlink_closed(session: AsyncSession, before: datetime) -> int:
    """Let the acts of actions closed by then belong to nobody; how many."""
    return affected(await session.execute(_UNLINK_CLOSED, {"before": to_microseconds(before)}))
