"""Chains (actions): a case's alerts under one number, with their deadline. Never read by readers' surfaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.action import Action
from alerts.alert import Alert, AlertKind
from alerts.tables import ActionRow


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
        petition_title=row.petition_title,
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
    """Store a new chain under the year's next number (its `id` and `sequence` are ignored)."""
    last = await session.scalar(
        select(func.max(ActionRow.sequence)).where(col(ActionRow.year) == action.year)
    )
    numbered = replace(action, sequence=(last or 0) + 1)
    row = ActionRow(
        case_id=action.case_id,
        year=action.year,
        sequence=numbered.sequence,
        opened_at=action.opened_at,
        **_action_columns(numbered),
    )
    session.add(row)
    await session.flush()
    assert row.id is not None
    return replace(numbered, id=row.id)


async def number_to_come(session: AsyncSession, alert: Alert, now: datetime) -> str | None:
    """The number `alert` would get if it were published now; None when it sends nothing."""
    if alert.number or not alert.goes_out:
        return alert.number
    current = await chain_for(session, alert)
    if current is not None:
        return replace(current, updates=current.updates + 1).latest_number
    last = await session.scalar(select(func.max(ActionRow.sequence)).where(col(ActionRow.year) == now.year))
    return f"UA-{now.year % 100:02d}/{(last or 0) + 1:03d}"


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
        "petition_title": action.petition_title,
        "closed_at": action.closed_at,
    }


async def actions_past_deadline(session: AsyncSession, now: datetime) -> list[Action]:
    """Chains not closed whose deadline has passed."""
    rows = await session.scalars(
        select(ActionRow).where(col(ActionRow.closed_at).is_(None), col(ActionRow.deadline) <= now)
    )
    return [as_action(row) for row in rows]
