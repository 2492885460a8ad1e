"""Chains (actions): a case's alerts under one number, with their deadline. Never read by readers' surfaces."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.action import Action, number_in_words, read_number
from alerts.alert import OPEN, Alert, AlertKind
from alerts.demand import Demand, Petition
from alerts.tables import ActionCaseRow, ActionRow, AlertRow


async def read(session: AsyncSession, rows: Iterable[ActionRow]) -> list[Action]:
    """The chains as values, each with the cases that are still in it."""
    found = list(rows)
    members = await session.execute(
        select(col(ActionCaseRow.action_id), col(ActionCaseRow.case_id))
        .where(col(ActionCaseRow.action_id).in_([row.id for row in found]))
        .where(col(ActionCaseRow.left_at).is_(None))
        .order_by(col(ActionCaseRow.case_id))
    )
    cases: dict[int, list[int]] = {}
    for action_id, case_id in members:
        cases.setdefault(action_id, []).append(case_id)
    return [_as_action(row, cases.get(row.id or 0, [])) for row in found]


def _as_action(row: ActionRow, case_ids: list[int]) -> Action:
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
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        petitions=tuple(map(Petition.from_json, row.petitions)),
        demands=tuple(map(Demand, row.demands)),
        goal=row.goal,
        held=row.held,
        reviewed_at=row.reviewed_at,
        case_ids=tuple(sorted(case_ids, key=lambda case_id: (case_id != row.case_id, case_id))),
    )


async def open_action_of(session: AsyncSession, case_id: int) -> Action | None:
    """The chain of a case that is not closed, if any (its deadline may have passed).

    One that the case has left while others are in it counts too: what comes later is told to the same readers.
    """
    is_open = col(ActionRow.closed_at).is_(None)
    return await _latest(session, _of_case(case_id, is_still_in=True), is_open) or await _latest(
        session, _of_case(case_id, is_still_in=False), is_open
    )


async def to_change(session: AsyncSession, action_id: int) -> Action | None:
    """One chain, which nobody else may change until the transaction ends. Hold its cases before, if you do."""
    row = await session.scalar(
        select(ActionRow)
        .where(col(ActionRow.id) == action_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await read(session, [row]))[0] if row else None


async def action_by_id(session: AsyncSession, action_id: int) -> Action | None:
    """One chain."""
    return await _latest(session, col(ActionRow.id) == action_id)


async def ever_in(session: AsyncSession, action_id: int) -> list[int]:
    """All the cases that are or were in a chain: those who are still in it in front, then by id."""
    rows = select(col(ActionCaseRow.case_id)).where(col(ActionCaseRow.action_id) == action_id)
    has_left = col(ActionCaseRow.left_at).is_not(None)
    return list(await session.scalars(rows.order_by(has_left, col(ActionCaseRow.case_id))))


async def asking(session: AsyncSession, now: datetime) -> list[Action]:
    """The open chains that letters are written for, held ones too; the next deadline first."""
    rows = select(ActionRow).where(
        col(ActionRow.closed_at).is_(None), col(ActionRow.letters), col(ActionRow.deadline) > now
    )
    return await read(
        session, await session.scalars(rows.order_by(col(ActionRow.deadline), col(ActionRow.id)))
    )


def _of_case(case_id: int, *, is_still_in: bool) -> ColumnElement[bool]:
    members = select(col(ActionCaseRow.action_id)).where(col(ActionCaseRow.case_id) == case_id)
    return col(ActionRow.id).in_(
        members.where(col(ActionCaseRow.left_at).is_(None)) if is_still_in else members
    )


async def _latest(session: AsyncSession, *where: ColumnElement[bool]) -> Action | None:
    rows = await session.scalars(select(ActionRow).where(*where).order_by(col(ActionRow.id).desc()).limit(1))
    found = await read(session, rows)
    return found[0] if found else None


async def chain_for(session: AsyncSession, alert: Alert) -> Action | None:
    """The chain that `alert` goes on with: the case's open one; unless it is a first alert, else its latest.

    So news after a deadline, and a correction after an end, keep the number and reach those who got the rest. A
    chain that was stopped is taken up again by a correction only: other letters begin a new one.
    """
    current = await open_action_of(session, alert.case_id)
    if current is not None or alert.kind is AlertKind.FIRST:
        return current
    latest = await _latest(session, _of_case(alert.case_id, is_still_in=False))
    is_over = latest is not None and latest.kind is AlertKind.STOP_ACTION
    return None if is_over and alert.offers_letters and alert.kind is not AlertKind.CORRECTION else latest


async def may_share(session: AsyncSession, alert: Alert, other: Alert) -> bool:
    """Whether the cases of `other` can go out in the chain of `alert`: they have no open one, or the same."""
    current = await chain_for(session, alert)
    theirs = [await open_action_of(session, case_id) for case_id in other.case_ids]
    return all(one is None or (current is not None and one.id == current.id) for one in theirs)


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
    stored = replace(action, id=row.id, case_ids=action.case_ids or (action.case_id,))
    await _keep_members(session, stored)
    return stored


async def _keep_members(session: AsyncSession, action: Action) -> None:
    """Rows for the cases that are in the chain and have none, or had left it."""
    known = set(
        await session.scalars(
            select(col(ActionCaseRow.case_id)).where(col(ActionCaseRow.action_id) == action.id)
        )
    )
    session.add_all(
        ActionCaseRow(action_id=action.id, case_id=case_id)
        for case_id in action.case_ids
        if case_id not in known
    )
    await session.flush()
    back = update(ActionCaseRow).where(
        col(ActionCaseRow.action_id) == action.id, col(ActionCaseRow.case_id).in_(action.case_ids)
    )
    await session.execute(back.values(left_at=None))


async def leave(session: AsyncSession, action_id: int, case_ids: Collection[int], now: datetime) -> None:
    """The outcomes of these cases are known: they leave the chain, which goes on for the others."""
    rows = update(ActionCaseRow).where(
        col(ActionCaseRow.action_id) == action_id, col(ActionCaseRow.case_id).in_(case_ids)
    )
    await session.execute(rows.values(left_at=now))


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
    await session.execute(rows.values(case_id=action.case_id, **_action_columns(action)))
    await _keep_members(session, action)


def _action_columns(action: Action) -> dict[str, Any]:
    return {
        "updates": action.updates,
        "kind": action.kind.value,
        "letters": action.letters,
        "deadline": action.deadline,
        "petitions": [petition.to_json() for petition in action.petitions],
        "demands": [demand.value for demand in action.demands],
        "goal": action.goal,
        "held": action.held,
        "reviewed_at": action.reviewed_at,
        "closed_at": action.closed_at,
    }


async def actions_past_deadline(session: AsyncSession, now: datetime) -> list[Action]:
    """Chains not closed whose deadline has passed."""
    query = select(ActionRow).where(col(ActionRow.closed_at).is_(None), col(ActionRow.deadline) <= now)
    return await read(session, await session.scalars(query.order_by(col(ActionRow.id))))
