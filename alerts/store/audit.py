"""Queries of the audit trail: its last line, the next one, and lines in order. Knows no digest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.tables import AuditRow

_LOCK: Final = 0x6175646974  # "audit": one number for all who append, on PostgreSQL


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the trail. `seq` counts from 1 without gaps; `previous` and `digest` are 64 hex digits."""

    seq: int
    at: datetime
    actor: str
    verb: str
    subject: str
    detail: dict[str, Any]
    previous: str
    digest: str


async def lock(session: AsyncSession) -> None:
    """Let one transaction at a time append, until it ends. SQLite's transactions are so from their beginning."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


async def last(session: AsyncSession) -> AuditLine | None:
    """The newest line."""
    row = await session.scalar(select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(1))
    return _line(row) if row else None


async def append(session: AsyncSession, line: AuditLine) -> None:
    """Write a line. The database refuses a number that is taken, so the trail cannot fork."""
    session.add(AuditRow(**asdict(line)))
    await session.flush()


async def exists(session: AsyncSession, verb: str, subject: str) -> bool:
    """Whether any line says that `verb` was done to `subject`."""
    query = (
        select(col(AuditRow.seq)).where(col(AuditRow.verb) == verb, col(AuditRow.subject) == subject).limit(1)
    )
    return await session.scalar(query) is not None


async def latest_of(session: AsyncSession, subject: str, verbs: Collection[str]) -> AuditLine | None:
    """The newest line that says one of these verbs of `subject`."""
    query = select(AuditRow).where(col(AuditRow.subject) == subject, col(AuditRow.verb).in_(verbs))
    row = await session.scalar(query.order_by(col(AuditRow.seq).desc()).limit(1))
    return _line(row) if row else None


async def lines_after(session: AsyncSession, seq: int, limit: int) -> list[AuditLine]:
    """At most `limit` lines, oldest first, beginning with the one after `seq`."""
    query = select(AuditRow).where(col(AuditRow.seq) > seq).order_by(col(AuditRow.seq)).limit(limit)
    return [_line(row) for row in await session.scalars(query)]


def _line(row: AuditRow) -> AuditLine:
    assert row.seq is not None
    return AuditLine(row.seq, row.at, row.actor, row.verb, row.subject, row.detail, row.previous, row.digest)
