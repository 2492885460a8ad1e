from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.database import Sessions
from bot.store import (
    Conversation,
    end_conversation,
    get_setting,
    load_conversation,
    put_setting,
    save_conversation,
)
from tests.conftest import ENGINES

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
ANNA, BORIS = 700_001, 700_002
FIRST = Conversation("alert", "kind", NOW, {"case": 7, "متن": ["a", None]})


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def load(sessions: Sessions, user: int) -> Conversation | None:
    async with sessions.begin() as session:
        return await load_conversation(session, user)


async def save(sessions: Sessions, user: int, conversation: Conversation) -> None:
    async with sessions.begin() as session:
        await save_conversation(session, user, conversation)


async def test_a_setting_is_remembered_and_replaced(sessions: Sessions):
    read = []
    for value in ("first", "second"):
        async with sessions.begin() as session:
            read.append(await get_setting(session, "registered"))
            await put_setting(session, "registered", value)
    async with sessions.begin() as session:
        read.append(await get_setting(session, "registered"))
        assert await get_setting(session, "heartbeat") is None
    assert read == [None, "first", "second"]


async def test_a_conversation_goes_on_where_it_stood(sessions: Sessions):
    assert await load(sessions, ANNA) is None
    await save(sessions, ANNA, FIRST)
    assert await load(sessions, ANNA) == FIRST
    assert await load(sessions, BORIS) is None


async def test_a_step_takes_the_place_of_the_one_before(sessions: Sessions):
    later = replace(
        FIRST, step="status", at=NOW + timedelta(seconds=1), answers={**FIRST.answers, "kind": "first"}
    )
    await save(sessions, ANNA, FIRST)
    await save(sessions, ANNA, later)
    assert await load(sessions, ANNA) == later


async def test_an_ended_conversation_is_gone_and_others_go_on(sessions: Sessions):
    await save(sessions, ANNA, FIRST)
    await save(sessions, BORIS, FIRST)
    for _ in range(2):
        async with sessions.begin() as session:
            await end_conversation(session, ANNA)
    assert await load(sessions, ANNA) is None
    assert await load(sessions, BORIS) == FIRST


async def test_a_conversation_ended_and_begun_in_one_transaction_is_the_new_one(sessions: Sessions):
    await save(sessions, ANNA, FIRST)
    second = Conversation("case", "name", NOW)
    async with sessions.begin() as session:
        assert await load_conversation(session, ANNA) == FIRST
        await end_conversation(session, ANNA)
        assert await load_conversation(session, ANNA) is None
        await save_conversation(session, ANNA, second)
    assert await load(sessions, ANNA) == second


async def test_the_database_holds_no_id_in_the_clear(sessions: Sessions):
    await save(sessions, ANNA, FIRST)
    async with sessions.begin() as session:
        (chat,) = (await session.execute(text("SELECT chat FROM conversations"))).scalars()
    assert str(ANNA).encode() not in bytes(chat)
