"""A seeded broadcast, made once; every test gets a copy of it on a Telegram of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from alerts.seal import Sealer
from bot.database import open_engine, open_sessions
from bot.emulator import Emulator
from bot.transport import BulkBot, open_bulk_bot
from tests.conftest import TEST_KEY
from tests.faults.scene import Planted, Scene, seed

PATIENT = 20.0
"""Seconds until a request is given up, where nobody is to be kept waiting."""

Stage = Callable[..., Awaitable[Scene]]


@pytest.fixture(scope="session")
def seeded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Planted]]:
    """The database of a scene and the messages that are in the chats by then."""
    path = tmp_path_factory.mktemp("seeded") / "scene.db"
    copyfile(sqlite_template, path)

    async def make() -> list[Planted]:
        engine = open_engine(f"sqlite+aiosqlite:///{path}")
        try:
            return await seed(open_sessions(engine, Sealer(TEST_KEY)))
        finally:
            await engine.dispose()

    return path, asyncio.run(make())


@pytest.fixture
async def set_scene(seeded: tuple[Path, list[Planted]], tmp_path: Path) -> AsyncIterator[Stage]:
    """Makes a scene whose bot gives a request up after some seconds."""
    source, planted = seeded
    async with AsyncExitStack() as stack:

        async def make(seconds: float = PATIENT) -> Scene:
            copyfile(source, tmp_path / "scene.db")
            engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'scene.db'}")
            stack.push_async_callback(engine.dispose)
            emulator = await stack.enter_async_context(Emulator.running())
            bot = await stack.enter_async_context(open_bot(emulator, seconds))
            return Scene(open_sessions(engine, Sealer(TEST_KEY)), emulator, bot, planted)

        yield make


def open_bot(emulator: Emulator, seconds: float) -> BulkBot:
    """The bot of the sending station; its time-outs follow from the lease of a dispatched row."""
    return open_bulk_bot(emulator.token, emulator.base_url, 64, timedelta(seconds=seconds * 1.5))
