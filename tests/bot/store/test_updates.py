from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.database import Sessions
from bot.store import updates
from bot.store.updates import Stored
from tests.bot.inbox.bodies import message
from tests.conftest import ENGINES

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
EMMA = 731_905_446


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


def says(update_id: int, words: str = "hello") -> dict:
    return message(update_id, words, EMMA)


async def insert(sessions: Sessions, *ids: int, urgent: bool = False) -> set[int]:
    async with sessions.begin() as session:
        return await updates.insert_new(session, [(says(update_id), urgent) for update_id in ids], NOW)


async def finish(sessions: Sessions, *ids: int, at: datetime = NOW) -> None:
    async with sessions.begin() as session:
        await updates.finish(session, ids, at)


async def found(sessions: Sessions) -> list[Stored]:
    async with sessions.begin() as session:
        return await updates.found_at_start(session)


async def test_an_update_comes_back_as_it_was(sessions: Sessions):
    body = says(7, "سلام 👋 \u2067 'quoted'") | {"a kind of tomorrow": [1, None, {"x": 2.5}]}
    async with sessions.begin() as session:
        assert await updates.insert_new(session, [(body, True)], NOW) == {7}
    assert await found(sessions) == [Stored(7, body, is_urgent=True, tries=1)]


async def test_what_waits_or_was_handled_is_not_stored_again(sessions: Sessions):
    assert await insert(sessions, 1, 2, 3) == {1, 2, 3}
    await finish(sessions, 1)
    assert await insert(sessions, 1, 2, 4) == {4}
    assert await insert(sessions, 1, 2) == set()
    await finish(sessions, 1, 2)
    assert [one.update_id for one in await found(sessions)] == [3, 4]


async def test_the_urgent_are_found_first_and_each_start_is_counted(sessions: Sessions):
    await insert(sessions, 3, 1, 9_000_000_000)
    await insert(sessions, 2, urgent=True)
    await found(sessions)
    assert [(one.update_id, one.tries) for one in await found(sessions)] == [
        (2, 2),
        (1, 2),
        (3, 2),
        (9_000_000_000, 2),
    ]


async def test_what_was_handled_long_ago_is_forgotten(sessions: Sessions):
    await finish(sessions, 1, at=NOW - timedelta(hours=50))
    await finish(sessions, 2)
    async with sessions.begin() as session:
        await updates.forget_handled(session, NOW - timedelta(hours=48))
    assert await insert(sessions, 1, 2) == {1}


async def test_the_database_holds_nothing_in_the_clear(sessions: Sessions):
    async with sessions.begin() as session:
        await updates.insert_new(session, [(says(1, "a word to look for"), False)], NOW)
        rows = (await session.execute(text("SELECT * FROM updates"))).all()
    stored = b" ".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for value in rows[0])
    assert len(stored) > 200
    assert [secret for secret in (b"a word", str(EMMA).encode(), b"Emma") if secret in stored] == []
