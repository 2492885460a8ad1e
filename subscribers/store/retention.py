"""What leaves the ledger and the list of subscribers: rolled up, cancelled, held back, erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import to_microseconds
from subscribers.delivery import DeliveryStatus
from subscribers.store.ledger import affected, for_engine
from subscribers.tables import DeliveryRow, SubscriberRow

_CANCEL_DEAD: Final = """
UPDATE deliveries SET status = 'cancelled', reason = 'overtaken', done_at = :now
WHERE id IN (
    SELECT d.id FROM deliveries d
    WHERE d.status = 'pending' AND d.operation = 'send'
        AND d.alert_id IN (SELECT id FROM alerts WHERE status <> 'published')
    {skip_locked}
)
"""

_CANCEL_UNWANTED: Final = """
UPDATE deliveries
SET status = CASE WHEN subscriber_id IN (SELECT id FROM subscribers WHERE gone_at IS NOT NULL)
        THEN 'gone' ELSE 'cancelled' END,
    reason = 'reader_left', done_at = :now
WHERE id IN (
    SELECT d.id FROM deliveries d LEFT JOIN subscribers p ON p.id = d.subscriber_id
    WHERE d.status = 'pending' AND (p.id IS NULL OR p.gone_at IS NOT NULL OR NOT p.active)
    {skip_locked}
)
"""

_CANCEL_STALE: Final = """
UPDATE deliveries SET status = 'cancelled', reason = 'too_late', done_at = :now
WHERE id IN (
    SELECT d.id FROM deliveries d
    WHERE d.status = 'pending' AND d.digest_day IN (SELECT day FROM digest_days WHERE until <= :before)
    {skip_locked}
)
"""

_ROLL_UP: Final = text("""
INSERT INTO tallies (alert_id, status, number)
SELECT alert_id, status, COUNT(*) FROM deliveries
WHERE done_at <= :before AND alert_id IS NOT NULL AND operation = 'send'
GROUP BY alert_id, status
ON CONFLICT (alert_id, status) DO UPDATE SET number = tallies.number + excluded.number
""")

_DELETE_DONE: Final = text("DELETE FROM deliveries WHERE done_at <= :before")


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of the chats tried since a moment by one operation: how many, and how many of them are gone."""

    tried: int
    gone: int


async def cancel_dead(session: AsyncSession, now: datetime) -> int:
    """Cancel pending messages of alerts that are no longer live; how many."""
    statement = for_engine(_CANCEL_DEAD, session)
    return affected(await session.execute(statement, {"now": to_microseconds(now)}))


async def cancel_unwanted(session: AsyncSession, now: datetime) -> int:
    """End pending rows of readers who stopped, are gone or erased; how many."""
    statement = for_engine(_CANCEL_UNWANTED, session)
    return affected(await session.execute(statement, {"now": to_microseconds(now)}))


async def cancel_stale(session: AsyncSession, before: datetime, now: datetime) -> int:
    """Cancel pending rows of digests whose window ended by then; how many."""
    values = {"before": to_microseconds(before), "now": to_microseconds(now)}
    return affected(await session.execute(for_engine(_CANCEL_STALE, session), values))


async def roll_up(session: AsyncSession, before: datetime) -> int:
    """Add messages done by then to their alerts' tallies and delete all rows done by then; how many."""
    values = {"before": to_microseconds(before)}
    await session.execute(_ROLL_UP, values)
    return affected(await session.execute(_DELETE_DONE, values))


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
