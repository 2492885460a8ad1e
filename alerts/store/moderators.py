"""Queries of those who became moderators at run time. Their Telegram ids are sealed here and opened here."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import sealer_of
from alerts.tables import ModeratorRow

_PURPOSE: Final = "moderators.chat"


async def role_at(session: AsyncSession, telegram_id: int) -> str | None:
    """The role stored for one person."""
    row = await _row(session, telegram_id)
    return row.role if row else None


async def everyone(session: AsyncSession) -> list[tuple[int, str]]:
    """(Telegram id, role) of all, in the order in which they came."""
    open_id = sealer_of(session).open
    rows = await session.scalars(select(ModeratorRow).order_by(col(ModeratorRow.id)))
    return [(int(open_id(row.chat, _PURPOSE)), row.role) for row in rows]


async def put(session: AsyncSession, telegram_id: int, role: str, now: datetime) -> None:
    """Give someone a role from `now` on, in place of the one they had."""
    row = await _row(session, telegram_id)
    if row is None:
        session.add(ModeratorRow(chat=_sealed(session, telegram_id), role=role, since=now))
    else:
        row.role, row.since = role, now


async def _row(session: AsyncSession, telegram_id: int) -> ModeratorRow | None:
    query = select(ModeratorRow).where(col(ModeratorRow.chat) == _sealed(session, telegram_id))
    return await session.scalar(query)


def _sealed(session: AsyncSession, telegram_id: int) -> bytes:
    return sealer_of(session).seal(str(telegram_id), _PURPOSE)
