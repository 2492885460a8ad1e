"""The token is in no repr, exception, traceback or log line of ours (safety.md 13); each test first puts it there."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from alerts.errors import ConfigError
from alerts.seal import new_key, write_key_file
from bot.app import Running, running
from bot.config import Settings
from bot.emulator import Emulator, Fault

TOKEN = "1234567:token-of-the-tests-that-opens-nothing-0"
SECRET = TOKEN.partition(":")[2]
PASSWORD = "swordfish-of-the-tests"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running(TOKEN) as emulator:
        yield emulator


def settings_for(emulator: Emulator, folder: Path, token: str = TOKEN) -> Settings:
    return Settings(
        organisation={"name": "Lantern (test)", "contact": "desk@lantern.example"},
        telegram={"token": token, "base_url": emulator.base_url},
        database={"url": f"sqlite+aiosqlite:///{folder / 'test.db'}"},
        privacy={"key_file": folder / "seal.key"},
    )


@pytest.fixture
async def alive(emulator: Emulator, tmp_path: Path) -> AsyncIterator[Running]:
    write_key_file(tmp_path / "seal.key", new_key())
    async with running(settings_for(emulator, tmp_path)) as alive:
        yield alive


async def test_no_repr_holds_the_token(alive: Running):
    assert TOKEN in repr(Bot(TOKEN))
    application = alive.application
    shown = [
        repr(one)
        for one in (
            application,
            application.bot,
            application.updater,
            application.bot_data,
            alive,
            alive.services,
            alive.services.settings,
            alive.services.settings.telegram,
            alive.duties,
        )
    ]
    assert [text for text in shown if SECRET in text] == []


async def test_no_dump_of_the_settings_holds_token_or_password():
    settings = Settings(
        telegram={"token": TOKEN}, database={"url": f"postgresql+asyncpg://bot:{PASSWORD}@127.0.0.1/bot"}
    )
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert PASSWORD in settings.database.url
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()
    assert PASSWORD not in repr(settings) + str(settings)


async def test_a_refused_token_is_in_no_exception(emulator: Emulator, tmp_path: Path):
    refused = "7654321:token-that-botfather-took-back-years-ago"
    bot = Bot(refused, base_url=f"{emulator.base_url}/bot")
    with pytest.raises(InvalidToken, match=refused):
        await bot.initialize()
    await bot.request.shutdown()
    write_key_file(tmp_path / "seal.key", new_key())
    with pytest.raises(ConfigError, match="Telegram refuses it") as caught:
        async with running(settings_for(emulator, tmp_path, refused)):
            pass
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "botfather-took-back" not in shown


@pytest.mark.parametrize(
    "fault",
    [
        Fault.cut(accepted=False, method="sendMessage"),
        Fault.bad_gateway(method="sendMessage"),
        Fault.refusal(401, "Unauthorized", method="sendMessage"),
        Fault.refusal(400, "Bad Request: chat not found", method="sendMessage"),
    ],
    ids=["cut", "bad gateway", "401", "400"],
)
async def test_no_error_of_a_call_holds_the_token(
    alive: Running, emulator: Emulator, caplog: pytest.LogCaptureFixture, fault: Fault
):
    emulator.person(5001, started=True)
    emulator.script(fault)
    with caplog.at_level(logging.DEBUG), pytest.raises(TelegramError) as caught:
        await alive.application.bot.send_message(5001, "A test")
    # What was called is in the library's log (bot/logs.py takes it out) or in the request that the error hangs on.
    request = getattr(caught.value.__cause__, "request", None)
    assert SECRET in caplog.text or SECRET in str(request.url if request else "")
    assert SECRET not in "".join(traceback.format_exception(caught.value))
