"""The ledger's hot statements: claim and mark. SQL text for both engines; lapsed leases are in `leases`.

Statements name tables of `alerts` to read them; of these only `fanned_out_at` is ever written, and by
`alerts.store.published`. A lease runs on the database's clock, since workers' clocks differ; every other instant
is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import CursorResult, Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import from_microseconds, sealer_of, to_microseconds
from subscribers.delivery import Claim, DeliveryStatus, Next, Operation
from subscribers.pace import GROUP_GAP, PRIVATE_GAP
from subscribers.store.many import execute_many

MESSAGE: Final = "deliveries.message"
"""Purpose under which ids of messages that are to be deleted are sealed."""

_RECORDED_LATE: Final = 0.1
"""Seconds that a result may be recorded after its message was sent: a chat's limit counts from the sending."""

_OPERATIONS: Final = {operation.value: operation for operation in Operation}

_CLOCK: Final = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
}
_SKIP_LOCKED: Final = {"sqlite": "", "postgresql": "FOR UPDATE OF d SKIP LOCKED"}

# Nobody is written to who has stopped, paused or gone since the fan-out, nor about an alert that is overtaken or whose
# broadcast pauses. Edits make no sound in a reader's pause, buttons go when the alert is over, and what is to be deleted
# is deleted for those too who have stopped.
# CROSS JOIN keeps SQLite from starting anywhere but at the index of pending rows.
_LIVE: Final = """
    FROM deliveries d CROSS JOIN subscribers p LEFT JOIN alerts a ON a.id = d.alert_id
    WHERE d.status = 'pending' AND p.id = d.subscriber_id AND p.gone_at IS NULL
        AND (d.operation = 'delete' OR (p.active AND (d.operation = 'unbutton' OR (
            (d.operation = 'edit' OR p.paused_until IS NULL OR p.paused_until <= :now)
            AND (d.alert_id IS NULL OR a.status = 'published')
        ))))
"""
_PAUSES: Final = "COALESCE(a.paused_until > :now AND d.operation IN ('send', 'edit'), FALSE)"

# What stands in braces are the constants above: nothing from outside is ever put into the text.
# A paused broadcast may stand in front with all its rows: they are passed over within the index, by lane and alert, before
# any row is read; `pauses` then looks closely.
# One message at a time to a chat, whichever worker has it: so nothing overtakes in a chat, and its limit holds. To whom it
# wrote itself a moment ago, a worker knows better.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT d.id {live}
        AND (COALESCE(d.alert_id, 0), d.lane) NOT IN (
            SELECT h.id, h.lane FROM alerts h
            WHERE h.fanned_out_at IS NOT NULL AND h.reported_at IS NULL AND h.paused_until > :now
        )
        AND (d.not_before IS NULL OR d.not_before <= :now) AND NOT {pauses}
        AND NOT EXISTS (
            SELECT 1 FROM deliveries x
            WHERE x.subscriber_id = d.subscriber_id AND x.id <> d.id AND (
                x.status = 'dispatched'
                OR x.worker <> :worker AND x.done_at > CASE WHEN p.kind = 'group' THEN CAST(:since_group AS BIGINT) ELSE CAST(:since AS BIGINT) END
            )
        )
    ORDER BY d.lane, d.copies, d.asleep, d.alert_id, d.id
    LIMIT :count {skip_locked}
)
UPDATE deliveries
SET status = 'dispatched', attempts = attempts + 1, copies = copies + 1, not_before = NULL,
    lease_until = {clock} + :lease, worker = :worker
WHERE id IN (SELECT id FROM due)
RETURNING id, attempts, copies, lane, operation, subscriber_id, alert_id, digest_day, asleep
"""

# PostgreSQL takes pending rows for few, since mostly they are, and would sort all of a broadcast for each claim, and read
# whole tables to find a few addresses. For the rest of a transaction that claims it follows its indexes.
_BY_INDEX: Final = text("""
SELECT set_config('enable_sort', 'off', TRUE), set_config('enable_hashjoin', 'off', TRUE),
    set_config('enable_seqscan', 'off', TRUE)
""")
_SORT_AGAIN: Final = text("SET LOCAL enable_sort = on")

_MARK: Final = text("""
UPDATE deliveries
SET status = :status, copies = :copies, reason = :reason, not_before = :not_before, done_at = :done_at,
    message = :message, lease_until = NULL
