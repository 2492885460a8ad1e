"""Addresses of officials of which readers say that they failed; without a time, until moderators have looked."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.columns import to_microseconds
from subscribers.act import ENOUGH_FAILURES, AddressFailure
from subscribers.store.ledger import affected
from subscribers.tables import AddressFailureRow

_ADD: Final = text("""
INSERT INTO address_failures (target_id, address, subscriber_id)
SELECT t.id, :address, p.id FROM targets t CROSS JOIN subscribers p
WHERE t.id = :target AND p.id = :subscriber AND t.retired_at IS NULL
ON CONFLICT DO NOTHING
""")

# A target that nobody has checked for so long has a question of its own open.
_FORGET_OUTDATED: Final = text("""
DELETE FROM address_failures
WHERE target_id IN (SELECT id FROM targets WHERE retired_at IS NOT NULL OR verified_at <= :before)
""")


async def add(session: AsyncSession, subscriber_id: int, target_id: int, address: str) -> None:
    """One reader's word that an address failed, once; nothing for a target that is no more."""
    await session.execute(_ADD, {"target": target_id, "address": address, "subscriber": subscriber_id})


async def readers(session: AsyncSession, target_id: int, address: str) -> int:
    """How many say that this address failed."""
    rows = select(func.count()).where(
        col(AddressFailureRow.target_id) == target_id, col(AddressFailureRow.address) == address
    )
    return await session.scalar(rows) or 0


async def failures(session: AsyncSession) -> list[AddressFailure]:
    """Addresses of which enough readers say that they failed: moderators are to be asked; by target."""
    number = func.count()
    place = (col(AddressFailureRow.target_id), col(AddressFailureRow.address))
    rows = await session.execute(
        select(*place, number).group_by(*place).having(number >= ENOUGH_FAILURES).order_by(*place)
    )
    return [AddressFailure(*row) for row in rows]


async def clear_failures(session: AsyncSession, target_id: int, address: str | None = None) -> None:
    """Moderators have looked at an address, or (None) at all of a target: what was said of it until now is deleted."""
    rows = delete(AddressFailureRow).where(col(AddressFailureRow.target_id) == target_id)
    if address is not None:
        rows = rows.where(col(AddressFailureRow.address) == address)
    await session.execute(rows)


async def forget(session: AsyncSession, subscriber_id: int) -> None:
    """Delete what one reader said."""
    await session.execute(
        delete(AddressFailureRow).where(col(AddressFailureRow.subscriber_id) == subscriber_id)
    )


async def forget_outdated(session: AsyncSession, before: datetime) -> int:
    """Delete what was said of targets that are retired, or were last checked by then; how many."""
    return affected(await session.execute(_FORGET_OUTDATED, {"before": to_microseconds(before)}))
