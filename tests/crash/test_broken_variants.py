"""Tests of the tests: a bot that is wrong in a way that delivery.md and safety.md rule out is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.checker import Verdict
from tests.crash.conftest import Fresh
from tests.crash.life import VARIANTS
from tests.crash.scenes import SCENES
from tests.crash.story import PATIENCE, Story, Telegram, told

RATE = 250


async def lived(story: Story, variant: str, kills: int, kill_on: str, kill_at: int) -> Verdict:
    """As many lives as kills, and a last one."""
    for _ in range(kills):
        life = story.begin(kill_at=kill_at, kill_on=kill_on, variant=variant)
        await life.ended(PATIENCE)  # its ledger may say that all is over
        assert life.was_killed, life.effects()
    last = story.begin(variant=variant)
    assert await story.until_over(last), story.log()
    await last.stop()
    return await story.verdict()


@pytest.mark.parametrize(
    ("variant", "kind", "kills", "kill_on", "found"),
    [
        ("cursor moved on fetch", "urgent", 1, "sendmessage leaves", "lost"),
        ("result before mark", "urgent", 1, "sendmessage leaves", "lost"),
        ("no dispatch mark", "urgent", 3, "sendmessage answered", "over 2 copies"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_it_is_found_out(
    fresh: Fresh,
    recording: Telegram,
    tmp_path: Path,
    variant: str,
    kind: str,
    kills: int,
    kill_on: str,
    found: str,
) -> None:
    async with fresh() as url, told(url, tmp_path / "broken", recording, SCENES[kind], rate=RATE) as story:
        verdict = await lived(story, variant, kills, kill_on, 3)
    assert any(found in fault for fault in verdict.faults), verdict


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_an_update_that_is_acknowledged_too_soon_is_found_out(
    fresh: Fresh, recording: Telegram, tmp_path: Path
) -> None:
    async with fresh() as url, told(url, tmp_path, recording, SCENES["forget"], rate=RATE) as story:
        first = story.begin(kill_on="getUpdates answered", kill_at=1, variant="offset moved on fetch")
        await first.ended(PATIENCE)
        last = story.begin()
        with pytest.raises(AssertionError, match=r"not over .* still open: \[\]"):
            await story.until_over(last, within=8)


async def test_an_update_that_has_just_arrived_is_not_lost(
    fresh: Fresh, recording: Telegram, tmp_path: Path
) -> None:
    async with fresh() as url, told(url, tmp_path, recording, SCENES["forget"], rate=RATE) as story:
        first = story.begin(kill_on="getUpdates answered", kill_at=1)
        await first.ended(PATIENCE)
        assert first.was_killed, story.log()
        last = story.begin()
        assert await story.until_over(last), story.log()
        await last.stop()
        assert (await story.verdict()).faults == []


def test_every_variant_is_tried() -> None:
    tried = {"cursor moved on fetch", "no dispatch mark", "result before mark", "offset moved on fetch"}
    assert set(VARIANTS) == tried
