"""SIGKILL after the first side effect, after the second, and so on until a run ends by itself (delivery.md 2.3)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from tests.crash.conftest import COMPLETE, Fresh
from tests.crash.scenes import SCENES
from tests.crash.story import Story, Telegram, is_overrun, told

RATE = 250
SAMPLES = 3
CALM = 3
_HOUR = 3600


@pytest.fixture(params=SCENES)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


async def killed_at(n: int, fresh: Fresh, recording: Telegram, kind: str, folder: Path) -> bool:
    """False when the run came to its end by itself. Once more when the machine stalled for longer than a lease."""
    for attempt in range(CALM):
        async with (
            fresh() as url,
            told(url, folder / f"{n}-{attempt}", recording, SCENES[kind], rate=RATE) as story,
        ):
            was_killed = await ends(story, n)
            verdict = await story.verdict()
            assert verdict.faults == [], (n, verdict, story.log())
            if not verdict.numbers["stalls"]:
                break
    else:
        assert is_overrun(), (n, "leases lapse again and again while their workers live", story.log())
    return was_killed


async def ends(story: Story, kill_at: int) -> bool:
    """A life that is killed, and one that finds what it left; False when the first came to its end by itself."""
    first = story.begin(kill_at=kill_at)
    await story.until_over(first)
    await first.stop()
    assert first.process.exitcode in {0, -9}, story.log()
    if first.was_killed:
        second = story.begin()
        assert await story.until_over(second), story.log()
        await second.stop()
        assert second.process.exitcode == 0, story.log()
    return first.was_killed


def points(effects: int) -> list[int]:
    """Where a sample is killed: other places each time, early, in the middle and late."""
    third = effects // SAMPLES
    return [random.randint(1 + part * third, (part + 1) * third) for part in range(SAMPLES)]


@pytest.fixture
async def whole(fresh: Fresh, recording: Telegram, kind: str, tmp_path: Path) -> AsyncIterator[int]:
    """How many effects a run has that nobody kills."""
    async with fresh() as url, told(url, tmp_path / "whole", recording, SCENES[kind], rate=RATE) as story:
        life = story.begin()
        assert await story.until_over(life), story.log()
        await life.stop()
        assert life.process.exitcode == 0, story.log()
        assert (await story.verdict()).faults == []
        yield len(life.effects())


@pytest.mark.skipif(COMPLETE, reason="all of them are tried")
async def test_a_sample(fresh: Fresh, recording: Telegram, kind: str, whole: int, tmp_path: Path) -> None:
    killed = [await killed_at(n, fresh, recording, kind, tmp_path) for n in points(whole)]
    assert killed[:-1] == [True] * (SAMPLES - 1), (
        "no two runs are alike, but only the last may have ended before"
    )


@pytest.mark.skipif(not COMPLETE, reason="`make crash` tries all of them")
@pytest.mark.timeout(_HOUR)
async def test_every_one(fresh: Fresh, recording: Telegram, kind: str, tmp_path: Path) -> None:
    for n in count(1):
        if not await killed_at(n, fresh, recording, kind, tmp_path):
            break
    assert n > len(SCENES), "a run that has no effects proves nothing"
