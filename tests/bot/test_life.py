"""The real process ends within ten seconds of SIGTERM, whatever hangs, and nobody gets a message twice for it."""

from __future__ import annotations

import asyncio
import gc
import signal
import sqlite3
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.emulator import Emulator, Fault
from bot.life import settle
from tests.bot.process import TOKEN, Home, Process
from tests.journeys.steps import wait_until

BOUND = 10.0


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running(TOKEN) as emulator:
        yield emulator


@pytest.fixture
def home(tmp_path: Path, emulator: Emulator) -> Home:
    return Home(tmp_path, emulator)


@pytest.fixture
async def process(home: Home) -> AsyncIterator[Process]:
    """One that has sent to the first of thirty readers, and goes on."""
    await home.seed(30)
    process = await home.begin()
    await wait_until(lambda: sum(home.copies(30)), within=30)
    yield process
    await process.kill()


def test_the_collector_passes_over_what_was_loaded():
    before = gc.get_freeze_count()
    loaded = [[number] for number in range(1000)]
    settle()
    assert gc.get_freeze_count() >= before + len(loaded)


async def test_stopped_in_mid_broadcast_it_records_what_it_sent(home: Home, process: Process):
    process.process.send_signal(signal.SIGTERM)
    code, seconds = await process.end()
    assert code == 0
    assert seconds < BOUND
    sent = sum(home.copies(30))
    assert 0 < sent < 30
    assert await home.alerts() == {"sent": sent, "pending": 30 - sent}
    again = await home.begin()
    await wait_until(lambda: sum(home.copies(30)) == 30, within=30)
    again.process.send_signal(signal.SIGINT)
    assert (await again.end())[0] == 0


async def test_stopped_while_requests_hang_it_ends_in_time(home: Home):
    """Telegram takes three messages and never answers: they may be sent once more at the next start."""
    await home.seed(5)
    home.emulator.script(Fault.silence(method="sendMessage", times=3))
    process = await home.begin()
    await wait_until(lambda: sum(home.copies(5)) == 5, within=30)  # in the evening a digest comes, too
    process.process.send_signal(signal.SIGTERM)
    code, seconds = await process.end()
    assert code == 0
    assert seconds < BOUND
    assert await home.alerts() == {"sent": 2, "pending": 3}


async def test_stopped_while_the_database_is_locked_it_ends_in_time(home: Home, process: Process):
    with closing(sqlite3.connect(home.folder / "bot.db", isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(0.5)  # it has gone against the lock
        process.process.send_signal(signal.SIGTERM)
        _, seconds = await process.end()
    assert seconds < BOUND


async def test_stopped_while_the_loop_is_busy_it_ends_in_time(home: Home):
    """What blocks the loop itself keeps no handler of the loop's from running, and the process from ending."""
    script = """
        import asyncio, os, signal, threading, time
        from bot import life
        async def main():
            life._obey(asyncio.Event())
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
            while True:
                time.sleep(0.01)
        life._LAST_SECONDS = 0.5
        asyncio.run(main())
    """
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", textwrap.dedent(script))
    assert await asyncio.wait_for(process.wait(), 10) == 1


async def test_a_second_process_says_so_and_stops(home: Home, process: Process):
    second = await home.begin()
    assert (await second.end())[0] == 2
    assert second.log.splitlines()[-1].startswith(
        "[database] url: another process is running on this database"
    )
    await process.kill()
    third = await home.begin()
    await third.says("running as all")
    await third.kill()


@pytest.mark.parametrize("role", ["leader", "sender"])
async def test_roles_are_for_postgresql(home: Home, role: str):
    process = await home.begin("--role", role)
    assert (await process.end())[0] == 2
    assert process.log.splitlines()[-1] == (
        f"--role {role}: on SQLite one process does everything; for several, use PostgreSQL in [database] url."
    )
