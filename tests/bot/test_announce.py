"""What becomes of broadcasts is told once, as soon as one of the moderators can be reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from telegram.error import Forbidden, NetworkError

from alerts import pause
from alerts.seal import Sealer
from bot.announce import announce
from bot.config import Settings
from bot.context import Services
from bot.database import Sessions
from subscribers.fan_out import fan_out
from subscribers.retire import retire
from subscribers.send import send
from tests.conftest import ENGINES
from tests.subscribers import world
from tests.subscribers.world import CATALOGUES, NOW, FakeMessenger, sending

MINA, OMID = 9001, 9002
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@dataclass
class Desk:
    """A bot that notes what it tells whom, and the time."""

    services: Services | None = None
    now: Any = NOW
    failing: dict[int, Exception] = field(default_factory=dict)
    told: list[tuple[int, str]] = field(default_factory=list)
    username: str = "lantern_bot"

    async def send_message(self, chat: int, *, text: str, **words: object) -> SimpleNamespace:
        del words
        if chat in self.failing:
            raise self.failing[chat]
        self.told.append((chat, text.split("\n")[1]))
        return SimpleNamespace(message_id=len(self.told))

    async def hears(self) -> list[tuple[int, str]]:
        """What is told now."""
        self.told.clear()
        await announce(self, self.services)
        return list(self.told)


@pytest.fixture
def desk(sessions: Sessions, sealer: Sealer) -> Desk:
    desk = Desk()
    settings = Settings(moderation={"moderators": (MINA, OMID)})
    desk.services = Services(settings, sessions, sealer, CATALOGUES, lambda: desk.now)
    return desk


@pytest.fixture
async def alert(sessions: Sessions) -> int:
    """An alert that waits to be sent to one reader."""
    await world.join(sessions, 101)
    number = await world.publish(sessions)
    await fan_out(sessions, NOW)
    return number


async def test_a_broadcast_that_runs_is_no_news(desk: Desk, alert: int) -> None:
    assert await desk.hears() == []


async def test_a_pause_its_renewal_and_its_end_are_each_told_once(
    sessions: Sessions, desk: Desk, alert: int
) -> None:
    words = "Sending is paused. It goes on by itself in 15 minutes, unless somebody confirms the pause."
    for _ in range(2):
        await pause.pause(sessions, alert, actor="mod:anna", now=desk.now)
        assert await desk.hears() == [(MINA, words), (OMID, words)]
        assert await desk.hears() == []
        desk.now += MINUTE
    await pause.keep(sessions, alert, actor="mod:ben", now=desk.now)
    kept = "Sending is paused until a moderator lets it go on."
    assert await desk.hears() == [(MINA, kept), (OMID, kept)]
    desk.now += timedelta(days=3)
    assert await desk.hears() == []


async def test_a_pause_that_lapses_is_told(sessions: Sessions, desk: Desk, alert: int) -> None:
    await pause.pause(sessions, alert, actor="mod:anna", now=NOW)
    await desk.hears()
    desk.now += 15 * MINUTE
    assert await desk.hears() == [(MINA, "It is being sent again."), (OMID, "It is being sent again.")]
    assert await desk.hears() == []


async def test_the_end_waits_until_anybody_can_be_reached_and_is_told_once(
    sessions: Sessions, desk: Desk, alert: int
) -> None:
    await send(sending(sessions, FakeMessenger()), NOW)
    desk.failing = {MINA: NetworkError("down"), OMID: Forbidden("blocked")}
    assert await desk.hears() == []
    del desk.failing[MINA]
    assert await desk.hears() == [(MINA, "Sending has ended.")]
    desk.failing.clear()
    assert await desk.hears() == []


async def test_an_alert_that_nobody_asked_for_is_told_of_too(sessions: Sessions, desk: Desk) -> None:
    await world.publish(sessions)
    assert await desk.hears() == [], "its readers are not chosen yet"
    await fan_out(sessions, NOW)
    nobody = "No reader has asked for news like this, so nobody was written to."
    assert await desk.hears() == [(MINA, nobody), (OMID, nobody)]


async def test_a_stop_is_told_by_its_report_alone(sessions: Sessions, desk: Desk, alert: int) -> None:
    await pause.pause(sessions, alert, actor="mod:anna", now=NOW)
    await desk.hears()
    await pause.stop(sessions, alert, actor="mod:anna", now=NOW)
    assert await desk.hears() == [], "what is left is not cancelled yet"
    await retire(sessions, NOW, timedelta(hours=48))
    words = "A moderator has stopped it for good: nobody else gets it."
    assert await desk.hears() == [(MINA, words), (OMID, words)]