WHERE id = :id AND attempts = :attempt AND status = 'dispatched'
""")

_NEXT_DUE: Final = (
    "SELECT MIN(CASE WHEN {pauses} THEN a.paused_until ELSE COALESCE(d.not_before, :now) END) {live}"
)

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
    return _for_engine(statement, engine_of(session))


@cache
def _for_engine(statement: str, engine: str) -> TextClause:
    return text(
        statement.format(
            clock=_CLOCK[engine],
            skip_locked=_SKIP_LOCKED[engine],
            live=_LIVE,
            pauses=_PAUSES,
        )
    )


def affected(result: Any) -> int:
    """Rows an INSERT, UPDATE or DELETE touched."""
    assert isinstance(result, CursorResult)
    return result.rowcount


async def claim(
    session: AsyncSession, count: int, worker: str, lease: timedelta, now: datetime
) -> list[Claim]:
    """Mark up to `count` due rows as dispatched by `worker`, most urgent first."""
    stamp = to_microseconds(now)
    values = {
        "count": count,
        "now": stamp,
        "since": stamp - _microseconds(PRIVATE_GAP - _RECORDED_LATE),
        "since_group": stamp - _microseconds(GROUP_GAP - _RECORDED_LATE),
        "worker": worker,
        "lease": lease // timedelta(microseconds=1),
    }
    has_planner = engine_of(session) == "postgresql"
    if has_planner:
        await session.execute(_BY_INDEX)
    rows = (await session.execute(for_engine(_CLAIM, session), values)).all()
    if has_planner:
        await session.execute(_SORT_AGAIN)
    return [_as_claim(row) for row in sorted(rows, key=_claim_order)]


def _microseconds(seconds: float) -> int:
    return int(seconds * 1_000_000)


def _as_claim(row: Row[Any]) -> Claim:
    delivery_id, attempts, copies, lane, operation, subscriber_id, alert_id, digest_day, _ = tuple(row)
    return Claim(
        delivery_id, attempts, copies, lane, _OPERATIONS[operation], subscriber_id, alert_id, digest_day
    )


def _claim_order(row: Row[Any]) -> tuple[int, int, bool, int, int]:
    return row.lane, row.copies, row.asleep, row.alert_id or 0, row.id


async def mark(session: AsyncSession, results: Iterable[tuple[Claim, Next]], now: datetime) -> None:
    """Write results; one whose lease lapsed and was taken up again no longer fits its attempt and is not written."""
    done_at = to_microseconds(now)
    values = [
        {
            "id": claimed.delivery_id,
            "attempt": claimed.attempt,
            "status": after.status.value,
            "copies": after.copies,
            "reason": after.reason or None,
            "not_before": to_microseconds(after.not_before) if after.not_before else None,
            "done_at": None if after.status is DeliveryStatus.PENDING else done_at,
            "message": None if after.message_id is None else seal_message(session, after.message_id),
        }
        for claimed, after in results
    ]
    if values:
        await execute_many(session, _MARK, values)


def seal_message(session: AsyncSession, message_id: int) -> bytes:
    """The id of a sent message, as the ledger keeps it."""
    return sealer_of(session).seal(str(message_id), MESSAGE)


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

# Also when everything was on its way already and there was nothing left to cancel, it is to be seen that it was stopped.
_SAY_WHY: Final = text("""
UPDATE deliveries SET reason = :reason WHERE alert_id = :alert AND operation = 'send' AND status = 'failed'
""")

_BROKEN: Final = text("""
SELECT DISTINCT alert_id FROM deliveries
WHERE status IN ('cancelled', 'failed') AND reason = :reason AND alert_id IS NOT NULL AND operation = 'send'
ORDER BY alert_id
""")


async def break_off(session: AsyncSession, alert_id: int, now: datetime) -> int:
    """Cancel what is pending of an alert whose content Telegram refuses; how many rows."""
    values = {"alert": alert_id, "reason": _BROKEN_OFF}
    await session.execute(_SAY_WHY, values)
    return affected(await session.execute(_BREAK_OFF, values | {"now": to_microseconds(now)}))


async def broken_off(session: AsyncSession) -> list[int]:
    """Alerts whose broadcast was stopped because Telegram refused the content, while the ledger remembers."""
    return list((await session.scalars(_BROKEN, {"reason": _BROKEN_OFF})).all())
