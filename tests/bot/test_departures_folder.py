"""Where departures are noted: one folder for each database, and none of it tells a password."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.database import departures_folder

SERVER = "postgresql+asyncpg://bot:{}@db.example.org/{}"


def test_beside_a_database_of_sqlite():
    assert departures_folder("sqlite+aiosqlite:////data/bot.db") == Path("/data/bot.db.departures")
    assert departures_folder("sqlite+aiosqlite:///:memory:") is None


def test_one_for_each_database_of_postgresql():
    one, other = (
        departures_folder(SERVER.format("secret", "one")),
        departures_folder(SERVER.format("x", "two")),
    )
    assert one is not None
    assert one.parent == Path(tempfile.gettempdir())
    assert one != other
    assert one == departures_folder(SERVER.format("another password", "one"))
