"""FAN-OUT: a million readers with filters, beside the bare INSERT … SELECT of as many rows into the same table.

Each in a process of its own on a fresh copy of one database: both start alike, and its greatest memory is its own.
Run as `python -m tests.bench.fanning_out HOW DATABASE_URL` this file is that process.
"""

from __future__ import annotations

import asyncio
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.database import Sessions
from tests.bench import ground
from tests.bench.clients import ours
from tests.bench.figures import Figure, at_most, ratio, raw

RECIPIENTS, ELIGIBLE = 1_000_000, 800_000
_BARE = text("""
INSERT INTO deliveries (alert_id, subscriber_id, operation, lane, asleep, status, attempts, copies)
SELECT (SELECT MAX(id) FROM alerts), id, 'send', 1, FALSE, 'pending', 0, 0 FROM subscribers
ORDER BY id LIMIT :eligible
""")
"""In the order of ids: from the index of sealed chats, which is shorter, they would come at random, which takes longer."""


async def prepare(database: str) -> None:
    """A million readers, and an alert for eight of ten."""
    async with ground.opened(database) as sessions:
        await ground.settle(sessions, RECIPIENTS, everything=False)
        await ground.publish(sessions, datetime.now(UTC))


async def bare(sessions: Sessions) -> None:
    """The statement that nothing can be quicker than."""
    async with sessions.begin() as session:
        await session.execute(_BARE, {"eligible": ELIGIBLE})


async def station(sessions: Sessions) -> None:
    """The bot's own."""
    await ground.fan_out(sessions, datetime.now(UTC))


async def once(how: str, database: str) -> dict[str, Any]:
    """Fan out and say what it took: `rows`, `seconds`, `memory` in MB."""
    async with ground.opened(database) as sessions:
        began = time.monotonic()
        await {"bare": bare, "station": station}[how](sessions)
        seconds = time.monotonic() - began
        async with sessions() as session:
            rows = await session.scalar(text("SELECT COUNT(*) FROM deliveries"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "seconds": seconds, "memory": memory}


def run_once(how: str, database: Path) -> dict[str, Any]:
    """In a process of its own."""
    with ours("fanning_out", how, f"sqlite+aiosqlite:///{database}") as one:
        return one.end()


def measure(rounds: int) -> Iterator[Figure]:
    """By turns, each time from the same state."""
    done: dict[str, list[dict[str, Any]]] = {"bare": [], "station": []}
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        template, copied = Path(name) / "template.db", Path(name) / "copy.db"
        asyncio.run(prepare(f"sqlite+aiosqlite:///{template}"))
        for _ in range(rounds):
            for how, told in done.items():
                shutil.copyfile(template, copied)
                told.append(run_once(how, copied))
                assert told[-1]["rows"] == ELIGIBLE, told
                for left in Path(name).glob("copy.db*"):
                    left.unlink()
    seconds = {how: [one["seconds"] for one in told] for how, told in done.items()}
    yield raw(f"bare INSERT … SELECT of {ELIGIBLE:,} rows", seconds["bare"], "s")
    yield raw(f"ours, {ELIGIBLE:,} of {RECIPIENTS:,} readers, unique and filtered", seconds["station"], "s")
    yield at_most("against the bare statement", ratio(seconds["station"], seconds["bare"]), 2, "×")
    yield at_most("resident memory at most", max(one["memory"] for one in done["station"]), 200, "MB")


if __name__ == "__main__":
    print(json.dumps(asyncio.run(once(*sys.argv[1:]))), flush=True)
