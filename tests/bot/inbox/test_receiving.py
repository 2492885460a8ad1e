"""The whole bot with Telegram calling it: the calls are made here, of what the emulator would have given to polls."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.errors import ConfigError
from alerts.seal import new_key, write_key_file
from bot.app import Running, running
from bot.config import Settings
from bot.emulator import Emulator
from bot.web.webhook import SECRET_HEADER
from tests.journeys.steps import wait_until

TOKEN = "1234567:token-of-the-tests-that-opens-nothing-0"
SECRET = "a-secret-of-the-tests-that-is-long-enough"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running(TOKEN) as emulator:
        yield emulator


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def settings(emulator: Emulator, tmp_path: Path, port: int) -> Settings:
    write_key_file(tmp_path / "seal.key", new_key())
    return Settings(
        organisation={"name": "Lantern (test)", "contact": "desk@lantern.example"},
        telegram={
            "token": TOKEN,
            "base_url": emulator.base_url,
            "mode": "webhook",
            "webhook_url": "https://bot.example/hooks",
            "webhook_secret": SECRET,
        },
        web={"listen": f"127.0.0.1:{port}"},
        database={"url": f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"},
        privacy={"key_file": tmp_path / "seal.key"},
    )


@pytest.fixture
async def alive(settings: Settings, emulator: Emulator) -> AsyncIterator[Running]:
    async with running(settings) as alive:
        await wait_until(lambda: emulator.world.updates.webhook)
        yield alive


async def call(emulator: Emulator, port: int, update: dict[str, Any]) -> int:
    """As Telegram would, through the web server in front."""
    path = emulator.world.updates.webhook.removeprefix("https://bot.example")
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"http://127.0.0.1:{port}{path}", json=update, headers={SECRET_HEADER: SECRET}
        )
    return answer.status_code


async def test_a_call_is_answered_once_however_often_it_is_made(
    alive: Running, emulator: Emulator, port: int
):
    emma = emulator.person(5001, first_name="Emma")
    await emma.says("/start")
    (update,) = emulator.world.updates._waiting
    assert [await call(emulator, port, update) for _ in range(3)] == [200, 200, 200]
    await emma.hears("Which language?")
    await emma.says("/help")
    assert await call(emulator, port, emulator.world.updates._waiting[-1]) == 200
    await emma.hears("/stop")
    assert len(emma.messages) == 2


async def test_telegram_is_told_the_kinds_and_the_secret(alive: Running, emulator: Emulator):
    (asked,) = [request.params for request in emulator.requests("setWebhook")]
    assert asked["secret_token"] == SECRET
    assert emulator.world.updates.allowed == ["callback_query", "message", "my_chat_member"]
    assert asked["url"].startswith("https://bot.example/hooks/")
    assert emulator.world.updates.polls == 0


async def test_an_address_that_is_taken_ends_the_start_with_an_explanation(settings: Settings, port: int):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(ConfigError, match=r"\[web\] listen: 127\.0\.0\.1:\d+ cannot be listened at"):
            async with asyncio.timeout(30), running(settings):
                pass


async def test_health_is_there_when_it_is_wanted(settings: Settings, emulator: Emulator, port: int):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        second = free.getsockname()[1]
    web = settings.web.model_copy(update={"health": f"127.0.0.1:{second}"})
    async with (
        running(settings.model_copy(update={"web": web})),
        httpx.AsyncClient(trust_env=False) as client,
        asyncio.timeout(30),
    ):
        while (answer := await client.get(f"http://127.0.0.1:{second}/health")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert answer.text == "alive\n"
        assert (await client.get(f"http://127.0.0.1:{port}/health")).status_code in {404, 405}
