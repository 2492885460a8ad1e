"""The inbox over a real database: what it is given is handled once, in order, whatever fails or ends in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from telegram import Update
from telegram.error import Forbidden
from telegram.ext import Application, ContextTypes, TypeHandler

from alerts import locales
from alerts.seal import Sealer
from bot.config import Settings
from bot.context import Services
from bot.database import Sessions
from bot.inbox import Inbox, inbox
from bot.inbox.inbox import MOST_STARTS, PAUSES
from bot.inbox.turns import AT_ONCE
from tests.bot.inbox.bodies import message, tap
from tests.conftest import ENGINES
from tests.journeys.steps import wait_until

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
EMMA, DARIUS, MINA = 5001, 5002, 9001
Act = Callable[[Update], Awaitable[None]]


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@dataclass
class Bench:
    """An inbox with one handler, and what became of what."""

    services: Services
    seen: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    act: Act | None = None
    now: datetime = NOW

    def application(self) -> Application[Any, Any, Any, Any, Any, Any]:
        application = Application.builder().token("1:fictional").updater(None).job_queue(None).build()
        application.add_handler(TypeHandler(Update, self._handle))
        application.add_error_handler(self._on_error)
        return application

    async def _handle(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        self.seen.append(update.update_id)
        if self.act is not None:
            await self.act(update)

    async def _on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        self.told.append(str(context.error))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Inbox]:
        one = Inbox(self.services, self.application())
        task = asyncio.create_task(one.run())
        yield one
        one.stop()
        await task

    async def waiting(self) -> list[int]:
        async with self.services.sessions() as session:
            return list((await session.execute(text("SELECT update_id FROM updates ORDER BY 1"))).scalars())

    async def all_done(self) -> None:
        async with asyncio.timeout(30):
            while await self.waiting():  # noqa: ASYNC110 - a table rings no bell
                await asyncio.sleep(0.01)


@pytest.fixture
def bench(sessions: Sessions, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(inbox, "PAUSES", tuple(0.01 for _ in PAUSES))
    monkeypatch.setattr(inbox, "_STORE_PAUSE", 0.01)
    settings = Settings(moderation={"moderators": [MINA]})
    bench = Bench(Services(settings, sessions, sealer, locales.load(), lambda: bench.now))
    return bench


async def killed(bench: Bench, *bodies: dict[str, Any]) -> None:
    """A process takes updates and ends before it has handled any."""
    await Inbox(bench.services, bench.application()).keep(bodies)


async def test_what_is_kept_is_handled_and_then_deleted(bench: Bench):
    async with bench.running() as one:
        await one.keep([message(1, "/help"), message(2, "/stop", DARIUS)])
        await bench.all_done()
    assert sorted(bench.seen) == [1, 2]


async def test_an_update_acts_once_whenever_it_comes_again(bench: Bench):
    body = message(7, "/help")
    async with bench.running() as one:
        await one.keep([body, body])
        await one.keep([body])
        await bench.all_done()
        await one.keep([body, message(3, "older, and never seen")])
        await bench.all_done()
    async with bench.running() as another:
        await another.keep([body])
    assert bench.seen == [7, 3]


async def test_after_two_days_telegram_repeats_nothing_and_nothing_is_remembered(bench: Bench):
    async with bench.running() as one:
        await one.keep([message(7, "/help")])
        await bench.all_done()
        bench.now += timedelta(hours=49)
        await one.keep([message(8, "/help")])
        await bench.all_done()
    async with bench.services.sessions() as session:
        assert list((await session.execute(text("SELECT update_id FROM handled"))).scalars()) == [8]


async def test_a_killed_process_loses_nothing_and_the_order_stays(bench: Bench):
    await killed(bench, message(1, "/start"), message(2, "/stop"), message(3, "/start", DARIUS))
    await killed(bench, message(2, "/stop"), message(4, "/stop", DARIUS))
    assert await bench.waiting() == [1, 2, 3, 4]
    async with bench.running():
        await bench.all_done()
    assert [one for one in bench.seen if one in {1, 2}] == [1, 2]
    assert [one for one in bench.seen if one in {3, 4}] == [3, 4]


async def test_what_was_being_handled_at_the_end_is_handled_at_the_next_start(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(inbox, "_LANDING", 0.01)
    hanging = asyncio.Event()

    async def hang(update: Update) -> None:
        hanging.set()
        await asyncio.Event().wait()

    bench.act = hang
    async with bench.running() as one:
        await one.keep([message(1, "/forget")])
        await hanging.wait()
    assert await bench.waiting() == [1]
    bench.act = None
    async with bench.running():
        await bench.all_done()
    assert bench.seen == [1, 1]


async def test_stopping_lets_what_has_begun_end(bench: Bench):
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def wait(update: Update) -> None:
        begun.set()
        await may_end.wait()

    bench.act = wait
    async with bench.running() as one:
        await one.keep([message(1, "/stop"), message(2, "/help")])
        await begun.wait()
        one.stop()
        may_end.set()
    assert (bench.seen, await bench.waiting()) == ([1], [2])


async def test_a_handler_that_fails_is_tried_three_times_more_and_then_told(
    bench: Bench, caplog: pytest.LogCaptureFixture
):
    async def fail(update: Update) -> None:
        if update.update_id == 1:
            raise RuntimeError("a cupboard fell over")

    bench.act = fail
    async with bench.running() as one:
        await one.keep([message(1, "/help"), message(2, "/help"), message(3, "/help", DARIUS)])
        await bench.all_done()
    assert [update for update in bench.seen if update < 3] == [1, 1, 1, 1, 2]
    assert bench.told == ["a cupboard fell over"]
    assert len(PAUSES) == len([line for line in caplog.records if "tried again" in line.getMessage()]) == 3


async def test_a_handler_that_fails_once_has_done_it_the_second_time(bench: Bench):
    async def fail_first(update: Update) -> None:
        if len(bench.seen) == 1:
            raise RuntimeError("a cupboard fell over")

    bench.act = fail_first
    async with bench.running() as one:
        await one.keep([message(1, "/stop")])
        await bench.all_done()
    assert (bench.seen, bench.told) == ([1, 1], [])


class ShutDownError(Exception):
    sqlstate = "57P01"


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT 1", {}, Exception("database is locked")),
        DBAPIError("SELECT 1", {}, ShutDownError()),
        DBAPIError("SELECT 1", {}, Exception("closed in the middle"), connection_invalidated=True),
        ConnectionRefusedError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_database_that_is_away_is_waited_for(bench: Bench, error: Exception):
    async def away(update: Update) -> None:
        if len(bench.seen) < 10:
            raise error

    bench.act = away
    async with bench.running() as one:
        await one.keep([message(1, "/stop")])
        await bench.all_done()
    assert (bench.seen, bench.told) == ([1] * 10, [])


async def test_a_chat_that_no_longer_listens_is_no_fault(bench: Bench):
    async def refuse(update: Update) -> None:
        raise Forbidden("Forbidden: bot was blocked by the user")

    bench.act = refuse
    async with bench.running() as one:
        await one.keep([message(1, "/help")])
        await bench.all_done()
    assert (bench.seen, bench.told) == ([1], [])


async def test_a_handler_that_hangs_is_ended(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inbox, "_LONGEST", 0.05)

    async def hang(update: Update) -> None:
        if update.update_id == 1:
            await asyncio.Event().wait()

    bench.act = hang
    async with bench.running() as one:
        await one.keep([message(1, "/help"), message(2, "/help")])
        await bench.all_done()
    assert (bench.seen, len(bench.told)) == ([1, 1, 1, 1, 2], 1)


async def test_who_hangs_keeps_nobody_waiting_and_the_urgent_always_have_a_place(bench: Bench):
    async def hang(update: Update) -> None:
        if update.update_id <= AT_ONCE:
            await asyncio.Event().wait()

    bench.act = hang
    one = Inbox(bench.services, bench.application())
    task = asyncio.create_task(one.run())
    await one.keep([message(n, "/help", 6000 + n) for n in range(1, AT_ONCE + 1)])
    await wait_until(lambda: len(bench.seen) == AT_ONCE)
    await one.keep([message(50, "/help", DARIUS), message(51, "/stop", EMMA), message(52, "anything", MINA)])
    await wait_until(lambda: {51, 52} <= set(bench.seen))
    assert 50 not in bench.seen
    task.cancel()
    await asyncio.wait({task})


async def test_what_the_library_cannot_read_stops_nobody(bench: Bench):
    async with bench.running() as one:
        await one.keep([{"update_id": 1, "message": {"message_id": "none", "from": 3}}, message(2, "/help")])
        await bench.all_done()
    assert (bench.seen, len(bench.told)) == ([2], 1)


async def test_a_body_that_is_no_update_is_refused_with_its_company(bench: Bench):
    one = Inbox(bench.services, bench.application())
    with pytest.raises(ValueError, match="update_id"):
        await one.keep([message(1, "/stop"), {"ok": True}])
    assert await bench.waiting() == []


async def test_what_ends_the_bot_at_each_start_is_given_up_but_no_stop(
    bench: Bench, caplog: pytest.LogCaptureFixture
):
    await killed(bench, message(1, "/letter UA-26/001"), message(2, "/stop", DARIUS))
    async with bench.services.sessions.begin() as session:
        await session.execute(text("UPDATE updates SET tries = :most"), {"most": MOST_STARTS})
    async with bench.running():
        await bench.all_done()
    assert bench.seen == [2]
    assert [line.getMessage() for line in caplog.records if line.levelno == logging.ERROR] == [
        "1 updates were there at each of 20 starts and are given up"
    ]


async def test_a_flooder_is_not_stored_beyond_twenty_and_gets_an_answer_a_second(bench: Bench):
    loop = asyncio.get_running_loop()
    answered: list[float] = []

    async def note(update: Update) -> None:
        if update.update_id <= 100:
            answered.append(loop.time())

    bench.act = note
    async with bench.running() as one:
        await one.keep([message(n, "/help") for n in range(1, 101)])
        assert len(await bench.waiting()) <= 20
        await one.keep([message(200 + n, "/help", 6000 + n) for n in range(20)])
        await wait_until(lambda: len([each for each in bench.seen if each >= 200]) == 20)
        assert len(answered) <= 1 + (loop.time() - answered[0])
        await wait_until(lambda: len(answered) >= 3)
        await one.keep([message(300, "/stop")])
        await wait_until(lambda: 300 in bench.seen)
        await bench.all_done()
    assert min(later - earlier for earlier, later in pairwise(answered)) >= 0.99
    assert len(answered) <= 1 + (answered[-1] - answered[0]) / 0.99


async def test_a_tap_that_asks_again_for_what_waits_is_one(bench: Bench):
    await killed(bench, tap(1, "sent:3"), tap(2, "sent:3"))
    async with bench.running() as one:
        await bench.all_done()
        await one.keep([tap(3, "sent:3")])
        await bench.all_done()
    assert bench.seen == [1, 3]


async def test_when_thousands_wait_the_rest_waits_outside(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inbox, "MOST", 3)
    one = Inbox(bench.services, bench.application())
    await one.keep([message(n, "/help", 6000 + n) for n in range(3)])
    assert one.is_full
    room = asyncio.create_task(one.room())
    await asyncio.sleep(0)
    assert not room.done()
    task = asyncio.create_task(one.run())
    await room
    assert not one.is_full
    await bench.all_done()
    one.stop()
    await task
