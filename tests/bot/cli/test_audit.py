from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts import audit
from bot.database import Sessions
from tests.bot.cli.conftest import Shell

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
async def configured(tmp_path: Path, database_url: str, sessions: Sessions) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f'[database]\nurl = "{database_url}"\n')
    for number in range(1, 4):
        async with sessions.begin() as session:
            await audit.record(
                session, now=NOON, actor="mod:1", verb="approve", subject=f"alert:{number}", detail={}
            )
    return path


async def test_a_trail_that_holds(shell: Shell, configured: Path):
    ended = await shell("audit", "verify")
    assert (ended.code, ended.out, ended.err) == (0, "The trail holds.\n", "")


async def test_a_line_that_was_changed(shell: Shell, configured: Path, tmp_path: Path):
    with sqlite3.connect(tmp_path / "test.db") as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE audit SET actor = 'mod:2' WHERE seq = 2")
    connection.close()
    ended = await shell("audit", "verify")
    assert ended.code == 1
    assert ended.out.startswith("The trail is broken at line 2:")


async def test_no_trail_yet(shell: Shell, tmp_path: Path):
    (tmp_path / "config.toml").write_text("")
    ended = await shell("audit", "verify")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("[database] url: no trail can be read there")


async def test_another_question(shell: Shell, configured: Path):
    assert (await shell("audit", "mend")).code == 2
