"""What becomes of rows whose lease has run out, or that their worker provably never sent. SQL text for both engines."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import to_microseconds
from subscribers.delivery import MAX_COPIES, MAX_TRIES, DeliveryStatus
from subscribers.store.ledger import for_engine
from subscribers.store.many import execute_many

_MAY_REPEAT: Final = """
    copies < CASE WHEN operation <> 'send' THEN CAST(:tries AS INTEGER)
        WHEN alert_id IS NOT NULL THEN CAST(:most AS INTEGER) ELSE CAST(:once AS INTEGER) END
"""

# An alert that may have arrived once goes to the back of its lane (the claim orders by copies), others end. What adds
# no message to a chat is done again.
_LAPSE: Final = """
UPDATE deliveries
SET status = CASE WHEN {may_repeat} THEN 'pending' ELSE 'unknown' END,
    done_at = CASE WHEN {may_repeat} THEN NULL ELSE CAST(:now AS BIGINT) END,
    reason = 'lease_lapsed', lease_until = NULL, worker = NULL
WHERE id IN (
    SELECT d.id FROM deliveries d
    WHERE d.status = 'dispatched' AND d.lease_until <= CAST(:moment AS BIGINT)
    {skip_locked}
)
RETURNING status
""".replace("{may_repeat}", _MAY_REPEAT)
_HELD: Final = text("""
SELECT id, attempts FROM deliveries
WHERE status = 'dispatched' AND lease_until <= CAST(:moment AS BIGINT) AND worker = :worker
""")
_GIVE_BACK: Final = text("""
UPDATE deliveries SET status = 'pending', copies = copies - 1, lease_until = NULL, worker = NULL
WHERE id = :id AND attempts = :attempt AND status = 'dispatched'
""")


async def clock(session: AsyncSession) -> int:
    """The database's clock, by which leases run: microseconds since 1970."""
    return int(await session.scalar(for_engine("SELECT {clock}", session)))


async def lapse(session: AsyncSession, now: datetime, moment: int) -> list[DeliveryStatus]:
    """Give up rows whose lease has run out by that moment of the database's `clock`; what each became."""
    bounds = {"tries": MAX_TRIES, "most": MAX_COPIES[True], "once": MAX_COPIES[False]}
    values = {"now": to_microseconds(now), "moment": moment, **bounds}
    rows = await session.execute(for_engine(_LAPSE, session), values)
    return [DeliveryStatus(word) for word in rows.scalars()]


async def holding(session: AsyncSession, worker: str, moment: int) -> list[tuple[int, int]]:
    """(delivery id, attempt) of what that worker has dispatched, its lease run out by that moment of the `clock`."""
    rows = await session.execute(_HELD, {"worker": worker, "moment": moment})
    return [(row.id, row.attempts) for row in rows]


async def give_back(session: AsyncSession, untried: Collection[tuple[int, int]]) -> None:
    """Rows, by delivery id and attempt, that have certainly not left and will not: they were never tried."""
    if untried:
        values = [{"id": delivery_id, "attempt": attempt} for delivery_id, attempt in untried]
        await execute_many(session, _GIVE_BACK, values)
