"""Messages of readers in safe mode, which must be gone after 47 hours (safety.md 25, 29): the rows that delete them.

The sender keeps the sealed id of such a message beside its row (`deliveries.message`), which therefore stays until the
message is gone; of what somebody got before they chose safe mode, the chain knows it. Telegram deletes nothing that is
older than 48 hours.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import to_microseconds
from subscribers.store.ledger import affected

DELETE_LANE: Final = 1
"""Behind nothing but the most urgent alerts: what is late here can never be done any more."""

# Two ways in, each with an index of its own.
_LIST: Final = text("""
INSERT INTO deliveries (alert_id, digest_day, subscriber_id, operation, lane, asleep, status, attempts, copies)
SELECT o.alert_id, o.digest_day, o.subscriber_id, 'delete', :lane, FALSE, 'pending', 0, 0
FROM (
    SELECT d.id FROM deliveries d
    WHERE d.message IS NOT NULL AND d.operation = 'send' AND d.done_at <= :due AND d.done_at > :too_old
    UNION
    SELECT d.id
    FROM subscribers p JOIN chain_rows c ON c.subscriber_id = p.id
        JOIN deliveries d ON d.alert_id = c.alert_id AND d.subscriber_id = p.id AND d.operation = 'send'
    WHERE p.mode = 'safe' AND d.done_at <= :due AND d.done_at > :too_old
) AS old JOIN deliveries o ON o.id = old.id JOIN subscribers p ON p.id = o.subscriber_id
WHERE p.gone_at IS NULL
ON CONFLICT DO NOTHING
""")

# To delete twice does no harm, so whatever did not end well is done once more, for those who come back too.
_AGAIN: Final = text("""
UPDATE deliveries SET status = 'pending', copies = 0, reason = NULL, done_at = NULL
WHERE operation = 'delete' AND status IN ('gone', 'failed', 'unknown', 'cancelled')
    AND subscriber_id IN (SELECT id FROM subscribers WHERE gone_at IS NULL)
""")

_OUT_OF_CHAIN: Final = text("""
DELETE FROM chain_rows WHERE EXISTS (
    SELECT 1 FROM deliveries d
    WHERE d.operation = 'delete' AND d.status = 'sent'
        AND d.subscriber_id = chain_rows.subscriber_id AND d.alert_id = chain_rows.alert_id
)
""")

_IS_GONE: Final = text("""
UPDATE deliveries SET message = NULL
WHERE message IS NOT NULL AND operation = 'send' AND EXISTS (
    SELECT 1 FROM deliveries d
    WHERE d.operation = 'delete' AND d.status = 'sent' AND d.subscriber_id = deliveries.subscriber_id
        AND (d.alert_id = deliveries.alert_id OR d.digest_day = deliveries.digest_day)
)
""")

_OUT_OF_REACH: Final = text("""
UPDATE deliveries SET message = NULL
WHERE message IS NOT NULL AND operation = 'send' AND (done_at <= :too_old OR subscriber_id IS NULL)
RETURNING subscriber_id
""")

# What is on its way is left to end: the worker that holds it writes its result.
_DROP: Final = text("""
DELETE FROM deliveries
WHERE operation = 'delete' AND status <> 'dispatched' AND (status = 'sent' OR NOT EXISTS (
    SELECT 1 FROM deliveries s
    WHERE s.operation = 'send' AND s.done_at > :too_old AND s.subscriber_id = deliveries.subscriber_id
        AND (s.alert_id = deliveries.alert_id OR s.digest_day = deliveries.digest_day)
))
""")


async def list_due(session: AsyncSession, due: datetime, too_old: datetime) -> int:
    """Pending rows that delete what was sent by `due` and after `too_old`; also of those who stopped. How many."""
    await session.execute(_AGAIN)
    values = {"lane": DELETE_LANE, "due": to_microseconds(due), "too_old": to_microseconds(too_old)}
    return affected(await session.execute(_LIST, values))


async def settle(session: AsyncSession, too_old: datetime) -> int:
    """Forget the ids of messages that are gone or cannot be deleted any more, and the rows that were to do it.

    How many messages stay in a reader's chat because they are older than `too_old`.
    """
    values = {"too_old": to_microseconds(too_old)}
    await session.execute(_OUT_OF_CHAIN)
    await session.execute(_IS_GONE)
    left = await session.scalars(_OUT_OF_REACH, values)
    missed = sum(subscriber is not None for subscriber in left)
    await session.execute(_DROP, values)
    return missed
