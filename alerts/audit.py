"""The trail of who did what: each line's digest covers the line and the digest before it (safety.md 12).

Whoever changes, removes or moves a line inside the trail breaks every digest after it, and the database refuses
both anyway. Does not notice when the newest lines are cut off, for which a copy of the last digest must be
kept elsewhere. Names people by their actor ("mod:DIGEST", "list:NAME"), never by their Telegram id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.columns import to_microseconds
from alerts.store import audit as store
from alerts.store.audit import AuditLine

GENESIS: Final = "0" * 64
"""What the first line is chained to."""

_BATCH: Final = 1000


async def record(
    session: AsyncSession,
    *,
    now: datetime,
    actor: str,
    verb: str,
    subject: str,
    detail: Mapping[str, Any],
) -> None:
    """Append a line within the caller's transaction, so that a deed and its line stand or fall together.

    Call it last in a transaction: on PostgreSQL it holds off other appenders until the commit. `subject` is
    what was acted on ("alert:14"), `detail` anything JSON can hold (TypeError or ValueError otherwise).
    """
    await store.lock(session)
    before = await store.last(session)
    seq = before.seq + 1 if before else 1
    previous = before.digest if before else GENESIS
    plain = json.loads(json.dumps(dict(detail), allow_nan=False))  # as the database will give it back
    digest = _digest(seq, now, actor, verb, subject, plain, previous)
    await store.append(session, AuditLine(seq, now, actor, verb, subject, plain, previous, digest))


async def is_recorded(session: AsyncSession, *, verb: str, subject: str) -> bool:
    """Whether such a line exists; holds off other appenders, so that the answer is true until the commit."""
    await store.lock(session)
    return await store.exists(session, verb, subject)


def verify(lines: Iterable[AuditLine], after: AuditLine | None = None) -> int | None:
    """The number of the first line that does not fit, None when all do. `after` precedes them (none: they begin)."""
    seq, previous = (after.seq, after.digest) if after else (0, GENESIS)
    for line in lines:
        seq += 1
        digest = _digest(seq, line.at, line.actor, line.verb, line.subject, line.detail, previous)
        if (line.seq, line.previous, line.digest) != (seq, previous, digest):
            return line.seq
        previous = digest
    return None


async def verify_trail(sessions: async_sessionmaker[AsyncSession]) -> int | None:
    """`verify` over the whole stored trail, in short transactions."""
    after: AuditLine | None = None
    while True:
        async with sessions.begin() as session:
            lines = await store.lines_after(session, after.seq if after else 0, _BATCH)
        broken = verify(lines, after)
        if broken is not None or len(lines) < _BATCH:
            return broken
        after = lines[-1]


def _digest(
    seq: int, at: datetime, actor: str, verb: str, subject: str, detail: dict[str, Any], previous: str
) -> str:
    parts = [seq, to_microseconds(at), actor, verb, subject, detail, previous]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
