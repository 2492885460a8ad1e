"""Several processes on one PostgreSQL: one leads, others send, and whoever dies is stood in for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.app import open_services
from bot.config import load
from bot.emulator import Emulator
from tests.bot.process import TOKEN, Home, Process
from tests.journeys.steps import wait_until

READERS = 40


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running(TOKEN) as emulator:
        yield emulator


@pytest.fixture
async def home(tmp_path: Path, emulator: Emulator, empty_url: str) -> Home:
    home = Home(tmp_path, emulator, empty_url)
    await home.seed(READERS)
    return home


@asynccontextmanager
async def begun(home: Home, *roles: str) -> AsyncIterator[list[Process]]:
    """Processes in these roles, all at work."""
    async with AsyncExitStack() as stack:
        processes = []
        for role in roles:
            process = await home.begin("--role", role)
            stack.push_async_callback(process.kill)
            processes.append(process)
        for role, process in zip(roles, processes, strict=True):
            await process.says(f"running as {role}")
        yield processes


async def test_a_leader_sends_nothing_and_senders_share_the_rest(home: Home):
    async with begun(home, "sender", "sender"):
        await asyncio.sleep(2)
        assert await home.alerts() == {}  # nobody leads: nothing is published
        async with begun(home, "leader"):
            await wait_until(lambda: home.copies(READERS) == [1] * READERS, within=30)
            await asyncio.sleep(1)
    assert home.copies(READERS) == [1] * READERS
    assert await home.alerts() == {"sent": READERS}


async def test_without_senders_a_leader_only_makes_ready(home: Home):
    async with begun(home, "leader") as [leader]:
        await leader.says("this process leads")
        async with asyncio.timeout(20):
            while await home.alerts() != {"pending": READERS}:  # noqa: ASYNC110 - the database rings no bell
                await asyncio.sleep(0.2)
        await asyncio.sleep(1)
    assert home.copies(READERS) == [0] * READERS


async def test_when_the_leader_is_killed_another_takes_updates_within_seconds(home: Home):
    async with begun(home, "all") as [first]:
        await first.says("this process leads")
        async with begun(home, "all") as [second]:
            assert "this process leads" not in second.log
            first.process.kill()
            await asyncio.wait_for(second.says("this process leads"), 5)
            emma = home.emulator.person(5001, first_name="Emma")
            await emma.says("/start")
            await emma.hears(lambda message: bool(message.buttons), within=20)


async def test_several_may_start_at_once_on_an_empty_database(
    tmp_path: Path, emulator: Emulator, empty_url: str
):
    settings = load(Home(tmp_path, emulator, empty_url).config)

    async def start() -> None:
        async with open_services(settings):
            pass

    ended = await asyncio.gather(*(start() for _ in range(4)), return_exceptions=True)
    assert ended == [None] * 4
