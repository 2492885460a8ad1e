"""The days of the digest: which exist, and the one delivery of each per subscriber."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.store import published
from subscribers.delivery import DeliveryStatus, Operation
from subscribers.store.ledger import affected
from subscribers.store.people import insert_for, is_eligible
from subscribers.tables import DeliveryRow, DigestDayRow, SubscriberRow, SubscriptionRow

LANE = 3
"""Digests are the least urgent (domain.md section 6)."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one day's digest covers: published after `since`, up to `until`."""

    day: date
    since: datetime
    until: datetime


async def last_day(session: AsyncSession) -> date | None:
    """The newest day that was listed or dropped."""
    day = await session.scalar(select(col(DigestDayRow.day)).order_by(col(DigestDayRow.day).desc()).limit(1))
    return date.fromisoformat(day) if day else None


async def last_until(session: AsyncSession) -> datetime | None:
    """Where the newest digest that was listed ended."""
    rows = select(col(DigestDayRow.until)).where(col(DigestDayRow.listed_at).is_not(None))
    return await session.scalar(rows.order_by(col(DigestDayRow.until).desc()).limit(1))


async def window_of(session: AsyncSession, day: str) -> Window:
    """The window of a day that has deliveries."""
    row = await session.get_one(DigestDayRow, day)
    return Window(date.fromisoformat(row.day), row.since, row.until)


async def take_day(session: AsyncSession, window: Window, listed_at: datetime | None) -> bool:
    """Make the day ours; False when it is taken already. Without `listed_at` it is dropped."""
    row = insert_for(session)(DigestDayRow).values(
        day=window.day.isoformat(), since=window.since, until=window.until, listed_at=listed_at
    )
    return affected(await session.execute(row.on_conflict_do_nothing())) == 1


async def list_digests(session: AsyncSession, window: Window, now: datetime) -> int:
    """One pending row for every eligible subscriber to whom the digest has something to say; how many."""
    with_news = published.topics_with_news(window.since, window.until, now)
    readers = select(col(SubscriptionRow.subscriber_id)).where(col(SubscriptionRow.key).in_(with_news))
    rows = select(
        literal(window.day.isoformat()),
        col(SubscriberRow.id),
        literal(Operation.SEND.value),
        literal(LANE),
        literal(DeliveryStatus.PENDING.value),
        literal(0),
        literal(0),
    ).where(is_eligible(now), col(SubscriberRow.id).in_(readers))
    columns = ["digest_day", "subscriber_id", "operation", "lane", "status", "attempts", "copies"]
    insert = insert_for(session)(DeliveryRow).from_select(columns, rows)
    return affected(await session.execute(insert.on_conflict_do_nothing()))
