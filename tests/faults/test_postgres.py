"""PostgreSQL that is restarted, or falls over, in mid-broadcast: the bot finds it again by itself and loses nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from tests import postgres
from tests.faults.broadcast import RATE, READERS, Broadcast
from tests.journeys.steps import TICK, Clock
from tests.subscribers.world import NOW

LEASE_SECONDS = 6
SECONDS_AWAY = 1.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Server]:
    """One that keeps its word after an immediate stop, and that may be stopped."""
    postgres.require()
    with postgres.own(durable=True) as server:
        yield server


@pytest.fixture
async def stage(cluster: postgres.Server, tmp_path: Path) -> AsyncIterator[Stage]:
    async with cluster.database(migrated=True) as url:
        sections = {
            "database": {"url": url},
            "telegram": {"rate": RATE},
            "delivery": {"lease_seconds": LEASE_SECONDS},
        }
        async with set_up(tmp_path, clock=Clock(NOW), tick=TICK, **sections) as made:
            yield made


async def test_restarted_and_fallen_over_in_mid_broadcast(stage: Stage, cluster: postgres.Server) -> None:
    assert cluster.control is not None
    broadcast = Broadcast(stage)
    await broadcast.begin()
    await broadcast.has_reached(READERS // 5)
    await asyncio.to_thread(cluster.control, "restart", "-m", "fast")
    await broadcast.has_reached(READERS // 2)
    await asyncio.to_thread(cluster.control, "stop", "-m", "immediate")
    gone = await broadcast.says_stop()
    await asyncio.sleep(SECONDS_AWAY)
    await asyncio.to_thread(cluster.control, "start")
    await broadcast.ends()
    await broadcast.has_left(gone)
    assert broadcast.copies() == {1: READERS}
