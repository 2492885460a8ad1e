from __future__ import annotations

import asyncio

import pytest

from alerts.columns import only_reads
from bot import store
from bot.database import Sessions
from tests.conftest import ENGINES


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def write(sessions: Sessions, value: str) -> None:
    async with sessions.begin() as session:
        await store.put_setting(session, "season", value)


async def test_whoever_only_reads_keeps_no_writer_waiting(sessions: Sessions) -> None:
    await write(sessions, "spring")
    async with sessions() as session:
        await only_reads(session)
        assert await store.get_setting(session, "season") == "spring"
        async with asyncio.timeout(4):  # less than a writer waits for another
            await write(sessions, "summer")
    async with sessions() as session:
        assert await store.get_setting(session, "season") == "summer"


async def test_the_next_who_uses_the_connection_may_write(sessions: Sessions) -> None:
    for value in ("spring", "summer"):
        async with sessions() as session:
            await only_reads(session)
            await store.get_setting(session, "season")
        await write(sessions, value)
    async with sessions() as session:
        assert await store.get_setting(session, "season") == "summer"
