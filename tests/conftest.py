"""What all tests share: a database with the real migrations, on SQLite and on PostgreSQL.

`sessions` is on SQLite; a folder or file whose tests must hold on both engines overrides `engine_name` with
`@pytest.fixture(params=ENGINES)`.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from alerts.seal import Sealer
from bot.database import Sessions, migrate, open_engine, open_sessions
from tests import memory, postgres

if (in_memory := memory.folder()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory))

TEST_KEY = bytes(range(64))
ENGINES = ("sqlite", "postgresql")


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: looking through it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(TEST_KEY)


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    postgres.require()
    with postgres.running() as server:
        yield server
        asyncio.run(server.close())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: the migrations run once a session, not once a test."""
    path = tmp_path_factory.mktemp("template") / "test.db"

    async def make() -> None:
        engine = open_engine(f"sqlite+aiosqlite:///{path}")
        await migrate(engine)
        await engine.dispose()

    asyncio.run(make())
    return path


@pytest.fixture
def server(engine_name: str, request: pytest.FixtureRequest) -> postgres.Server | None:
    return request.getfixturevalue("postgres_server") if engine_name == "postgresql" else None


@pytest.fixture
async def empty_url(server: postgres.Server | None, tmp_path: Path) -> AsyncIterator[str]:
    """A database in which nothing is yet."""
    if server is None:
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    async with server.database(migrated=False) as url:
        yield url


@pytest.fixture
async def database_url(
    server: postgres.Server | None, tmp_path: Path, sqlite_template: Path
) -> AsyncIterator[str]:
    """A database with all tables, for tests that start processes of their own."""
    if server is None:
        copyfile(sqlite_template, tmp_path / "test.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    async with server.database(migrated=True) as url:
        yield url


@pytest.fixture
async def sessions(database_url: str, sealer: Sealer) -> AsyncIterator[Sessions]:
    engine = open_engine(database_url)
    yield open_sessions(engine, sealer)
    await engine.dispose()
