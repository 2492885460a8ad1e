"""SQLite that is locked, full or read-only in mid-broadcast: the bot waits, goes on by itself, and sends nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from bot.demo.stage import Stage, set_up
from tests.faults.broadcast import RATE, READERS, Broadcast
from tests.journeys.steps import TICK, Clock, wait_until
from tests.subscribers.world import NOW

LOCKED_SECONDS = 10.0
FULL = "PRAGMA max_page_count = 1"  # of which SQLite makes: as many as there are
EVERYBODY_ONCE = {1: READERS}


class Setting:
    """A pragma with which every transaction begins from now on, none at first."""

    pragma = "PRAGMA foreign_keys"

    def apply(self, connection: Connection) -> None:
        connection.exec_driver_sql(self.pragma)


@pytest.fixture
def setting() -> Iterator[Setting]:
    """Of all engines, and before our own listener begins the transaction: one more of its engine would be too late."""
    made = Setting()
    event.listen(Engine, "begin", made.apply)
    yield made
    event.remove(Engine, "begin", made.apply)


@pytest.fixture
async def stage(tmp_path: Path, setting: Setting) -> AsyncIterator[Stage]:
    telegram = {"rate": RATE}
    async with set_up(tmp_path, clock=Clock(NOW), tick=TICK, telegram=telegram) as made:
        yield made


def filled(path: Path) -> None:
    """No page is free in what the database may take."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as other:
        other.execute("CREATE TABLE filling (bytes BLOB)")
        other.execute(FULL)
        with contextlib.suppress(sqlite3.OperationalError):
            while True:
                other.execute("INSERT INTO filling VALUES (zeroblob(4000))")


def complaints(caplog: pytest.LogCaptureFixture, words: str) -> int:
    """How often the log tells of a fault with these words."""
    return sum(words in str(record.exc_info[1]) for record in caplog.records if record.exc_info)


async def test_locked_for_ten_seconds(stage: Stage, tmp_path: Path) -> None:
    broadcast = Broadcast(stage)
    await broadcast.begin()
    await broadcast.has_reached()
    with closing(
        sqlite3.connect(tmp_path / "demo.db", timeout=30, isolation_level=None, check_same_thread=False)
    ) as other:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        gone = await broadcast.says_stop()
        await asyncio.sleep(LOCKED_SECONDS)
        other.execute("ROLLBACK")
    await broadcast.ends()
    await broadcast.has_left(gone)
    assert broadcast.copies() == EVERYBODY_ONCE


async def test_disk_full(
    stage: Stage, tmp_path: Path, setting: Setting, caplog: pytest.LogCaptureFixture
) -> None:
    broadcast = Broadcast(stage)
    await broadcast.begin()
    await broadcast.has_reached()
    await asyncio.to_thread(filled, tmp_path / "demo.db")
    setting.pragma = FULL
    await goes_on_after(broadcast, setting, "PRAGMA max_page_count = 1073741823", caplog, "disk is full")
    assert broadcast.copies() == EVERYBODY_ONCE


async def test_read_only(stage: Stage, setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    broadcast = Broadcast(stage)
    await broadcast.begin()
    await broadcast.has_reached()
    setting.pragma = "PRAGMA query_only = 1"
    await goes_on_after(broadcast, setting, "PRAGMA query_only = 0", caplog, "readonly database")
    assert broadcast.copies() == EVERYBODY_ONCE


async def goes_on_after(
    broadcast: Broadcast, setting: Setting, cure: str, caplog: pytest.LogCaptureFixture, words: str
) -> None:
    """Nothing leaves while nothing can be recorded; once it can, the broadcast goes on to its end."""
    await wait_until(lambda: complaints(caplog, words))
    gone = await broadcast.says_stop()
    await asyncio.sleep(1)
    reached = broadcast.copies()
    await asyncio.sleep(2)
    assert broadcast.copies() == reached
    setting.pragma = cure
    await broadcast.ends()
    await broadcast.has_left(gone)
