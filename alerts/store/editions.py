"""What we know of lists between readings, their editions, and the changes found in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.change import Change
from alerts.tables import ChangeRow, EditionRow, ListRow

_SETTLED: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ListState:
    """A list between readings. Hashes and validators are those of the last accepted edition."""

    name: str
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    mapping_sha256: str | None = None
    ends_with_newline: bool | None = None
    checked_at: datetime | None = None
    accepted_at: datetime | None = None
    next_due: datetime | None = None
    failures: int = 0
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class StoredChange:
    """An accepted change as recorded."""

    id: int
    edition_id: int
    case_id: int
    field: str
    before: str | None
    after: str | None


async def list_state(session: AsyncSession, name: str) -> ListState:
    """What is known of a list; an empty state for one never read."""
    row = await session.get(ListRow, name)
    return ListState(name) if row is None else ListState(**row.model_dump())


async def save_list(session: AsyncSession, state: ListState) -> None:
    """Store what is now known of a list."""
    await session.merge(ListRow(**asdict(state)))


async def expects_newline(session: AsyncSession, state: ListState, body_sha256: str, now: datetime) -> bool:
    """Whether a document must end with a line end, as the last good edition did.

    One that was held for that a day ago and has not changed by a byte since is what its keepers mean.
    """
    held = select(col(EditionRow.id)).where(
        col(EditionRow.list_name) == state.name,
        col(EditionRow.body_sha256) == body_sha256,
        col(EditionRow.outcome) == "held",
        col(EditionRow.read_at) <= now - _SETTLED,
    )
    return bool(state.ends_with_newline) and await session.scalar(held.limit(1)) is None


async def add_edition(
    session: AsyncSession,
    list_name: str,
    now: datetime,
    body_sha256: str,
    row_count: int,
    outcome: str,
    reason: str | None = None,
) -> int:
    """Record a reading ("baseline", "accepted" or "held"); its id.

    The same document held again is the same reading: its first record's id is given.
    """
    if outcome == "held":
        latest = select(EditionRow).where(col(EditionRow.list_name) == list_name)
        last = (await session.scalars(latest.order_by(col(EditionRow.id).desc()).limit(1))).one_or_none()
        if last is not None and (last.outcome, last.body_sha256, last.reason) == (
            outcome,
            body_sha256,
            reason,
        ):
            assert last.id is not None
            return last.id
    row = EditionRow(
        list_name=list_name,
        read_at=now,
        body_sha256=body_sha256,
        row_count=row_count,
        outcome=outcome,
        reason=reason,
    )
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def record_changes(
    session: AsyncSession, edition_id: int, changes: Sequence[Change], now: datetime
) -> None:
    """Store accepted changes, for the draft station to weigh."""
    if changes:
        values = [
            {**asdict(change), "edition_id": edition_id, "recorded_at": now, "weighed": False}
            for change in changes
        ]
        await session.execute(insert(ChangeRow), values)


async def unweighed_changes(
    session: AsyncSession, limit: int | None = None, case_id: int | None = None
) -> list[StoredChange]:
    """The oldest changes that the draft station has not looked at; with `case_id`, of that case."""
    query = (
        select(ChangeRow).where(col(ChangeRow.weighed).is_(False)).order_by(col(ChangeRow.id)).limit(limit)
    )
    if case_id is not None:
        query = query.where(col(ChangeRow.case_id) == case_id)
    return [
        StoredChange(row.id, row.edition_id, row.case_id, row.field, row.before, row.after)
        for row in await session.scalars(query)
        if row.id is not None
    ]


async def news_waits(session: AsyncSession, case_ids: Collection[int]) -> bool:
    """Whether the draft station has yet to look at a change of any of these cases."""
    waits = select(col(ChangeRow.id)).where(
        col(ChangeRow.weighed).is_(False), col(ChangeRow.case_id).in_(case_ids)
    )
    return await session.scalar(waits.limit(1)) is not None


async def mark_weighed(session: AsyncSession, ids: Collection[int], alert_id: int | None) -> None:
    """The draft station has looked at these; `alert_id` is the draft they are in, if any."""
    chosen = update(ChangeRow).where(col(ChangeRow.id).in_(ids))
    await session.execute(chosen.values(weighed=True, alert_id=alert_id))
