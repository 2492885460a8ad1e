"""How far a broadcast has come: counted anew each time, in one pass over its rows. Changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import from_microseconds, to_microseconds
from subscribers.delivery import DeliveryStatus
from subscribers.progress import Progress

WINDOW: Final = timedelta(minutes=1)
"""Over which the rate is taken."""

_LEAST: Final = 1.0
"""Seconds: the rate of a broadcast that has just begun is no guess from its first few messages."""

# What was cancelled was never tried and says nothing about how fast messages leave.
_PROGRESS: Final = text("""
SELECT status, COUNT(*) AS number,
    SUM(CASE WHEN done_at > :since AND status <> 'cancelled' THEN 1 ELSE 0 END) AS tried,
    MIN(CASE WHEN done_at > :since AND status <> 'cancelled' THEN done_at END) AS first
FROM deliveries WHERE alert_id = :alert AND operation = 'send' GROUP BY status
UNION ALL
SELECT status, number, 0, NULL FROM tallies WHERE alert_id = :alert
""")

# Both engines are to begin in the small indexes of rows that are pending or on their way (the lane skips the millions
# of a digest), not at the alert's own rows: the plus keeps them from that.
_IS_OVER: Final = text("""
SELECT NOT EXISTS (
    SELECT 1 FROM deliveries d JOIN alerts a ON a.lane = d.lane
    WHERE a.id = :alert AND +d.alert_id = :alert AND d.status = 'pending' AND d.operation = 'send'
) AND NOT EXISTS (
    SELECT 1 FROM deliveries
    WHERE status = 'dispatched' AND lease_until > 0 AND +alert_id = :alert AND operation = 'send'
)
""")


async def progress(session: AsyncSession, alert_id: int, now: datetime) -> Progress:
    """The books of one alert (its rows and what was rolled up of them), and the rate of the last minute.

    The rate counts from the first message in that minute, so that it is right soon after a beginning or a pause.
    """
    values = {"alert": alert_id, "since": to_microseconds(now - WINDOW)}
    rows = (await session.execute(_PROGRESS, values)).all()
    books: dict[DeliveryStatus, int] = {}
    for row in rows:
        status = DeliveryStatus(row.status)
        books[status] = books.get(status, 0) + int(row.number)
    tried = sum(int(row.tried) for row in rows)
    first = min((row.first for row in rows if row.first is not None), default=None)
    if first is None:
        return Progress(books)
    passed = (now - from_microseconds(first)).total_seconds()
    return Progress(books, tried / max(passed, _LEAST))


async def is_over(session: AsyncSession, alert_id: int) -> bool:
    """Whether no message of an alert is pending or on the way."""
    return bool(await session.scalar(_IS_OVER, {"alert": alert_id}))
