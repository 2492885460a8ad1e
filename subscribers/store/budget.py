"""The one budget row that all workers share (delivery.md 2.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.columns import from_microseconds, to_microseconds
from subscribers.pace import Budget
from subscribers.store.ledger import engine_of

_FIRST: Final = text(
    "INSERT INTO budget (id, next_slot, not_before) VALUES (1, :now, :now) ON CONFLICT DO NOTHING"
)
_READ: Final = "SELECT next_slot, not_before FROM budget WHERE id = 1"
_LOCK: Final = {"sqlite": text(_READ), "postgresql": text(f"{_READ} FOR UPDATE")}
_SAVE: Final = text("UPDATE budget SET next_slot = :next_slot, not_before = :not_before WHERE id = 1")


async def locked_budget(session: AsyncSession, now: datetime) -> Budget:
    """The budget, which no other worker can change until the transaction ends."""
    read: Any = _LOCK[engine_of(session)]
    found = (await session.execute(read)).one_or_none()
    if found is None:
        await session.execute(_FIRST, {"now": to_microseconds(now)})
        found = (await session.execute(read)).one()
    return Budget(from_microseconds(found.next_slot), from_microseconds(found.not_before))


async def save_budget(session: AsyncSession, budget: Budget) -> None:
    """Write back what `locked_budget` gave."""
    values = {
        "next_slot": to_microseconds(budget.next_slot),
        "not_before": to_microseconds(budget.not_before),
    }
    await session.execute(_SAVE, values)
