"""Station: how many would get an alert, before it goes out. Counts by locale; nobody is named and nothing changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.alert import AlertKind
from subscribers.store import people


async def count(
    sessions: async_sessionmaker[AsyncSession],
    topics: Collection[str],
    now: datetime,
    action_id: int | None = None,
    kind: AlertKind | None = None,
) -> dict[str, int]:
    """Subscribers who hold one of the topics or, with `action_id`, got an earlier alert of that chain; by locale.

    With a `kind` that takes something back, also who may have got one that nothing is remembered of.
    """
    async with sessions() as session:
        return await people.audience(session, topics, action_id, now, kind)
