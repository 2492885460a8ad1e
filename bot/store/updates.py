"""Queries of the updates that wait, and of those that were handled: ids, and a sealed body. Never commits."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import sealer_of
from bot.tables import HandledRow, UpdateRow

_BODY: Final = "updates.body"
_INSERT: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Stored:
    """One that waits: Telegram's JSON object as it came, how many starts of the bot found it, and its turn."""

    update_id: int
    body: dict[str, Any]
    is_urgent: bool
    tries: int


async def insert_new(
    session: AsyncSession, bodies: Sequence[tuple[dict[str, Any], bool]], now: datetime
) -> set[int]:
    """Store (body, is it urgent?) of each update that neither waits nor was handled; the ids of those that were stored."""
    sealer = sealer_of(session)
    rows = [
        {
            "update_id": body["update_id"],
            "body": sealer.seal(json.dumps(body, ensure_ascii=False, separators=(",", ":")), _BODY),
            "urgent": is_urgent,
            "tries": 0,
            "at": now,
        }
        for body, is_urgent in bodies
    ]
    insert = _INSERT[session.get_bind().dialect.name](UpdateRow).values(rows).on_conflict_do_nothing()
    stored = set(await session.scalars(insert.returning(col(UpdateRow.update_id))))
    # Looked up afterwards: one that was just being finished is known by now.
    which = col(HandledRow.update_id)
    handled = set(await session.scalars(select(which).where(which.in_(stored))))
    if handled:
        await session.execute(delete(UpdateRow).where(col(UpdateRow.update_id).in_(handled)))
    return stored - handled


async def found_at_start(session: AsyncSession) -> list[Stored]:
    """Everything that waits, the urgent first, then in Telegram's order; that this start found it is counted."""
    await session.execute(update(UpdateRow).values(tries=col(UpdateRow.tries) + 1))
    order = (col(UpdateRow.urgent).desc(), col(UpdateRow.update_id))
    sealer = sealer_of(session)
    return [
        Stored(row.update_id, json.loads(sealer.open(row.body, _BODY)), row.urgent, row.tries)
        for row in await session.scalars(select(UpdateRow).order_by(*order))
    ]


async def finish(session: AsyncSession, ids: Collection[int], now: datetime) -> None:
    """Delete them, and remember that they were handled."""
    await session.execute(delete(UpdateRow).where(col(UpdateRow.update_id).in_(ids)))
    rows = [{"update_id": update_id, "at": now} for update_id in ids]
    insert = _INSERT[session.get_bind().dialect.name](HandledRow).values(rows)
    await session.execute(insert.on_conflict_do_nothing())


async def forget_handled(session: AsyncSession, before: datetime) -> None:
    """Of what was handled before then Telegram holds nothing any more (24 hours, core.telegram.org/bots/api)."""
    await session.execute(delete(HandledRow).where(col(HandledRow.at) < before))
