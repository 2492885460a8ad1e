"""The loop that sends: at once when something is due, never after it was stopped, and not at all when Telegram refuses us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.seal import Sealer
from bot.app import utc_now
from bot.config import Settings
from bot.context import Services
from bot.database import Sessions
from bot.sender import Sender
from subscribers import fan_out, send
from subscribers.delivery import OutcomeKind
from subscribers.store import budget
from tests.journeys.steps import wait_until
from tests.subscribers.world import CATALOGUES, NOW, FakeMessenger, always, crowd, publish, statuses


@pytest.fixture
def services(sessions: Sessions, sealer: Sealer, tmp_path: Path) -> Services:
    database = {"url": f"sqlite+aiosqlite:///{tmp_path}/bot.db"}  # beside it, it is noted what leaves
    settings = Settings(telegram={"rate": 1000, "paid_broadcast": True}, database=database)
    return Services(settings, sessions, sealer, CATALOGUES, utc_now)


@asynccontextmanager
async def running(
    services: Services, messenger: send.Messenger
) -> AsyncIterator[tuple[asyncio.Task[None], asyncio.Event]]:
    stopping = asyncio.Event()
    task = asyncio.create_task(Sender(services, messenger).run(stopping))
    try:
        yield task, stopping
    finally:
        stopping.set()
        await asyncio.wait_for(task, 10)


async def alert_for(sessions: Sessions, readers: int) -> None:
    await crowd(sessions, readers)
    await publish(sessions)
    await fan_out.fan_out(sessions, NOW)


async def test_what_becomes_due_leaves_at_once(
    services: Services, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.sender._IDLE_SECONDS", 60.0)
    messenger = FakeMessenger()
    async with running(services, messenger):
        await asyncio.sleep(0.2)  # it has looked, and found nothing
        await alert_for(sessions, 3)
        services.due.set()
        await asyncio.wait_for(messenger.has_sent(3), 5)


async def test_without_a_word_it_looks_every_second(services: Services, sessions: Sessions):
    messenger = FakeMessenger()
    async with running(services, messenger):
        await asyncio.sleep(0.2)
        await alert_for(sessions, 1)
        await asyncio.wait_for(messenger.has_sent(1), 5)


async def test_stopped_it_lets_land_what_is_in_flight(services: Services, sessions: Sessions):
    await alert_for(sessions, 200)
    messenger = FakeMessenger(delay=0.3)
    async with running(services, messenger) as (task, stopping):
        await asyncio.wait_for(messenger.has_sent(1), 5)
        stopping.set()
        await asyncio.wait_for(task, 5)
    sent = len(messenger.sent)
    assert sent < 200
    assert await statuses(sessions) == {"sent": sent, "pending": 200 - sent}


async def test_stopped_in_a_pause_for_everybody_it_ends_at_once(services: Services, sessions: Sessions):
    await alert_for(sessions, 1)
    async with sessions.begin() as session:
        now = services.clock()
        shared = await budget.locked_budget(session, now)
        await budget.save_budget(session, shared.paused(now + timedelta(seconds=30)))
    messenger = FakeMessenger()
    async with running(services, messenger) as (task, stopping):
        await asyncio.sleep(0.5)
        stopping.set()
        await asyncio.wait_for(task, 5)
    assert messenger.sent == []
    assert await statuses(sessions) == {"pending": 1}


async def test_a_round_that_fails_is_followed_by_another(
    services: Services, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    rounds, station = [0], send.send

    async def broken(*given: object, **named: object) -> send.Report:
        rounds[0] += 1
        if rounds[0] == 1:
            raise RuntimeError("a fault of the test")
        return await station(*given, **named)

    monkeypatch.setattr(send, "send", broken)
    await alert_for(sessions, 1)
    messenger = FakeMessenger()
    async with running(services, messenger):
        await asyncio.wait_for(messenger.has_sent(1), 5)
    assert "sending failed; it is tried again" in caplog.text


async def test_refused_by_telegram_it_says_so_and_waits(
    services: Services, sessions: Sessions, caplog: pytest.LogCaptureFixture
):
    await alert_for(sessions, 1)
    messenger = FakeMessenger(always(OutcomeKind.HALT))
    async with running(services, messenger):
        await wait_until(lambda: "Telegram refuses the token" in caplog.text)
        await asyncio.sleep(1.5)
        assert len(messenger.sent) == 1
    assert await statuses(sessions) == {"pending": 1}
