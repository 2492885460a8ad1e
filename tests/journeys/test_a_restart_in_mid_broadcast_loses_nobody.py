from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
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


async def crash(stage: Stage) -> None:
    """The sender dies where it stands, without a chance to write anything down."""
    sender = next(task for task in asyncio.all_tasks() if task.get_name() == "stations")
    sender.cancel()
    await asyncio.wait({sender})
    await stage.stop_bot()


async def test_an_orderly_restart(slow: Stage) -> None:
    readers = await audience(slow)
    await half_way(slow, readers)

    await slow.stop_bot()
    reached = copies(readers)
    assert 0 < reached[1] < READERS
    await slow.start_bot()

    await wait_until(lambda: copies(readers)[0] == 0)
    assert copies(readers) == {1: READERS}


async def test_a_crash(slow: Stage, caplog: pytest.LogCaptureFixture) -> None:
    readers = await audience(slow)
    await half_way(slow, readers)

    await crash(slow)
    assert copies(readers)[0] > 0
    await slow.start_bot()

    await wait_until(lambda: copies(readers)[0] == 0)
    await asyncio.sleep(1)
    assert set(copies(readers)) <= {1, 2}
    caplog.clear()  # what is torn out of a transaction says so, rightly
