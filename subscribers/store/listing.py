"""The other hot statement: who gets an alert. One INSERT … SELECT per stretch of subscribers; no row passes through Python.

Names tables of `alerts` only to read them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import String, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import to_microseconds
from subscribers.store.ledger import affected

# Whoever got an earlier alert of the chain (or may have) hears how it went on, whatever they asked for since;
# in a pause, once it is over. Of a reader in safe mode nobody knows that any more after two days, of others two weeks
# after the end: they hear it when what they ask for matches any alert of the chain (safety.md 25); the others only
# corrections and stops, and by alerts of which neither messages nor deliveries are remembered.
#
# Whoever is wanted twice is inserted once. Every branch looks at the subscribers of one stretch only.
_FAN_OUT: Final = text("""
INSERT INTO deliveries (alert_id, subscriber_id, operation, lane, asleep, status, attempts, copies)
WITH wanted(subscriber_id, was_reached) AS (
    SELECT s.subscriber_id, 0
    FROM alert_topics t JOIN subscriptions s ON s.key = t.key
    WHERE t.alert_id = :alert AND s.subscriber_id BETWEEN :first AND :last
    UNION ALL
    SELECT c.subscriber_id, 1
    FROM alerts a JOIN chain_rows c ON c.action_id = a.action_id
    WHERE a.id = :alert AND c.subscriber_id BETWEEN :first AND :last
    UNION ALL
    SELECT d.subscriber_id, 1
    FROM alerts a JOIN alerts o ON o.action_id = a.action_id AND o.id <> a.id
        JOIN deliveries d ON d.alert_id = o.id
    WHERE a.id = :alert AND d.subscriber_id BETWEEN :first AND :last AND d.operation = 'send'
        AND (d.status IN ('sent', 'unknown', 'dispatched') OR d.copies > 0)
    UNION ALL
    SELECT s.subscriber_id, 0
    FROM alerts a JOIN alerts o ON o.action_id = a.action_id AND o.id <> a.id AND o.published_at IS NOT NULL
        JOIN alert_topics t ON t.alert_id = o.id
        JOIN subscriptions s ON s.key = t.key
        JOIN subscribers q ON q.id = s.subscriber_id
    WHERE a.id = :alert AND s.subscriber_id BETWEEN :first AND :last AND (q.mode = 'safe' OR (
        a.kind IN ('correction', 'stop_action')
        AND NOT EXISTS (SELECT 1 FROM chain_rows c WHERE c.alert_id = o.id)
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = o.id AND d.operation = 'send')
    ))
)
SELECT a.id, p.id, 'send', a.lane,
    CASE WHEN p.country IS NULL THEN :home_sleeps ELSE p.country IN :asleep END, 'pending', 0, 0
FROM wanted w JOIN subscribers p ON p.id = w.subscriber_id JOIN alerts a ON a.id = :alert
WHERE p.active AND p.gone_at IS NULL AND a.status = 'published'
    AND (p.paused_until IS NULL OR p.paused_until <= :now OR w.was_reached = 1)
ON CONFLICT DO NOTHING
""").bindparams(bindparam("asleep", expanding=True, type_=String))

_ELIGIBLE: Final = text("SELECT COUNT(*) FROM deliveries WHERE alert_id = :alert AND operation = 'send'")
_LAST: Final = text("SELECT COALESCE(MAX(id), 0) FROM subscribers")


@dataclass(frozen=True, slots=True)
class Night:
    """Where it is night: codes of countries, and whether it is for those who live nobody knows where."""

    countries: Collection[str]
    at_home: bool


async def last_subscriber(session: AsyncSession) -> int:
    """The highest id there is; 0 when there is nobody."""
    return int(await session.scalar(_LAST) or 0)


async def eligible(session: AsyncSession, alert_id: int) -> int:
    """How many get the alert, or have got it."""
    return int(await session.scalar(_ELIGIBLE, {"alert": alert_id}) or 0)


async def fan_out(session: AsyncSession, alert_id: int, stretch: range, night: Night, now: datetime) -> int:
    """Pending rows for everyone of a stretch of ids who is to get the alert and has none yet; how many were new."""
    values = {
        "alert": alert_id,
        "first": stretch.start,
        "last": stretch.stop - 1,
        "asleep": sorted(night.countries),
        "home_sleeps": night.at_home,
        "now": to_microseconds(now),
    }
    return affected(await session.execute(_FAN_OUT, values))
