"""One leader among several processes: on PostgreSQL by an advisory lock, on SQLite by being the only process.

The lock is held by a connection of its own, which also hears when another process calls. It is never trusted blindly:
the database is asked every second, and ends the connection itself when it hears nothing for ten. Whoever loses it
stops leading at once. What a leader does is not decided here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from alerts.errors import AlreadyRunningError, BotError, ConfigError

_LOCK: Final = 0x7561622D6C656164
"""Any number will do that nothing else in this database locks; PostgreSQL keeps them apart by database."""
_CHANNEL: Final = "uab_due"
_PULSE: Final = 1.0
_PATIENCE: Final = 3.0
_TRUST: Final = _PULSE + _PATIENCE
_SILENCE_MS: Final = 10_000
# A line that breaks while it waits for an answer makes asyncpg trip over itself: an internal error, and none of its own.
_LOST: Final = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    SQLAlchemyError,
)

# A process that is frozen, or whose network is gone, would otherwise keep the lock for as long as TCP does: hours.
_IMPATIENT: Final = """
SELECT set_config(name, $1, false) FROM pg_settings WHERE name = 'idle_session_timeout'
"""
_log = logging.getLogger(__name__)


@contextmanager
def only_process(url: str) -> Iterator[None]:
    """Be the only process on a database of SQLite, as long as the block lasts; AlreadyRunningError when one is there.

    An exclusive transaction of SQLite's on an empty file beside it: the kernel ends that with the process, whatever
    ends the process, on every platform. Databases in memory, and those of PostgreSQL, have no such limit.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        yield
        return
    path = Path(f"{parsed.database}.lock")
    with contextlib.closing(_locked(path)):
        yield


def _locked(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            msg = f"[database] url: {path} cannot be locked: {error}"
            raise ConfigError(msg) from error
        msg = (
            f"[database] url: another process is running on this database (it holds {path}). On SQLite there is one"
            " at a time: stop that one first, or use PostgreSQL for several."
        )
        raise AlreadyRunningError(msg) from error
    return connection


async def call(engine: AsyncEngine) -> None:
    """Let every process on this PostgreSQL know that something is due."""
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": _CHANNEL})


class Peers:
    """The processes on one PostgreSQL, as one of them sees them."""

    def __init__(
        self,
        engine: AsyncEngine,
        hear: Callable[[], None],
        lead: Callable[[], Coroutine[Any, Any, None]] | None,
    ) -> None:
        """`hear` is called at each `call` of any of them.

        `lead` is run while this process leads, and cancelled when it does no longer; None for one that never does.
        When it returns, or fails, another may lead; a BotError of its ends `run`.
        """
        self._engine = engine
        self._hear = hear
        self._lead = lead
        self._reign: asyncio.Task[None] | None = None
        self._heard = 0.0
        self._stopping = False
        self._stir = asyncio.Event()

    @property
    def leads(self) -> bool:
        """Whether this process leads, as the database said a moment ago."""
        return self._reign is not None and time.monotonic() - self._heard < _TRUST

    def stop(self) -> None:
        """`run` ends as soon as what leads has ended by itself."""
        self._stopping = True
        self._stir.set()

    async def run(self) -> None:
        """Listen, and lead when nobody else does; a connection that is lost is made anew, until stopped."""
        while not self._stopping:
            try:
                async with self._line() as line:
                    await self._attend(line)
            except _LOST as error:
                _log.warning("the line to the database is lost (%s); it is made anew", type(error).__name__)
            if not self._stopping:
                await self._pause()

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Any]:
        """A connection that is in no pool, with ears; what waits on it is woken when it is lost."""
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await connection.run_sync(Connection.detach)
            driver.add_termination_listener(self._on_loss)
            try:
                await driver.execute("SET application_name = 'urgent-action-bot line'", timeout=_PATIENCE)
                await driver.fetch(_IMPATIENT, str(_SILENCE_MS), timeout=_PATIENCE)
                await driver.add_listener(_CHANNEL, self._on_call)
                yield driver
            finally:
                driver.terminate()  # a polite farewell could wait forever for an answer

    def _on_call(self, *_: object) -> None:
        self._hear()

    def _on_loss(self, _: object) -> None:
        self._stir.set()

    async def _attend(self, line: Any) -> None:
        """As long as the connection holds."""
        try:
            while not line.is_closed() and (not self._stopping or self._is_leading()):
                await self._beat(line)
                if self._reign is not None and self._reign.done():
                    break
                await self._pause()
        finally:
            await self._abdicate()

    def _is_leading(self) -> bool:
        return self._reign is not None and not self._reign.done()

    async def _beat(self, line: Any) -> None:
        """Ask for the lock, or whether the connection that holds it is still there."""
        if self._reign is not None or self._lead is None:
            await line.execute("SELECT 1", timeout=_PATIENCE)
        elif await line.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK, timeout=_PATIENCE):
            _log.info("this process leads")
            self._reign = asyncio.create_task(self._lead(), name="leading")
            self._reign.add_done_callback(self._on_loss)
        self._heard = time.monotonic()

    async def _pause(self) -> None:
        """Until something has happened to the connection or the reign, or it is time to ask."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stir.wait(), _PULSE)
        self._stir.clear()

    async def _abdicate(self) -> None:
        """Stop leading at once; the lock goes with the connection."""
        reign, self._reign = self._reign, None
        if reign is None:
            return
        if not reign.done():
            _log.warning("this process leads no longer")
            reign.cancel()
            await asyncio.wait({reign})
        if reign.cancelled() or (error := reign.exception()) is None:
            return
        if isinstance(error, BotError):
            raise error
        _log.error("leading failed; it is tried again", exc_info=error)
