"""What crash tests share: one recorder for all, both engines, and how much is asked of them.

`make test` takes samples; `make crash` (CRASH_TESTS=complete) takes everything.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path
from shutil import copyfile, rmtree

import pytest

from tests.conftest import ENGINES
from tests.crash.story import Telegram, telegram
from tests.postgres import Server

COMPLETE = os.environ.get("CRASH_TESTS") == "complete"


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def recording() -> Iterator[Telegram]:
    with telegram() as running:
        yield running


Fresh = Callable[[], AbstractAsyncContextManager[str]]


@pytest.fixture
def fresh(server: Server | None, tmp_path: Path, sqlite_template: Path) -> Fresh:
    """A new database with all tables, as often as it is asked for; gone when its block ends."""
    numbers = count()

    @asynccontextmanager
    async def on_sqlite() -> AsyncIterator[str]:
        folder = tmp_path / f"database-{next(numbers)}"
        folder.mkdir()
        copyfile(sqlite_template, folder / "test.db")
        yield f"sqlite+aiosqlite:///{folder / 'test.db'}"
        rmtree(folder)

    return on_sqlite if server is None else lambda: server.database(migrated=True)
