"""The engine, its sessions and its migrations, on SQLite and PostgreSQL alike. No queries here.

SQLite transactions begin IMMEDIATE: a deferred one that reads first fails when it comes to write, however long
it is willing to wait (dependencies.md). Those that say that they only read keep nobody waiting.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from alerts.columns import ONLY_READS
from alerts.errors import ConfigError
from alerts.seal import Sealer

Sessions = async_sessionmaker[AsyncSession]
MIGRATIONS: Final = Path(__file__).parent / "migrations"
_STARTING: Final = 0x7561622D64626D73
"""The advisory lock of those who start; any number that nothing else in the database locks."""
_BUSY_SECONDS: Final = 15
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a dispatch mark must survive a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
)


def departures_folder(url: str) -> Path | None:
    """Where the processes of this machine note what has begun to leave; None for a database in memory.

    Beside that of SQLite; for PostgreSQL in the system's folder for temporary files, one for each database.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return None if parsed.database in {None, "", ":memory:"} else Path(f"{parsed.database}.departures")
    name = hashlib.sha256(str(parsed.set(password=None)).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"urgent-action-bot-{name}"


def open_engine(url: str) -> AsyncEngine:
    """An engine for `url`; ConfigError when it is not SQLite (aiosqlite) or PostgreSQL (asyncpg)."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        msg = "[database] url: this is no address of a database, such as postgresql+asyncpg://user@host/name"
        raise ConfigError(msg) from error
    if parsed.drivername == "sqlite+aiosqlite":
        if parsed.database and parsed.database != ":memory:":
            _make_folder(Path(parsed.database).parent)
        engine = create_async_engine(
            parsed, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None}
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine
    if parsed.drivername == "postgresql+asyncpg":
        return create_async_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    msg = f"[database] url: {parsed.drivername!r} is not known; use sqlite+aiosqlite:///… or postgresql+asyncpg://…"
    raise ConfigError(msg)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"[database] url: the folder {folder} cannot be made: {error.strerror}"
        raise ConfigError(msg) from error


@asynccontextmanager
async def reachable(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection; ConfigError when the database cannot be reached or does not let us in."""
    try:
        connection = await engine.connect()
    except (SQLAlchemyError, OSError) as error:
        why = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or type(error).__name__)
        msg = f"[database] url: the database cannot be opened: {why}"
        raise ConfigError(msg) from error
    try:
        yield connection
    finally:
        await connection.close()


def open_sessions(engine: AsyncEngine, sealer: Sealer) -> Sessions:
    """Sessions that carry the sealer; objects stay readable after commit."""
    return async_sessionmaker(engine, expire_on_commit=False, info={"sealer": sealer})


async def migrate(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the database to `revision` ("head", "base", a name ahead, or "-1" for one back), in one transaction.

    Several processes may do so at once.
    """
    async with reachable(engine) as connection, _rebuilding(connection), connection.begin():
        await one_by_one(connection)
        await connection.run_sync(_run_migrations, revision)
        await connection.run_sync(_check_references)


async def one_by_one(on: AsyncConnection | AsyncSession) -> None:
    """Until the transaction ends, no other process is past this line: for what each does at its start.

    On SQLite there is no other, and a transaction that writes is alone anyway.
    """
    dialect = on.dialect if isinstance(on, AsyncConnection) else on.get_bind().dialect
    if dialect.name == "postgresql":
        await on.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _STARTING})


@asynccontextmanager
async def _rebuilding(connection: AsyncConnection) -> AsyncIterator[None]:
    """Tables of SQLite can be made anew, with rows that point to them.

    Altering a table there drops the old one, and a drop deletes its rows first: with foreign keys on that fails, or
    takes along all that hangs on them (sqlite.org/lang_altertable.html, section 7). The setting cannot change within
    a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await (await driver.execute("PRAGMA foreign_keys=OFF")).close()
    try:
        yield
    finally:
        await (await driver.execute("PRAGMA foreign_keys=ON")).close()


def _check_references(connection: Connection) -> None:
    """No row of SQLite points to one that is gone, which nobody looked at meanwhile."""
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            msg = f"[database] url: rows point to others that are gone, in {sorted({row[0] for row in lost})}; nothing was changed"
            raise ConfigError(msg)


def _run_migrations(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    if revision == "base" or revision.startswith("-"):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _prepare_sqlite(connection: Any, record: Any) -> None:
    del record
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get(ONLY_READS)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
