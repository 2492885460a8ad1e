"""Polling over real sockets: nothing is acknowledged that is not stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from telegram import Bot

from bot.emulator import Emulator, Fault, Person
from bot.inbox import poll, polling
from tests.journeys.steps import wait_until

TOKEN = "1234567:token-of-the-tests-that-opens-nothing-0"


@dataclass
class Kept:
    """An inbox that only notes what it is given."""

    texts: list[str] = field(default_factory=list)
    broken: int = 0
    has_room: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, bodies: list[dict[str, Any]]) -> None:
        if self.broken:
            self.broken -= 1
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        self.texts += [body["message"]["text"] for body in bodies]

    async def room(self) -> None:
        await self.has_room.wait()


@pytest.fixture
def kept() -> Kept:
    kept = Kept()
    kept.has_room.set()
    return kept


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running(TOKEN) as emulator:
        yield emulator


@pytest.fixture
def emma(emulator: Emulator) -> Person:
    return emulator.person(5001, first_name="Emma")


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_LONGEST_PAUSE", 0.02)


@asynccontextmanager
async def polling_into(kept: Kept, emulator: Emulator) -> AsyncIterator[None]:
    async with Bot(TOKEN, base_url=f"{emulator.base_url}/bot") as bot:
        task = asyncio.create_task(poll(bot, kept, ["message"]))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
    assert task.cancelled()


async def test_updates_come_and_are_acknowledged(emulator: Emulator, emma: Person, kept: Kept):
    async with polling_into(kept, emulator):
        for text in ("one", "two", "three"):
            await emma.says(text)
        await wait_until(lambda: len(kept.texts) == 3)
        await wait_until(lambda: emulator.world.updates.pending == 0)
    assert kept.texts == ["one", "two", "three"]
    assert emulator.world.updates.allowed == ["message"]


async def test_what_cannot_be_stored_is_not_acknowledged(emulator: Emulator, emma: Person, kept: Kept):
    kept.broken = 3
    async with polling_into(kept, emulator):
        await emma.says("/stop")
        await wait_until(lambda: kept.broken == 1)
        assert emulator.world.updates.pending == 1
        await wait_until(lambda: kept.texts)
    assert kept.texts == ["/stop"]


async def test_while_it_is_full_updates_stay_with_telegram(emulator: Emulator, emma: Person, kept: Kept):
    kept.has_room.clear()
    async with polling_into(kept, emulator):
        await emma.says("later")
        await wait_until(lambda: emulator.requests("deleteWebhook"))
        assert (kept.texts, emulator.world.updates.polls) == ([], 0)
        kept.has_room.set()
        await wait_until(lambda: kept.texts)
    assert kept.texts == ["later"]


async def test_numbers_that_begin_anew_lose_nothing(emulator: Emulator, emma: Person, kept: Kept):
    updates = emulator.world.updates
    async with polling_into(kept, emulator):
        updates._next_id = 900_000
        await emma.says("before the quiet week")
        await wait_until(lambda: kept.texts and not updates.pending)
        polls = updates.polls
        updates.bell.ring()
        await emma.says("still before")
        await wait_until(lambda: updates.polls > polls + 1 and not updates.pending)
        updates._next_id = 5
        await emma.says("/stop")
        await wait_until(lambda: "/stop" in kept.texts)
    assert kept.texts == ["before the quiet week", "still before", "/stop"]


async def test_a_webhook_of_before_is_in_nobodys_way(emulator: Emulator, emma: Person, kept: Kept):
    emulator.world.updates.webhook = "https://bot.example/old"
    await emma.says("hello")
    async with polling_into(kept, emulator):
        await wait_until(lambda: kept.texts)
        assert emulator.world.updates.webhook == ""


async def test_a_webhook_that_somebody_sets_meanwhile_is_taken_away(
    emulator: Emulator, emma: Person, kept: Kept
):
    async with polling_into(kept, emulator):
        await wait_until(lambda: emulator.world.updates.polls)
        emulator.world.updates.webhook = "https://bot.example/other"
        emulator.world.updates.bell.ring()
        await wait_until(lambda: not emulator.world.updates.webhook)
        await emma.says("hello")
        await wait_until(lambda: kept.texts)
    assert len(emulator.requests("deleteWebhook")) == 2


async def test_another_process_that_polls_is_told_to_the_log(
    emulator: Emulator, emma: Person, kept: Kept, caplog: pytest.LogCaptureFixture
):
    async with (
        polling_into(kept, emulator),
        Bot(TOKEN, base_url=f"{emulator.base_url}/bot") as other,
    ):
        await wait_until(lambda: emulator.world.updates.polls)
        await other.get_updates(timeout=0)
        await emma.says("hello")
        await wait_until(lambda: kept.texts)
    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.ERROR] == [
        "another process asks Telegram for this bot's updates; next try in 0.02 s"
    ]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.bad_gateway(method="getUpdates", times=2),
        Fault.cut(method="getUpdates", times=2),
        Fault.flood(0, method="getUpdates", times=2),
        Fault.refusal(500, "Internal Server Error", method="getUpdates", times=2),
    ],
    ids=["bad gateway", "cut", "429", "500"],
)
async def test_a_telegram_in_trouble_is_asked_again(
    emulator: Emulator, emma: Person, kept: Kept, fault: Fault
):
    emulator.script(fault)
    await emma.says("hello")
    async with polling_into(kept, emulator):
        await wait_until(lambda: kept.texts)
    assert (kept.texts, emulator.faults) == (["hello"], [])


async def test_a_refused_token_is_told_without_the_token(
    emulator: Emulator, emma: Person, kept: Kept, caplog: pytest.LogCaptureFixture
):
    emulator.script(Fault.refusal(401, "Unauthorized", method="getUpdates", times=1))
    async with polling_into(kept, emulator):
        await wait_until(lambda: not emulator.faults)
        await emma.says("hello")
        await wait_until(lambda: kept.texts)
    critical = [line.getMessage() for line in caplog.records if line.levelno == logging.CRITICAL]
    assert critical == ["Telegram refuses the token; next try in 0.02 s"]
