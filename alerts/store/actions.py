"""Chains (actions): a case's alerts under one number, with their deadline. Never read by readers' surfaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.action import Action, number_in_words, read_number
from alerts.alert import OPEN, Alert, AlertKind
from alerts.tables import ActionRow, AlertRow


def as_action(row: ActionRow) -> Action:
    """The chain as a value."""
    assert row.id is not None
    return Action(
        id=row.id,
        case_id=row.case_id,
        year=row.year,
        sequence=row.sequence,
        updates=row.updates,
        kind=AlertKind(row.kind),
        letters=row.letters,
        deadline=row.deadline,
        petition_url=row.petition_url,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


async def open_action_of(session: AsyncSession, case_id: int) -> Action | None:
    """The chain of a case that is not closed, if any (its deadline may have passed)."""
    row = await session.scalar(
        select(ActionRow)
        .where(col(ActionRow.case_id) == case_id, col(ActionRow.closed_at).is_(None))
        .order_by(col(ActionRow.id).desc())
        .limit(1)
    )
    return as_action(row) if row else None


async def chain_for(session: AsyncSession, alert: Alert) -> Action | None:
    """The chain that `alert` goes on with: the case's open one; unless it is a first alert, else its latest.

    So news after a deadline, and a correction after an end, keep the number and reach those who got the rest.
    """
    current = await open_action_of(session, alert.case_id)
    if current is not None or alert.kind is AlertKind.FIRST:
        return current
    rows = select(ActionRow).where(col(ActionRow.case_id) == alert.case_id)
    row = await session.scalar(rows.order_by(col(ActionRow.id).desc()).limit(1))
    return as_action(row) if row else None


async def open_new_action(session: AsyncSession, action: Action) -> Action:
    """Store a new chain (its `id` is ignored) under its `sequence`; under the year's next when that is 0 or taken."""
    same = select(col(ActionRow.id)).where(
        col(ActionRow.year) == action.year, col(ActionRow.sequence) == action.sequence
    )
    if action.sequence == 0 or await session.scalar(same) is not None:
        action = replace(action, sequence=await _next_sequence(session, action.year))
    row = ActionRow(
        case_id=action.case_id,
        year=action.year,
        sequence=action.sequence,
        opened_at=action.opened_at,
        **_action_columns(action),
    )
    session.add(row)
    await session.flush()
    assert row.id is not None
    return replace(action, id=row.id)


async def _next_sequence(session: AsyncSession, year: int) -> int:
    """After every chain of the year, and after every number that a draft on its way was shown with."""
    chains = select(func.max(ActionRow.sequence)).where(col(ActionRow.year) == year)
    shown = select(col(AlertRow.number)).where(
        col(AlertRow.status).in_(OPEN), col(AlertRow.number).is_not(None)
    )
    numbers = [read_number(number or "") for number in await session.scalars(shown)]
    reserved = [number[1] for number in numbers if number is not None and number[0] == year]
    return max([await session.scalar(chains) or 0, *reserved]) + 1


async def reserve_number(session: AsyncSession, alert: Alert, now: datetime) -> str | None:
    """The number `alert` goes out with, kept for it from the moment a moderator sees it; None when it sends nothing.

    Approved is what was seen, byte for byte, whatever else goes out in between.
    """
    if not alert.goes_out:
        return None
    current = await chain_for(session, alert)
    if current is not None:
        return replace(current, updates=current.updates + 1).latest_number
    if alert.number is None:
        number = number_in_words(now.year, await _next_sequence(session, now.year))
        await session.execute(update(AlertRow).where(col(AlertRow.id) == alert.id).values(number=number))
        return number
    return alert.number


async def save_action(session: AsyncSession, action: Action) -> None:
    """Write back a chain."""
    rows = update(ActionRow).where(col(ActionRow.id) == action.id)
    await session.execute(rows.values(**_action_columns(action)))


def _action_columns(action: Action) -> dict[str, Any]:
    return {
        "updates": action.updates,
        "kind": action.kind.value,
        "letters": action.letters,
        "deadline": action.deadline,
        "petition_url": action.petition_url,
        "closed_at": action.closed_at,
    }


async def actions_past_deadline(
    session: AsyncSession, now: datetime, case_id: int | None = None
) -> list[Action]:
    """Chains not closed whose deadline has passed; with `case_id`, of that case."""
    query = select(ActionRow).where(col(ActionRow.closed_at).is_(None), col(ActionRow.deadline) <= now)
    if case_id is not None:
        query = query.where(col(ActionRow.case_id) == case_id)
    return [as_action(row) for row in await session.scalars(query.order_by(col(ActionRow.id)))]
