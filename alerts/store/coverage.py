"""Which countries the lists cover: codes only, so that readers can choose topics before anything is published.

Says nothing of any case; what readers may know of a case is `alerts.store.published`.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.tables import CaseRow


async def countries(session: AsyncSession) -> list[str]:
    """ISO 3166-1 codes of the countries that people on the lists are in, sorted."""
    country = col(CaseRow.seen)["country"].as_string()
    return list(
        (
            await session.scalars(select(country).where(country.is_not(None)).distinct().order_by(country))
        ).all()
    )
