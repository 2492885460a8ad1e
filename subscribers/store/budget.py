"""The one budget row that all workers share (delivery.md 2.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import to_microseconds
from subscribers.pace import Budget
from subscribers.tables import BudgetRow

_ONLY: Final = 1
_FIRST: Final = text(
    "INSERT INTO budget (id, next_slot, not_before) VALUES (1, :now, :now) ON CONFLICT DO NOTHING"
)


async def locked_budget(session: AsyncSession, now: datetime) -> Budget:
    """The budget, which no other worker can change until the transaction ends."""
    rows = select(col(BudgetRow.next_slot), col(BudgetRow.not_before)).where(col(BudgetRow.id) == _ONLY)
    found = (await session.execute(rows.with_for_update())).one_or_none()
    if found is None:
        await session.execute(_FIRST, {"now": to_microseconds(now)})
        found = (await session.execute(rows.with_for_update())).one()
    return Budget(found.next_slot, found.not_before)


async def save_budget(session: AsyncSession, budget: Budget) -> None:
    """Write back what `locked_budget` gave."""
    values = {"next_slot": budget.next_slot, "not_before": budget.not_before}
    await session.execute(update(BudgetRow).where(col(BudgetRow.id) == _ONLY).values(**values))
