"""What leaves the ledger and the list of subscribers: rolled up, cancelled, held back, erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import to_microseconds
from subscribers.delivery import DeliveryStatus, Operation
from subscribers.store.ledger import affected
from subscribers.tables import DeliveryRow, SubscriberRow

_OVERTAKEN: Final = text("""
SELECT d.id FROM deliveries d
WHERE d.status = 'pending' AND d.operation IN ('send', 'edit')
    AND d.alert_id IN (SELECT id FROM alerts WHERE status <> 'published')
LIMIT :most
""")

# Whoever has stopped still wants to see gone what was to be deleted.
_UNWANTED: Final = text("""
SELECT d.id FROM deliveries d LEFT JOIN subscribers p ON p.id = d.subscriber_id
WHERE d.status = 'pending'
    AND (p.id IS NULL OR p.gone_at IS NOT NULL OR (NOT p.active AND d.operation <> 'delete'))
LIMIT :most
""")

_STALE: Final = text("""
SELECT d.id FROM deliveries d
WHERE d.status = 'pending' AND d.operation = 'send'
    AND d.digest_day IN (SELECT day FROM digest_days WHERE until <= :before)
LIMIT :most
""")

_CANCEL: Final = text("""
UPDATE deliveries
SET status = CASE WHEN CAST(:has_left AS INTEGER) = 1
        AND subscriber_id IN (SELECT id FROM subscribers WHERE gone_at IS NOT NULL)
        THEN 'gone' ELSE 'cancelled' END,
    reason = :reason, done_at = :now
WHERE id IN :ids AND status = 'pending'
""").bindparams(bindparam("ids", expanding=True))

# A row that keeps the id of a message stays until that message is gone (deletions.py).
_DELETE_DONE: Final = text("""
DELETE FROM deliveries
WHERE id IN (SELECT id FROM deliveries WHERE done_at <= :before AND message IS NULL LIMIT :most)
RETURNING alert_id, status, operation
""")

_ADD_UP: Final = text("""
INSERT INTO tallies (alert_id, status, number) VALUES (:alert, :status, :number)
ON CONFLICT (alert_id, status) DO UPDATE SET number = tallies.number + excluded.number
""")

READER_LEFT: Final = "reader_left"
"""Why rows of those end who stopped, are gone or erased."""

AT_ONCE: Final = 5000
"""Rows of one transaction: an urgent alert must not wait until a million rows of another are cancelled."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of the chats tried since a moment by one operation: how many, and how many of them are gone."""

    tried: int
    gone: int


async def overtaken(session: AsyncSession) -> list[int]:
    """Up to `AT_ONCE` pending messages of alerts that are no longer live. Only reads, as do the next two."""
    return list(await session.scalars(_OVERTAKEN, {"most": AT_ONCE}))


async def unwanted(session: AsyncSession) -> list[int]:
    """Up to `AT_ONCE` pending rows of readers who stopped, are gone or erased."""
    return list(await session.scalars(_UNWANTED, {"most": AT_ONCE}))


async def stale(session: AsyncSession, before: datetime) -> list[int]:
    """Up to `AT_ONCE` pending messages of digests whose window ended by then."""
    return list(await session.scalars(_STALE, {"before": to_microseconds(before), "most": AT_ONCE}))


async def cancel(session: AsyncSession, ids: Sequence[int], reason: str, now: datetime) -> int:
    """End those of these rows that are still pending; how many. For `READER_LEFT` gone with whoever is, else cancelled."""
    has_left = int(reason == READER_LEFT)
    values = {"ids": ids, "reason": reason, "has_left": has_left, "now": to_microseconds(now)}
    return affected(await session.execute(_CANCEL, values))


async def roll_up(session: AsyncSession, before: datetime) -> int:
    """Delete up to `AT_ONCE` rows done by then and add the messages among them to their alerts' tallies; how many."""
    values = {"before": to_microseconds(before), "most": AT_ONCE}
    deleted = (await session.execute(_DELETE_DONE, values)).all()
    numbers = Counter(
        (row.alert_id, row.status)
        for row in deleted
        if row.alert_id is not None and row.operation == Operation.SEND
    )
    for (alert_id, status), number in sorted(numbers.items()):
        await session.execute(_ADD_UP, {"alert": alert_id, "status": status, "number": number})
    return len(deleted)


async def refusals(session: AsyncSession, since: datetime) -> list[Refusals]:
    """How Telegram answered since then, operation by operation; rows that were never tried do not count.

    Apart, because a storm over messages must not drown in buttons taken away without trouble, nor the reverse.
    """
    gone = func.count().filter(col(DeliveryRow.status) == DeliveryStatus.GONE)
    tried = (col(DeliveryRow.done_at) > since) & (col(DeliveryRow.attempts) > 0)
    rows = await session.execute(select(func.count(), gone).where(tried).group_by(col(DeliveryRow.operation)))
    return [Refusals(tried=row[0], gone=row[1]) for row in rows]


async def hold_gone(session: AsyncSession, since: datetime) -> None:
    """Keep those who went since then from being erased, until a moderator has looked."""
    await session.execute(
        update(SubscriberRow).where(col(SubscriberRow.gone_at) > since).values(gone_held=True)
    )


async def gone_ids(session: AsyncSession, limit: int, *, are_held: bool) -> list[int]:
    """Subscribers that are gone: those held back, or those who are not."""
    rows = select(col(SubscriberRow.id)).where(
        col(SubscriberRow.gone_at).is_not(None), col(SubscriberRow.gone_held).is_(are_held)
    )
    found = await session.scalars(rows.order_by(col(SubscriberRow.id)).limit(limit))
    return [subscriber_id for subscriber_id in found if subscriber_id is not None]


async def held_count(session: AsyncSession) -> int:
    """How many are held back from being erased."""
    return await session.scalar(select(func.count()).where(col(SubscriberRow.gone_held))) or 0


async def reinstate_held(session: AsyncSession) -> int:
    """It was a fault at Telegram: those held back are no longer gone; how many."""
    rows = update(SubscriberRow).where(col(SubscriberRow.gone_held))
    return affected(await session.execute(rows.values(gone_at=None, gone_held=False)))
