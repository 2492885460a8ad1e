from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Shell


async def test_it_makes_the_tables_and_may_be_run_again(shell: Shell, tmp_path: Path):
    (tmp_path / "config.toml").write_text("")
    for _ in range(2):
        ended = await shell("migrate")
        assert (ended.code, ended.out, ended.err) == (0, "The database is up to date.\n", "")
    with sqlite3.connect(tmp_path / "data" / "bot.db") as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    connection.close()
    assert {"alembic_version", "cases", "alerts", "subscribers", "deliveries", "settings"} <= tables


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "sqlite+aiosqlite:///config.toml/bot.db",
            "[database] url: the folder {folder}/config.toml cannot be made: ",
        ),
        (
            "sqlite+aiosqlite:///config.toml",
            "[database] url: the database cannot be opened: file is not a database",
        ),
        (
            "postgresql+asyncpg://bot:geheim@127.0.0.1:9/bot",
            "[database] url: the database cannot be opened: ",
        ),
        (
            "postgresql+asyncpg://bot:geheim@127.0.0.1:x/bot",
            "[database] url: this is no address of a database",
        ),
        (
            "mysql://bot:geheim@127.0.0.1/bot",
            "config.toml:2: [database] url: must begin with sqlite+aiosqlite:///",
        ),
    ],
)
async def test_a_database_that_does_not_open(shell: Shell, tmp_path: Path, url: str, says: str):
    (tmp_path / "config.toml").write_text(f'[database]\nurl = "{url}"\n' + "# not a database\n" * 20)
    ended = await shell("migrate")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(says.format(folder=tmp_path))
    assert "geheim" not in ended.err
    assert "Traceback" not in ended.err
