"""The ledger's hot statements: fan out, claim, mark, and what becomes of lapsed leases. SQL text for both engines.

Statements name tables of `alerts` to read them; of these only `fanned_out_at` is ever written, and by
`alerts.store.published`. A lease runs on the database's clock, since workers' clocks differ; every other instant
is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import from_microseconds, to_microseconds
from subscribers.delivery import MAX_COPIES, Claim, DeliveryStatus, Next, Operation

_CLOCK: Final = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
}
_SKIP_LOCKED: Final = {"sqlite": "", "postgresql": "FOR UPDATE OF d SKIP LOCKED"}

# Whoever got an earlier alert of the chain (or may have) hears how it went on, whatever they asked for since;
# in a pause, once it is over. Of a reader in safe mode nobody knows that any more after two days, of others two weeks
# after the end: they hear it when what they ask for matches any alert of the chain (safety.md 25); the others only
# corrections and stops, and by alerts of which neither messages nor deliveries are remembered.
_FAN_OUT: Final = """
INSERT INTO deliveries (alert_id, subscriber_id, operation, lane, asleep, status, attempts, copies)
WITH wanted(subscriber_id, was_reached) AS (
    SELECT s.subscriber_id, 0
    FROM alert_topics t JOIN subscriptions s ON s.key = t.key
    WHERE t.alert_id = :alert
    UNION
    SELECT c.subscriber_id, 1
    FROM alerts a JOIN chain_rows c ON c.action_id = a.action_id
    WHERE a.id = :alert
    UNION
    SELECT d.subscriber_id, 1
    FROM alerts a JOIN alerts o ON o.action_id = a.action_id AND o.id <> a.id
        JOIN deliveries d ON d.alert_id = o.id
    WHERE a.id = :alert AND d.operation = 'send'
        AND (d.status IN ('sent', 'unknown', 'dispatched') OR d.copies > 0)
    UNION
    SELECT s.subscriber_id, 0
    FROM alerts a JOIN alerts o ON o.action_id = a.action_id AND o.id <> a.id AND o.published_at IS NOT NULL
        JOIN alert_topics t ON t.alert_id = o.id
        JOIN subscriptions s ON s.key = t.key
        JOIN subscribers q ON q.id = s.subscriber_id
    WHERE a.id = :alert AND (q.mode = 'safe' OR (
        a.kind IN ('correction', 'stop_action')
        AND NOT EXISTS (SELECT 1 FROM chain_rows c WHERE c.alert_id = o.id)
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = o.id AND d.operation = 'send')
    ))
)
SELECT a.id, p.id, 'send', a.lane, FALSE, 'pending', 0, 0
FROM wanted w JOIN subscribers p ON p.id = w.subscriber_id JOIN alerts a ON a.id = :alert
WHERE p.active AND p.gone_at IS NULL
    AND (p.paused_until IS NULL OR p.paused_until <= :now OR w.was_reached = 1)
ON CONFLICT DO NOTHING
"""

# Nobody is written to who has stopped, paused or gone since the fan-out, nor about an alert that is overtaken. Buttons
# go when it is, and make no sound in a pause.
# CROSS JOIN keeps SQLite from starting anywhere but at the index of pending rows.
_LIVE: Final = """
    FROM deliveries d CROSS JOIN subscribers p LEFT JOIN alerts a ON a.id = d.alert_id
    WHERE d.status = 'pending' AND p.id = d.subscriber_id AND p.active AND p.gone_at IS NULL
        AND (d.operation = 'unbutton' OR (
            (p.paused_until IS NULL OR p.paused_until <= :now)
            AND (d.alert_id IS NULL OR a.status = 'published')
        ))
"""

# What stands in braces are the constants above: nothing from outside is ever put into the text.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT d.id {live}
        AND (d.not_before IS NULL OR d.not_before <= :now)
    ORDER BY d.lane, d.copies, d.alert_id, d.id
    LIMIT :count {skip_locked}
)
UPDATE deliveries
SET status = 'dispatched', attempts = attempts + 1, copies = copies + 1, not_before = NULL,
    lease_until = {clock} + :lease, worker = :worker
WHERE id IN (SELECT id FROM due)
RETURNING id, attempts, copies, lane, operation, subscriber_id, alert_id, digest_day
"""

_MARK: Final = text("""
UPDATE deliveries
SET status = :status, copies = :copies, reason = :reason, not_before = :not_before, done_at = :done_at,
    lease_until = NULL, worker = NULL
WHERE id = :id AND attempts = :attempt AND status = 'dispatched'
""")

# An alert that may have arrived once goes to the back of its lane (the claim orders by copies), others end.
_LAPSE: Final = """
UPDATE deliveries
SET status = CASE WHEN alert_id IS NOT NULL AND copies < :most THEN 'pending' ELSE 'unknown' END,
    done_at = CASE WHEN alert_id IS NOT NULL AND copies < :most THEN NULL ELSE CAST(:now AS BIGINT) END,
    reason = 'lease_lapsed', lease_until = NULL, worker = NULL
WHERE id IN (
    SELECT d.id FROM deliveries d
    WHERE d.status = 'dispatched' AND (:everything = 1 OR d.lease_until <= {clock})
    {skip_locked}
)
RETURNING status
"""

_NEXT_DUE: Final = "SELECT MIN(COALESCE(d.not_before, :now)) {live}"

