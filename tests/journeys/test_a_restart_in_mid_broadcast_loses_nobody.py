from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from bot.emulator import Person
from tests.journeys.steps import TICK, Clock, about, approve, list_says, moderators, wait_until

ARMAN = "Arman Sepidkuh"
READERS = 16


@pytest.fixture
async def slow(folder: Path, clock: Clock) -> AsyncIterator[Stage]:
    """A stage on which a broadcast to everybody takes two seconds."""
    async with set_up(folder, clock=clock, tick=TICK, telegram={"rate": 8}) as stage:
        yield stage


async def audience(stage: Stage) -> list[Person]:
    readers = [stage.emulator.person(6000 + n, first_name=f"Reader {n}") for n in range(READERS)]
    await asyncio.gather(*(stage.subscribe(reader, "en") for reader in readers))
    return readers


def copies(readers: list[Person]) -> Counter[int]:
    """How many readers got how many copies."""
    return Counter(len(about(reader, ARMAN)) for reader in readers)


async def half_way(stage: Stage, readers: list[Person]) -> None:
    """The alert is approved and has reached some of its readers."""
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    await approve(mina, ARMAN)
    await wait_until(lambda: copies(readers)[1] >= READERS // 3)


async def crash(stage: Stage, folder: Path) -> None:
    """The machine loses power: what had been committed at this instant is all that the next start finds.

    A task cancelled in the middle of a transaction would not be the same: its connection outlives it here, and
    keeps the database locked, which a dead process does not.
    """
    data, kept = folder / "demo.db", folder / "kept.db"
    with closing(sqlite3.connect(data)) as now, closing(sqlite3.connect(kept)) as later:
        now.backup(later)
    await stage.stop_bot()
    for name in ("demo.db", "demo.db-wal", "demo.db-shm"):
        (folder / name).unlink(missing_ok=True)
    kept.rename(data)


async def test_an_orderly_restart(slow: Stage) -> None:
    readers = await audience(slow)
    await half_way(slow, readers)

    await slow.stop_bot()
    reached = copies(readers)
    assert 0 < reached[1] < READERS
    await slow.start_bot()

    await wait_until(lambda: copies(readers)[0] == 0)
    assert copies(readers) == {1: READERS}


async def test_a_crash(slow: Stage, folder: Path) -> None:
    readers = await audience(slow)
    await half_way(slow, readers)

    await crash(slow, folder)
    assert copies(readers)[0] > 0
    await slow.start_bot()

    await wait_until(lambda: copies(readers)[0] == 0)
    await asyncio.sleep(1)
    assert set(copies(readers)) <= {1, 2}
