"""The real process: what it says when it may not begin, that it ends when told to, and that it keeps the token to itself."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import InvalidToken

from alerts.seal import new_key, write_key_file
from bot.emulator import Emulator

TOKEN = "1234567:token-of-the-tests-that-opens-nothing-0"
REFUSED = "7654321:token-that-botfather-took-back-years-ago"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running(TOKEN) as emulator:
        yield emulator


@pytest.fixture
def config(tmp_path: Path, emulator: Emulator) -> Path:
    write_key_file(tmp_path / "seal.key", new_key())
    path = tmp_path / "config.toml"
    path.write_text(f"""
[organisation]
name = "Lantern (test)"
contact = "desk@lantern.example"
[telegram]
token = "{TOKEN}"
base_url = "{emulator.base_url}"
[privacy]
key_file = "seal.key"
[logging]
level = "debug"
""")
    path.chmod(0o600)
    return path


async def begin(config: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--config", str(config), stderr=asyncio.subprocess.PIPE
    )


async def end(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    async with asyncio.timeout(20):
        _, written = await process.communicate()
    return process.returncode, written.decode()


async def said(process: asyncio.subprocess.Process, words: str) -> str:
    """Everything up to the line that has these words."""
    assert process.stderr is not None
    lines = []
    async with asyncio.timeout(20):
        async for line in process.stderr:
            lines.append(line.decode())
            if words in lines[-1]:
                break
    return "".join(lines)


async def test_it_runs_until_it_is_told_to_stop(config: Path, emulator: Emulator):
    emma = emulator.person(5001, first_name="Emma")
    process = await begin(config)
    log = await said(process, "running")
    await emma.says("/start")
    await emma.hears(lambda message: bool(message.buttons))
    process.send_signal(signal.SIGTERM)
    code, rest = await end(process)
    assert (code, "stopping" in rest) == (0, True)
    assert TOKEN.partition(":")[2] not in log + rest
    assert "5001" not in log + rest


async def test_a_refused_token_is_one_clear_line_without_the_token(config: Path, emulator: Emulator):
    bot = Bot(REFUSED, base_url=f"{emulator.base_url}/bot")
    with pytest.raises(InvalidToken, match=REFUSED):  # what the library says, if it is let
        await bot.initialize()
    await bot.request.shutdown()
    config.write_text(config.read_text().replace(TOKEN, REFUSED))
    code, written = await end(await begin(config))
    assert code == 2
    assert (
        written.splitlines()[-1]
        == "[telegram] token: Telegram refuses it. Ask @BotFather for the current one."
    )
    assert REFUSED.partition(":")[2] not in written
    assert "Traceback" not in written


async def test_it_waits_for_a_telegram_that_cannot_be_reached(config: Path, emulator: Emulator):
    async with emulator.away():
        process = await begin(config)
        log = await said(process, "Telegram cannot be reached")
    log += await said(process, "running")
    process.send_signal(signal.SIGINT)
    code, rest = await end(process)
    assert code == 0
    assert TOKEN.partition(":")[2] not in log + rest


async def test_it_can_be_stopped_while_it_waits(config: Path, emulator: Emulator):
    async with emulator.away():
        process = await begin(config)
        await said(process, "Telegram cannot be reached")
        process.send_signal(signal.SIGTERM)
        assert (await end(process))[0] == 0


async def test_another_key_is_refused(config: Path):
    process = await begin(config)
    await said(process, "running")
    process.send_signal(signal.SIGTERM)
    await end(process)
    (config.parent / "seal.key").unlink()
    write_key_file(config.parent / "seal.key", new_key())
    code, written = await end(await begin(config))
    assert code == 2
    assert written.splitlines()[-1].endswith(
        "this is not the key that sealed the database. Restore that one."
    )


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('contact = "desk@lantern.example"', "", "[organisation]: readers must be told who speaks"),
        (f'token = "{TOKEN}"', "", "[telegram] token: there is none. Ask @BotFather for one"),
        ('"seal.key"', '"absent.key"', "absent.key: there is no key file. Run `python -m bot init`"),
        ("[telegram]", "[telegram]\nrat = 3", "config.toml:6: [telegram] rat: unknown key; is 'rate' meant?"),
    ],
)
async def test_it_does_not_begin(config: Path, before: str, after: str, says: str):
    config.write_text(config.read_text().replace(before, after))
    code, written = await end(await begin(config))
    assert code == 2
    assert says in written.splitlines()[-1]
    assert "Traceback" not in written


async def test_it_does_not_begin_with_a_token_that_others_can_read(config: Path):
    config.chmod(0o644)
    code, written = await end(await begin(config))
    assert (code, written) == (
        2,
        f"[telegram] token: others can read {config}, which holds the token. Run: chmod 600 {config}\n",
    )
