"""The ledger as seen from outside of the bot: no session of ours, no lock, no transaction that lasts."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import make_url

from alerts.seal import Sealer
from tests.conftest import TEST_KEY
from tests.crash.checker import Lapse, Row
from tests.crash.scenes import OPEN, Scene

_KEEP_LAPSES = {
    "sqlite": (
        "CREATE TABLE lapses (row INTEGER, worker TEXT, at FLOAT, reason TEXT)",
        """CREATE TRIGGER keep_lapses AFTER UPDATE ON deliveries
        WHEN OLD.status = 'dispatched' AND NEW.reason IN ('lease_lapsed', 'timed_out')
        BEGIN INSERT INTO lapses VALUES (OLD.id, OLD.worker, (julianday('now') - 2440587.5) * 86400.0, NEW.reason); END""",
    ),
    "postgresql": (
        "CREATE TABLE lapses (row INTEGER, worker TEXT, at FLOAT, reason TEXT)",
        """CREATE FUNCTION keep_lapse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO lapses VALUES (OLD.id, OLD.worker, EXTRACT(EPOCH FROM clock_timestamp()), NEW.reason); RETURN NULL; END $$""",
        """CREATE TRIGGER keep_lapses AFTER UPDATE ON deliveries FOR EACH ROW
        WHEN (OLD.status = 'dispatched' AND NEW.reason IN ('lease_lapsed', 'timed_out')) EXECUTE FUNCTION keep_lapse()""",
    ),
}
"""What a row says is over with its next attempt; how often its time was up, and in whose hands, is kept beside it."""


@dataclass
class Ledger:
    """One database; what is in it is asked for anew each time."""

    url: str

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        url = make_url(self.url)
        if url.drivername == "sqlite+aiosqlite":
            assert url.database is not None
            with closing(sqlite3.connect(url.database, timeout=30)) as file:
                return file.execute(statement).fetchall()
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(plain)
        try:
            return [tuple(record) for record in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def is_over(self, scene: Scene) -> bool:
        """Nothing is left to be done."""
        return not any(is_open for (is_open,) in await self.rows(" UNION ALL ".join((*OPEN, *scene.open))))

    async def keep_lapses(self) -> None:
        """From now on the ledger remembers each lease that lapsed, and each wait for an answer, and whose it was."""
        for statement in _KEEP_LAPSES[make_url(self.url).get_backend_name()]:
            await self.rows(statement)

    async def lapses(self) -> list[Lapse]:
        """Those, in no order."""
        ahead = time.time() - time.monotonic()
        found = await self.rows("SELECT row, worker, at, reason FROM lapses")
        return [Lapse(row, worker, at - ahead, reason == "timed_out") for row, worker, at, reason in found]

    async def everything(self) -> list[Row]:
        """The whole ledger, chats opened."""
        sealer = Sealer(TEST_KEY)
        found = await self.rows(
            "SELECT d.id, d.alert_id, p.chat, d.operation, d.status, d.attempts, d.copies FROM deliveries d"
            " LEFT JOIN subscribers p ON p.id = d.subscriber_id ORDER BY d.id"
        )
        return [
            Row(id_, alert, int(sealer.open(chat, "subscribers.chat")) if chat else None, *rest)
            for id_, alert, chat, *rest in found
        ]
