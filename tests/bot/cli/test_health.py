from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import store
from bot.database import Sessions
from bot.schedule import HEARTBEAT, SENDERS_HEARTBEAT
from tests.bot.cli.conftest import Shell


@pytest.fixture
def configured(tmp_path: Path, database_url: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{database_url}"\n')
    return path


async def beat(sessions: Sessions, ago: timedelta, whose: str = HEARTBEAT) -> None:
    async with sessions.begin() as session:
        await store.put_setting(session, whose, (datetime.now(UTC) - ago).isoformat())


async def test_alive(shell: Shell, configured: Path, sessions: Sessions):
    await beat(sessions, timedelta(minutes=2))
    ended = await shell("health")
    assert (ended.code, ended.out, ended.err) == (0, "alive\n", "")


async def test_senders_do_not_hide_that_nobody_leads(shell: Shell, configured: Path, sessions: Sessions):
    await beat(sessions, timedelta(minutes=10))
    await beat(sessions, timedelta(minutes=1), SENDERS_HEARTBEAT)
    assert (await shell("health")).code == 1
    assert (await shell("health", "--role", "leader")).code == 1
    assert (await shell("health", "--role", "sender")).code == 0


async def test_silent_for_too_long(shell: Shell, configured: Path, sessions: Sessions):
    await beat(sessions, timedelta(minutes=10))
    ended = await shell("health")
    assert ended.code == 1
    assert ended.out in {"no heartbeat for 600 s\n", "no heartbeat for 601 s\n"}


async def test_never_ran(shell: Shell, configured: Path):
    ended = await shell("health")
    assert (ended.code, ended.out) == (1, "the bot has never run on this database\n")


async def test_no_tables_yet(shell: Shell, tmp_path: Path):
    (tmp_path / "config.toml").write_text("")
    ended = await shell("health")
    assert (ended.code, ended.out) == (1, "the database cannot be read: OperationalError\n")


async def test_no_configuration(shell: Shell):
    assert (await shell("health", "--config", "absent.toml")).code == 2
