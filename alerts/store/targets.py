"""Officials (targets): the value in force, the proposal that waits, when it was checked. Never commits.

A row's `value` holds the entry, what became of its addresses, and who entered it; `proposal` the bare entry.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.tables import TargetRow
from alerts.target import AddressState, Kept, Target, TargetEntry

_INSERT: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def everyone(session: AsyncSession) -> list[Kept]:
    """All that is kept, by country and key: in force, proposed and retired."""
    return await _read(session, select(TargetRow).order_by(col(TargetRow.country), col(TargetRow.key)))


async def in_force(session: AsyncSession) -> list[Target]:
    """All that may be written to; whom a letter goes to is for `target.in_order` to say."""
    there = select(TargetRow).where(col(TargetRow.value).is_not(None), col(TargetRow.retired_at).is_(None))
    found = await _read(session, there.order_by(col(TargetRow.id)))
    return [target for kept in found if (target := kept.target) is not None]


async def by_id(session: AsyncSession, target_id: int) -> Kept | None:
    """One of them."""
    found = await _read(session, select(TargetRow).where(col(TargetRow.id) == target_id))
    return found[0] if found else None


async def by_key(session: AsyncSession, key: str) -> Kept | None:
    """One of them by the key that people gave it."""
    found = await _read(session, select(TargetRow).where(col(TargetRow.key) == key))
    return found[0] if found else None


async def known_keys(session: AsyncSession) -> set[str]:
    """Every key there is, of retired ones too."""
    return set(await session.scalars(select(col(TargetRow.key))))


async def hold(session: AsyncSession, target_id: int) -> Kept | None:
    """One of them, and nobody else may change it until the transaction ends."""
    query = select(TargetRow).where(col(TargetRow.id) == target_id)
    found = await _read(session, query.with_for_update(key_share=True))
    return found[0] if found else None


async def hold_key(session: AsyncSession, entry: TargetEntry) -> Kept:
    """As `hold`, by an entry's key; an empty row when there was none, for `save` to fill."""
    row = _INSERT[session.get_bind().dialect.name](TargetRow).values(
        key=entry.key, country=entry.country, kind=entry.kind.value
    )
    await session.execute(row.on_conflict_do_nothing(index_elements=["key"]))
    query = select(TargetRow).where(col(TargetRow.key) == entry.key)
    return (await _read(session, query.with_for_update(key_share=True)))[0]


async def save(session: AsyncSession, kept: Kept) -> None:
    """Store it as it now is; what has neither a value nor a proposal any more is deleted."""
    row = col(TargetRow.id) == kept.id
    if kept.value is None and kept.proposal is None:
        await session.execute(delete(TargetRow).where(row))
        return
    await session.execute(
        update(TargetRow)
        .where(row)
        .values(
            country=kept.shown.country,
            kind=kept.shown.kind.value,
            value=_as_value(kept) if kept.value else None,
            proposal=kept.proposal.to_json() if kept.proposal else None,
            proposed_by=kept.proposed_by,
            verified_at=kept.verified_at,
            retired_at=kept.retired_at,
        )
    )


def _as_value(kept: Kept) -> dict[str, Any]:
    assert kept.value is not None
    states = {address: state.value for address, state in kept.states.items() if state is not AddressState.OK}
    return {"entry": kept.value.to_json(), "states": states, "entered_by": kept.entered_by}


async def _read(session: AsyncSession, query: Select[TargetRow]) -> list[Kept]:
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return [_as_kept(row) for row in rows]


def _as_kept(row: TargetRow) -> Kept:
    assert row.id is not None
    value = row.value or {}
    return Kept(
        id=row.id,
        key=row.key,
        value=TargetEntry.from_json(value["entry"]) if value else None,
        states={address: AddressState(state) for address, state in value.get("states", {}).items()},
        entered_by=value.get("entered_by"),
        proposal=TargetEntry.from_json(row.proposal) if row.proposal else None,
        proposed_by=row.proposed_by,
        verified_at=row.verified_at,
        retired_at=row.retired_at,
    )
