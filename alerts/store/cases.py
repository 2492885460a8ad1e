"""Cases as lists tell them: the `seen` view. The published view is written by the review side alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.alert import Alert
from alerts.case import LIVING, Case, CaseStatus, CaseView
from alerts.tables import CaseRow

_BATCH: Final = 500
"""Ids in one IN (…): well under what either engine takes."""
_INSERTS: Final = 5_000
"""Cases inserted at once: bounds the memory of a large baseline."""


class Trace(NamedTuple):
    """What a case's row looked like when it was last taken over; `digest` None when it must be looked at again."""

    id: int
    key: str
    digest: str | None


async def traces_of_list(session: AsyncSession, list_name: str) -> list[Trace]:
    """A trace of every case of a list; one query. A missing case has no digest: its row's return is news."""
    is_there = col(CaseRow.missing_since).is_(None)
    query = select(col(CaseRow.id), col(CaseRow.list_key), col(CaseRow.row_digest), is_there)
    found = await session.execute(query.where(col(CaseRow.list_name) == list_name))
    return [Trace._make((id_, key, digest if there else None)) for id_, key, digest, there in found]


async def cases_by_id(session: AsyncSession, ids: Collection[int]) -> list[Case]:
    """Those cases, in the order of their ids."""
    ordered, found = sorted(ids), []
    for start in range(0, len(ordered), _BATCH):
        query = (
            _select().where(col(CaseRow.id).in_(ordered[start : start + _BATCH])).order_by(col(CaseRow.id))
        )
        found += [_as_case(row) for row in await session.execute(query)]
    return found


async def case_by_id(session: AsyncSession, case_id: int) -> Case | None:
    """One case, if there is one."""
    row = (await session.execute(_select().where(col(CaseRow.id) == case_id))).one_or_none()
    return None if row is None else _as_case(row)


async def cases_of(session: AsyncSession, alert: Alert) -> tuple[Case, list[Case]]:
    """The case that an alert leads with, and its further ones."""
    found = {case.id: case for case in await cases_by_id(session, alert.case_ids)}
    return found[alert.case_id], [found[one.case_id] for one in alert.facts.also]


async def hold(session: AsyncSession, case_id: int) -> Case | None:
    """One case, and nobody else may change it or its alerts until the transaction ends.

    Take it before anything else of the case is read. SQLite's transactions are so from their beginning.
    """
    row = (
        await session.execute(_select().where(col(CaseRow.id) == case_id).with_for_update(key_share=True))
    ).one_or_none()
    return None if row is None else _as_case(row)


async def dated_cases(session: AsyncSession) -> list[Case]:
    """The cases with an execution date that are still on their lists."""
    query = _select().where(col(CaseRow.date_seen_at).is_not(None), col(CaseRow.missing_since).is_(None))
    return [_as_case(row) for row in await session.execute(query.order_by(col(CaseRow.id)))]


async def urgent_cases(session: AsyncSession, list_name: str, within_days: int, now: datetime) -> list[Case]:
    """Living cases of a list that are imminent or whose execution date lies within that many days, nearest first."""
    today = now.astimezone(UTC).date()
    horizon = today + timedelta(days=within_days)
    is_imminent = col(CaseRow.seen)["status"].as_string() == CaseStatus.IMMINENT.value
    has_date = col(CaseRow.date_seen_at).is_not(None)
    query = _select().where(
        col(CaseRow.list_name) == list_name, col(CaseRow.missing_since).is_(None), is_imminent | has_date
    )
    urgent = []
    for case in [_as_case(row) for row in await session.execute(query.order_by(col(CaseRow.id)))]:
        day = case.seen.execution_date
        due = day is not None and day.first <= horizon and today <= day.last
        if case.seen.status is CaseStatus.IMMINENT or (due and case.seen.status in LIVING):
            urgent.append((day.first if day is not None and due else today, case.id, case))
    return [case for _, _, case in sorted(urgent, key=lambda entry: entry[:2])]


async def insert_cases(
    session: AsyncSession, list_name: str, rows: Sequence[tuple[str, CaseView, str]], now: datetime
) -> dict[str, int]:
    """Store new cases, given as (key, view, digest of the row); their ids by key."""
    ids: dict[str, int] = {}
    returned = insert(CaseRow).returning(col(CaseRow.list_key), col(CaseRow.id))
    for start in range(0, len(rows), _INSERTS):
        values = [
            {
                "list_name": list_name,
                "list_key": key,
                "seen": view.to_json(),
                "row_digest": digest,
                "date_seen_at": now if view.execution_date is not None else None,
            }
            for key, view, digest in rows[start : start + _INSERTS]
        ]
        ids |= {row.list_key: row.id for row in await session.execute(returned, values)}
    return ids


async def update_cases(
    session: AsyncSession, rows: Iterable[tuple[Case, str, CaseView, str]], now: datetime
) -> None:
    """Take over rows of known cases, given as (case as it was, key, view, digest of the row)."""
    values = [
        {
            "id": case.id,
            "list_key": key,
            "seen": view.to_json(),
            "row_digest": digest,
            "date_seen_at": _date_seen(case, view, now),
        }
        for case, key, view, digest in rows
    ]
    if values:
        await session.execute(update(CaseRow), values)


async def set_missing(session: AsyncSession, ids: Collection[int], since: datetime | None) -> None:
    """Mark cases as gone from their list since then, or (None) as back."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _BATCH):
        some = col(CaseRow.id).in_(ordered[start : start + _BATCH])
        await session.execute(update(CaseRow).where(some).values(missing_since=since))


def _date_seen(case: Case, view: CaseView, now: datetime) -> datetime | None:
    if view.execution_date is None:
        return None
    return case.date_seen_at if view.execution_date == case.seen.execution_date else now


def _select() -> Select[Any]:
    return select(
        col(CaseRow.id),
        col(CaseRow.list_name),
        col(CaseRow.list_key),
        col(CaseRow.seen),
        col(CaseRow.published),
        col(CaseRow.missing_since),
        col(CaseRow.date_seen_at),
    )


def _as_case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        list_name=row.list_name,
        list_key=row.list_key,
        seen=CaseView.from_json(row.seen),
        published=CaseView.from_json(row.published) if row.published else None,
        missing_since=row.missing_since,
        date_seen_at=row.date_seen_at,
    )
