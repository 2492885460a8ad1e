from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.emulator import Emulator

Call = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running() as running:
        yield running


@pytest.fixture
async def call(emulator: Emulator) -> AsyncIterator[Call]:
    """Calls a method over bare HTTP with a JSON body."""
    async with httpx.AsyncClient(base_url=emulator.base_url, trust_env=False, verify=False) as client:

        async def post(method: str, **parameters: Any) -> httpx.Response:
            return await client.post(f"/bot{emulator.token}/{method}", json=parameters)

        yield post


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    """The library's own client, impatient enough for tests of silence."""
    made = Bot(
        emulator.token,
        base_url=f"{emulator.base_url}/bot",
        base_file_url=f"{emulator.base_url}/file/bot",
        request=HTTPXRequest(read_timeout=1, httpx_kwargs={"trust_env": False, "verify": False}),
        get_updates_request=HTTPXRequest(read_timeout=5, httpx_kwargs={"trust_env": False, "verify": False}),
    )
    async with made:
        yield made
