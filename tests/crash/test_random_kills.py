"""A broadcast to many, killed again and again at any moment, while a share of the answers breaks."""

from __future__ import annotations

import random
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.crash.checker import Verdict
from tests.crash.conftest import COMPLETE, Fresh
from tests.crash.scenes import broadcast
from tests.crash.story import Living, Story, Telegram, told

READERS = 10_000
FAULTS = 0.05
RATE = 1000
KILLS = 20
TIMES = 25 if COMPLETE else 1
"""500 kills are 25 broadcasts of 20: more in one would only show how often one row can meet a kill."""
_EFFECTS = 2 * READERS


async def survives(story: Story, workers: int, kills: int) -> Verdict:
    """So many processes at once, each killed at a random effect and born again, until all is over."""
    longest = int(1.6 * _EFFECTS / kills)
    living: list[Living] = []
    left = kills
    while True:
        while len(living) < workers:
            living.append(story.begin(kill_at=random.randint(1, longest) if left else None))
            left -= bool(left)
        if await story.until_over(*living):
            break
        for dead in [each for each in living if each.is_dead]:
            assert dead.was_killed, story.log()
            living.remove(dead)
    for each in living:
        await each.stop()
        assert each.process.exitcode in {0, -9}, story.log()
    return await story.verdict()


@pytest.mark.timeout(300 * TIMES)
@pytest.mark.parametrize(
    ("engine_name", "workers"),
    [("sqlite", 1), ("postgresql", 1), ("postgresql", 4)],
    indirect=["engine_name"],
)
@pytest.mark.parametrize("time", range(TIMES))
async def test_nobody_is_lost(
    fresh: Fresh, recording: Telegram, tmp_path: Path, workers: int, time: int
) -> None:
    many = partial(broadcast, count=READERS)
    seed = random.randrange(2**32)
    async with (
        fresh() as url,
        told(url, tmp_path / "story", recording, many, rate=RATE, faults=FAULTS, seed=seed) as story,
    ):
        verdict = await survives(story, workers, KILLS)
        assert verdict.faults == [], (verdict, story.log()[-5000:])
        sys.stderr.write(f"FIG {workers} {verdict.numbers}\n")
        assert verdict.numbers["kills"] == KILLS
        assert verdict.numbers["stalls"] + verdict.numbers["in doubt"] <= READERS // 100, verdict
        assert verdict.numbers["copies"] > 0, "what meets no fault proves nothing"