_BOOKS: Final = text("""
SELECT status, SUM(number) AS number FROM (
    SELECT status, COUNT(*) AS number FROM deliveries
    WHERE alert_id = :alert AND operation = 'send' GROUP BY status
    UNION ALL
    SELECT status, number FROM tallies WHERE alert_id = :alert
) AS both_books GROUP BY status
""")

_BROKEN_OFF: Final = "bad_content"


def engine_of(session: AsyncSession) -> str:
    """The dialect: "sqlite" or "postgresql"."""
    return session.get_bind().dialect.name


def for_engine(statement: str, session: AsyncSession) -> Any:
    """A statement with what stands in its braces: the engine's clock and lock clause, the rows that may be sent."""
    engine = engine_of(session)
    return text(statement.format(clock=_CLOCK[engine], skip_locked=_SKIP_LOCKED[engine], live=_LIVE))


def affected(result: Any) -> int:
    """Rows an INSERT, UPDATE or DELETE touched."""
    assert isinstance(result, CursorResult)
    return result.rowcount


async def fan_out(session: AsyncSession, alert_id: int, now: datetime) -> int:
    """Pending rows for everyone who is to get the alert and has none yet; how many were new."""
    return affected(await session.execute(text(_FAN_OUT), {"alert": alert_id, "now": to_microseconds(now)}))


async def claim(
    session: AsyncSession, count: int, worker: str, lease: timedelta, now: datetime
) -> list[Claim]:
    """Mark up to `count` due rows as dispatched by `worker`, most urgent first."""
    values = {
        "count": count,
        "now": to_microseconds(now),
        "worker": worker,
        "lease": lease // timedelta(microseconds=1),
    }
    rows = (await session.execute(for_engine(_CLAIM, session), values)).all()
    return sorted((_as_claim(row) for row in rows), key=_claim_order)


def _as_claim(row: Row[Any]) -> Claim:
    return Claim(
        delivery_id=row.id,
        attempt=row.attempts,
        copies=row.copies,
        lane=row.lane,
        operation=Operation(row.operation),
        subscriber_id=row.subscriber_id,
        alert_id=row.alert_id,
        digest_day=row.digest_day,
    )


def _claim_order(claim: Claim) -> tuple[int, int, int, int]:
    return claim.lane, claim.copies, claim.alert_id or 0, claim.delivery_id


async def mark(session: AsyncSession, results: Iterable[tuple[Claim, Next]], now: datetime) -> None:
    """Write results; one whose lease lapsed and was taken up again no longer fits its attempt and is not written."""
    values = [
        {
            "id": claimed.delivery_id,
            "attempt": claimed.attempt,
            "status": after.status.value,
            "copies": after.copies,
            "reason": after.reason or None,
            "not_before": to_microseconds(after.not_before) if after.not_before else None,
            "done_at": None if after.status is DeliveryStatus.PENDING else to_microseconds(now),
        }
        for claimed, after in results
    ]
    if values:
        await session.execute(_MARK, values)


async def lapse(session: AsyncSession, now: datetime, *, everything: bool = False) -> list[DeliveryStatus]:
    """Give up rows whose lease has run out (or all that are dispatched); what each became."""
    values = {"most": MAX_COPIES[True], "now": to_microseconds(now), "everything": int(everything)}
    rows = await session.execute(for_engine(_LAPSE, session), values)
    return [DeliveryStatus(word) for word in rows.scalars()]


async def next_due(session: AsyncSession, now: datetime) -> datetime | None:
    """When the first pending row may be sent; None when nothing is pending."""
    stored = await session.scalar(for_engine(_NEXT_DUE, session), {"now": to_microseconds(now)})
    return None if stored is None else from_microseconds(stored)


async def books(session: AsyncSession, alert_id: int) -> dict[DeliveryStatus, int]:
    """How many messages of the alert stand or ended in each status; together the eligible (delivery.md 2.4)."""
    rows = await session.execute(_BOOKS, {"alert": alert_id})
    return {DeliveryStatus(row.status): int(row.number) for row in rows}


async def books_of_chain(session: AsyncSession, action_id: int) -> dict[int, dict[DeliveryStatus, int]]:
    """The books of each alert of a chain that has any, by alert id, oldest first."""
    chain = text("SELECT id FROM alerts WHERE action_id = :action ORDER BY published_at, id")
    alert_ids = (await session.scalars(chain, {"action": action_id})).all()
    found = {alert_id: await books(session, alert_id) for alert_id in alert_ids}
    return {alert_id: entries for alert_id, entries in found.items() if entries}


_BREAK_OFF: Final = text("""
UPDATE deliveries SET status = 'cancelled', reason = :reason, done_at = :now
WHERE alert_id = :alert AND operation = 'send' AND status = 'pending'
""")

_BROKEN: Final = text("""
SELECT DISTINCT alert_id FROM deliveries
WHERE status = 'cancelled' AND reason = :reason AND alert_id IS NOT NULL AND operation = 'send' ORDER BY alert_id
""")


async def break_off(session: AsyncSession, alert_id: int, now: datetime) -> int:
    """Cancel what is pending of an alert whose content Telegram refuses; how many rows."""
    values = {"alert": alert_id, "reason": _BROKEN_OFF, "now": to_microseconds(now)}
    return affected(await session.execute(_BREAK_OFF, values))


async def broken_off(session: AsyncSession) -> list[int]:
    """Alerts whose broadcast was stopped because Telegram refused the content, while the ledger remembers."""
    return list((await session.scalars(_BROKEN, {"reason": _BROKEN_OFF})).all())
