"""What all journeys share: a stage with the real bot on it, a clock, and no fault in the log at the end."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from bot.demo.stage import Stage, set_up
from tests.journeys.steps import TICK, Clock, first_reading, moderators


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A migrated database of a bot that has told Telegram its menus (and its moderators') and knows nothing else: half a second less a story."""
    folder = tmp_path_factory.mktemp("begun")
    copyfile(sqlite_template, folder / "demo.db")

    async def begin() -> None:
        async with set_up(folder) as stage:
            await moderators(stage)

    asyncio.run(begin())
    path = folder / "begun.db"
    copyfile(sqlite_template, path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("ATTACH ? AS other", (str(folder / "demo.db"),))
        database.execute("INSERT INTO settings SELECT * FROM other.settings WHERE key LIKE 'registered.%'")
        database.commit()
    return path


@pytest.fixture
def folder(tmp_path: Path, begun: Path) -> Path:
    """Where the bot of a stage keeps its data."""
    copyfile(begun, tmp_path / "demo.db")
    return tmp_path


@pytest.fixture
def sections() -> dict[str, Any]:
    """What a story adds to the configuration."""
    return {}


@pytest.fixture
async def stage(folder: Path, clock: Clock, sections: dict[str, Any]) -> AsyncIterator[Stage]:
    """Once the list has been read for the first time, which is the baseline."""
    async with set_up(folder, clock=clock, tick=TICK, **sections) as stage:
        await first_reading(stage)
        yield stage


@pytest.fixture(autouse=True)
def no_faults(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A journey in which something failed behind the scenes has failed; `caplog.clear()` when that is its point."""
    yield
    faults = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert [record.getMessage() for record in faults if record.levelno >= logging.ERROR] == []
