"""Cases as a moderator finds and adds them: by a part of the name in either script, and without any list."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from alerts.case import Case, CaseView
from alerts.names import normalise
from alerts.store.cases import case_by_id, insert_cases
from alerts.tables import CaseRow

LIST: Final = "hand"
"""The list that such cases belong to."""
_KEY_BYTES: Final = 6
_NO_ROW: Final = ""
"""Such a case was read from no row, so it has no row's digest."""


async def find(session: AsyncSession, words: str, limit: int) -> list[Case]:
    """Cases of any list whose seen or published names hold all the words; the closest name first."""
    wanted = [normalised for word in words.split() if (normalised := normalise(word))]
    if not wanted:
        return []
    rows = await session.execute(select(col(CaseRow.id), col(CaseRow.seen), col(CaseRow.published)))
    named = [(row.id, _names(row.seen, row.published or {})) for row in rows]
    hits = sorted((len(names), case_id) for case_id, names in named if all(word in names for word in wanted))
    found = [await case_by_id(session, case_id) for _, case_id in hits[:limit]]
    return [case for case in found if case is not None]


def _names(*stored: dict[str, Any]) -> str:
    views = [CaseView.from_json(plain) for plain in stored]
    written = (name for view in views for name in (view.name_latin, view.name_native, *view.aliases) if name)
    return " ".join(dict.fromkeys(normalise(name) for name in written))


async def add(session: AsyncSession, view: CaseView, now: datetime) -> Case:
    """A new case that no list has; its key is random."""
    key = secrets.token_hex(_KEY_BYTES)
    ids = await insert_cases(session, LIST, [(key, view, _NO_ROW)], now)
    case = await case_by_id(session, ids[key])
    assert case is not None
    return case
