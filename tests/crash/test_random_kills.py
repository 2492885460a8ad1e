"""A broadcast to many, killed again and again at any moment, while a share of the answers breaks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.crash.checker import Verdict
from tests.crash.conftest import COMPLETE, Fresh
from tests.crash.scenes import broadcast
from tests.crash.story import Living, Story, Telegram, is_overrun, told

READERS = 10_000
FAULTS = 0.05
RATE = 1000
STALLED = READERS // 20
"""Each copy of a row whose worker lived: on a machine that stands still for longer than a lease."""
KILLS = 20
TIMES = 25 if COMPLETE else 1
"""500 kills are 25 broadcasts of 20 each."""
_EFFECTS = 2 * READERS


async def survives(story: Story, roles: Sequence[str], kills: int) -> Verdict:
    """A process in each of these roles, each killed at a random effect and born again, until all is over."""
    longest = _EFFECTS // kills
    living: dict[int, Living] = {}
    left = kills
    while True:
        for place in range(len(roles)):
            if place not in living:
                kill_at = random.randint(1, longest) if left else None
                living[place] = story.begin(kill_at=kill_at, role=roles[place])
                left -= kill_at is not None
        if await story.until_over(*living.values()):
            break
        for place in [place for place, each in living.items() if each.is_dead]:
            assert living.pop(place).was_killed, story.log()
    for each in living.values():
        await each.stop()
        assert each.process.exitcode in {0, -9}, story.log()
    return await story.verdict()


@pytest.mark.timeout(300 * TIMES)
@pytest.mark.parametrize(
    ("engine_name", "roles"),
    [("sqlite", ["all"]), ("postgresql", ["all"]), ("postgresql", ["all", "all", "sender", "sender"])],
    ids=["sqlite-1", "postgresql-1", "postgresql-4"],
    indirect=["engine_name"],
)
@pytest.mark.parametrize("time", range(TIMES))
async def test_nobody_is_lost(
    fresh: Fresh, recording: Telegram, tmp_path: Path, roles: list[str], time: int
) -> None:
    many = partial(broadcast, count=READERS)
    seed = random.randrange(2**32)
    async with (
        fresh() as url,
        told(url, tmp_path / "story", recording, many, rate=RATE, faults=FAULTS, seed=seed) as story,
    ):
        verdict = await survives(story, roles, KILLS)
        assert verdict.faults == [], (verdict, story.log()[-5000:])
        assert KILLS - len(roles) <= verdict.numbers["kills"] <= KILLS
        assert is_overrun() or verdict.numbers["stalls"] <= STALLED, verdict
        assert verdict.numbers["copies"] > 0, "what meets no fault proves nothing"
