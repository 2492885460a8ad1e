"""Letters served: how many of an action were shown, by language and kind. Nobody's name stands beside a number."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from alerts.action import Action
from alerts.store import actions
from alerts.tables import ActionRow, LettersServedRow

_INSERT: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_KEY: Final = ("action_id", "language", "kind")


async def action_to_serve(session: AsyncSession, action_id: int) -> Action | None:
    """The action a letter is asked for."""
    rows = await session.scalars(select(ActionRow).where(col(ActionRow.id) == action_id))
    found = await actions.read(session, rows)
    return found[0] if found else None


async def count_one(session: AsyncSession, action_id: int, language: str, kind: str) -> int:
    """Count one more letter; how many of this action, language and kind there are with it, each number once."""
    insert = _INSERT[session.get_bind().dialect.name](LettersServedRow)
    first = insert.values(action_id=action_id, language=language, kind=kind, number=1)
    counted = first.on_conflict_do_update(
        index_elements=_KEY, set_={"number": LettersServedRow.number + 1}
    ).returning(col(LettersServedRow.number))
    number: int = (await session.execute(counted)).scalar_one()
    return number


async def served(session: AsyncSession, action_id: int) -> dict[str, int]:
    """Letters of an action by language; small numbers too, which must not be shown."""
    return await _served_by(session, action_id, col(LettersServedRow.language))


async def served_by_kind(session: AsyncSession, action_id: int) -> dict[str, int]:
    """Letters of an action by kind (LetterKind's values); small numbers too, which must not be shown."""
    return await _served_by(session, action_id, col(LettersServedRow.kind))


async def _served_by(session: AsyncSession, action_id: int, column: Mapped[str]) -> dict[str, int]:
    rows = await session.execute(
        select(column, func.sum(col(LettersServedRow.number)))
        .where(col(LettersServedRow.action_id) == action_id)
        .group_by(column)
        .order_by(column)
    )
    return {word: int(number) for word, number in rows}
