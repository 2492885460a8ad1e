"""What all tests share: a database with the real migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.seal import Sealer
from bot.database import Sessions, migrate, open_engine, open_sessions

TEST_KEY = bytes(range(64))


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(TEST_KEY)


@pytest.fixture
async def sessions(tmp_path: Path, sealer: Sealer) -> AsyncIterator[Sessions]:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    await migrate(engine)
    yield open_sessions(engine, sealer)
    await engine.dispose()
