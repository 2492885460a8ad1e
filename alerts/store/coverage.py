"""Which countries watched lists cover: codes only, so that readers can choose topics before anything is published.

Watched lists are public, so which countries they name is no secret. What moderators write themselves is one until
it is approved: their cases belong to no watched list and are never counted here. Says nothing of any case; what
readers may know of a case is `alerts.store.published`.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.store import by_hand
from alerts.tables import CaseRow


async def countries_of_lists(session: AsyncSession, names: Collection[str]) -> list[str]:
    """ISO 3166-1 codes of the countries that people on the watched lists of these names are in, sorted."""
    country = col(CaseRow.seen)["country"].as_string()
    watched = col(CaseRow.list_name).in_(set(names) - {by_hand.LIST})
    rows = select(country).where(watched, country.is_not(None)).distinct().order_by(country)
    return list(await session.scalars(rows))
