from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.render.typeset import PrintedLetter
from bot import store
from bot.database import Sessions
from bot.files import key_of

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LETTER = PrintedLetter("en", False, ("Office",), "____, 10 March 2026", "Please", "Dear Sir", "Name")


def test_the_same_content_has_the_same_key_and_any_other_another() -> None:
    assert key_of("pdf", LETTER) == key_of("pdf", replace(LETTER))
    others = {
        key_of("card", LETTER),
        *(
            key_of("pdf", replace(LETTER, **{field: "x"}))
            for field in ("locale", "subject", "body", "footer")
        ),
        key_of("pdf", replace(LETTER, addressee=("Another",))),
    }
    assert key_of("pdf", LETTER) not in others
    assert len(others) == 6


async def test_an_id_is_known_for_a_month(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await store.keep_file(session, "pdf:1", "first", NOW)
        await store.keep_file(session, "pdf:1", "again", NOW)
    async with sessions.begin() as session:
        assert await store.file_id(session, "pdf:1") == "again"
        await store.keep_file(session, "pdf:2", "second", NOW + store.FILES_KEPT + timedelta(seconds=1))
        assert await store.file_id(session, "pdf:1") is None
        assert await store.file_id(session, "pdf:2") == "second"
