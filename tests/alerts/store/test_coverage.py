from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from alerts.case import CaseView
from alerts.store import by_hand, cases, coverage
from bot.database import Sessions

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
VIEW = CaseView(name_latin="Tamsin Quillfeather", country="XH")


async def test_only_watched_lists_are_counted(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for name, country in (("harbour", "XH"), ("harbour", "XA"), ("lantern", "XL"), ("left", "XQ")):
            row = (f"row-{country}", replace(VIEW, country=country), "digest")
            await cases.insert_cases(session, name, [row], NOW)
        await cases.insert_cases(session, "lantern", [("row-none", replace(VIEW, country=None), "-")], NOW)
        await by_hand.add(session, replace(VIEW, country="XZ"), NOW)
        assert await coverage.countries_of_lists(session, ["harbour", "lantern"]) == ["XA", "XH", "XL"]
        assert await coverage.countries_of_lists(session, ["lantern", "hand"]) == ["XL"]
        assert await coverage.countries_of_lists(session, []) == []
