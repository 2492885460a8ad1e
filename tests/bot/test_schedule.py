"""What ticks, and what lets approved alerts out: one failing job ends nothing, and what has begun may end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest

from alerts.locales import load
from alerts.seal import Sealer
from bot.app import utc_now
from bot.config import Settings
from bot.context import Services
from bot.database import Sessions
from bot.schedule import Releaser, Schedule, Ticker, Work
from tests.journeys.steps import wait_until

QUICK = timedelta(milliseconds=20)


class Job:
    """Counts how often it begins and ends; holds still on demand."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = 0
        self.ended = 0
        self.cancelled = 0
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.error = error

    async def run(self) -> None:
        self.begun += 1
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.ended += 1
        if self.error:
            raise self.error

    def work(self, name: str = "job") -> Work:
        return Work(name, timedelta(seconds=1), self.run)


@asynccontextmanager
async def ticking(
    *works: Work, may: Callable[[], bool] = lambda: True
) -> AsyncIterator[tuple[asyncio.Task[None], asyncio.Event]]:
    stopping = asyncio.Event()
    task = asyncio.create_task(Ticker(works, QUICK, may).run(stopping))
    try:
        yield task, stopping
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_one_that_fails_is_tried_again_and_ends_no_other(caplog: pytest.LogCaptureFixture):
    bad, good = Job(RuntimeError("a fault of the test")), Job()
    async with ticking(bad.work("bad"), good.work("good")):
        await wait_until(lambda: bad.ended >= 2 and good.ended >= 2)
    assert "bad failed; it is tried again at the next tick" in caplog.text


async def test_one_that_is_still_at_it_is_not_begun_twice():
    slow, other = Job(), Job()
    slow.may_end.clear()
    async with ticking(slow.work("slow"), other.work("other")):
        await wait_until(lambda: other.ended >= 5)
        assert slow.begun == 1
        slow.may_end.set()
        await wait_until(lambda: slow.begun >= 2)


async def test_stopped_it_begins_nothing_and_lets_end_what_has_begun():
    slow, other = Job(), Job()
    slow.may_end.clear()
    async with ticking(slow.work("slow"), other.work("other")) as (task, stopping):
        await wait_until(lambda: slow.begun and other.ended)
        stopping.set()
        await asyncio.sleep(5 * QUICK.total_seconds())
        begun = other.begun
        await asyncio.sleep(5 * QUICK.total_seconds())
        assert (task.done(), other.begun) == (False, begun)
        slow.may_end.set()
        await asyncio.wait_for(task, 5)
    assert (slow.begun, slow.ended, slow.cancelled) == (1, 1, 0)


async def test_cancelled_it_takes_along_what_has_begun():
    slow = Job()
    slow.may_end.clear()
    async with ticking(slow.work()) as (task, _):
        await wait_until(lambda: slow.begun)
        task.cancel()
        await asyncio.wait({task})
        assert (slow.ended, slow.cancelled) == (0, 1)


async def test_who_may_not_lead_does_nothing():
    job, leads = Job(), [False]
    async with ticking(job.work(), may=lambda: leads[0]):
        await asyncio.sleep(5 * QUICK.total_seconds())
        assert job.begun == 0
        leads[0] = True
        await wait_until(lambda: job.ended)


class Releases:
    """A schedule of which only the release is looked at."""

    def __init__(self) -> None:
        self.count = 0
        self.answer: bool | Exception = False

    async def release(self, ready: Callable[[], Awaitable[None]]) -> None:
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer:
            await ready()


@pytest.fixture
def services(sessions: Sessions, sealer: Sealer) -> Services:
    return Services(Settings(), sessions, sealer, load(), utc_now)


class Scene:
    """A releaser at work, and whom it called."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.releases = Releases()
        self.calls = 0
        self.leads = True
        self.stopping = asyncio.Event()

    async def _call(self) -> None:
        self.calls += 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Any]:
        schedule = cast("Schedule", self.releases)
        releaser = Releaser(schedule, self.services, self._call, lambda: self.leads)
        task = asyncio.create_task(releaser.run(self.stopping))
        yield self
        self.stopping.set()
        await asyncio.wait_for(task, 5)


async def test_a_nudge_lets_out_at_once_and_calls_those_who_send(services: Services):
    async with Scene(services).running() as scene:
        await wait_until(lambda: scene.releases.count == 1)
        assert (services.due.is_set(), scene.calls) == (False, 0)
        scene.releases.answer = True
        services.nudge.set()
        await wait_until(lambda: scene.calls == 1, within=0.5)
        assert (services.due.is_set(), scene.releases.count) == (True, 2)


async def test_without_a_nudge_it_looks_every_second(services: Services):
    async with Scene(services).running() as scene:
        await wait_until(lambda: scene.releases.count == 1)
        await wait_until(lambda: scene.releases.count >= 2, within=3)
        assert not services.nudge.is_set()


async def test_a_release_that_fails_is_tried_again(services: Services, caplog: pytest.LogCaptureFixture):
    async with Scene(services).running() as scene:
        scene.releases.answer = RuntimeError("a fault of the test")
        await wait_until(lambda: "publishing failed" in caplog.text)
        scene.releases.answer = True
        services.nudge.set()
        await wait_until(lambda: scene.calls == 1)
        assert caplog.text.count("publishing failed") == 1


async def test_who_leads_no_longer_lets_nothing_out(services: Services):
    scene = Scene(services)
    scene.leads = False
    async with scene.running():
        services.nudge.set()
        await wait_until(lambda: not services.nudge.is_set())
        await asyncio.sleep(0.1)
        assert scene.releases.count == 0
