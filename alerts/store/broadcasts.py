"""Published alerts on their way to readers: which there are, their pauses, their end. Deliveries are not counted here."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.alert import AlertStatus, Disposition
from alerts.broadcast import Broadcast
from alerts.store.rows import as_alert
from alerts.tables import AlertRow

_OUTGOING: Final = (Disposition.ALERT, Disposition.ACTION)


async def _broadcasts(
    session: AsyncSession, *where: ColumnElement[bool], limit: int | None = None
) -> list[Broadcast]:
    """The newest first."""
    rows = (
        select(AlertRow)
        .where(col(AlertRow.published_at).is_not(None), col(AlertRow.disposition).in_(_OUTGOING), *where)
        .order_by(col(AlertRow.published_at).desc(), col(AlertRow.id).desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [
        Broadcast(as_alert(row), row.fanned_out_at, row.paused_until, row.reported_at)
        for row in await session.scalars(rows)
    ]


async def broadcast_of(session: AsyncSession, alert_id: int) -> Broadcast | None:
    """That of one alert; None when it never goes out."""
    found = await _broadcasts(session, col(AlertRow.id) == alert_id)
    return found[0] if found else None


async def latest_of(session: AsyncSession, action_id: int) -> Broadcast | None:
    """The newest of a chain."""
    found = await _broadcasts(session, col(AlertRow.action_id) == action_id, limit=1)
    return found[0] if found else None


async def unreported(session: AsyncSession) -> list[Broadcast]:
    """Those whose end the moderators have not heard of: they run, or have just ended."""
    return await _broadcasts(
        session, col(AlertRow.fanned_out_at).is_not(None), col(AlertRow.reported_at).is_(None)
    )


async def set_pause(session: AsyncSession, alert_id: int, until: datetime | None) -> None:
    """Nothing of it is claimed until then; None: it goes on."""
    await session.execute(update(AlertRow).where(col(AlertRow.id) == alert_id).values(paused_until=until))


async def stop(session: AsyncSession, alert_id: int, now: datetime) -> None:
    """Nobody else gets it: what is pending is claimed no more from this commit on."""
    rows = update(AlertRow).where(col(AlertRow.id) == alert_id, col(AlertRow.status) == AlertStatus.PUBLISHED)
    await session.execute(rows.values(status=AlertStatus.STOPPED.value, ended_at=now, paused_until=None))


async def mark_reported(session: AsyncSession, alert_id: int, now: datetime) -> None:
    """The moderators know how it ended."""
    await session.execute(update(AlertRow).where(col(AlertRow.id) == alert_id).values(reported_at=now))
