"""GROWTH: what an alert costs for 1 k, 10 k, 100 k and 1 M readers: time, memory, CPU per message.

All is sent up to 100 k. Of a million the first 20,000 and the last 20,000 are: what lies between is marked as sent by
one statement, so that claiming from a full and from a nearly empty ledger of that size are both measured.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.bench import ground
from tests.bench.clients import ours
from tests.bench.fanning_out import run_once
from tests.bench.figures import Figure, at_most, raw
from tests.bench.serving import LoadServer, load_server
from tests.bench.station import IN_FLIGHT, UNLIMITED

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SAMPLED, SAMPLE = 1_000_000, 20_000
_EVER = 3600.0
_SKIP = text("""
UPDATE deliveries SET status = 'sent', done_at = 0
WHERE status = 'pending' AND id <= (SELECT MAX(id) FROM deliveries) - :left
""")


async def prepare(database: str, recipients: int) -> None:
    """Readers who hear everything, and an alert."""
    async with ground.opened(database) as sessions:
        await ground.settle(sessions, recipients)
        await ground.publish(sessions, datetime.now(UTC))


async def leave(database: str, left: int) -> None:
    """Let all but the last few be done."""
    async with ground.opened(database) as sessions, sessions.begin() as session:
        await session.execute(_SKIP, {"left": left})


def measure(rounds: int) -> Iterator[Figure]:
    """One size after the other, each on a database of its own."""
    told = {}
    with load_server() as server:
        for size in SIZES:
            told[size] = _of_size(size, server)
            yield from _figures(f"{size:,} readers", size, told[size])
    first, last = told[10_000], told[SIZES[-1]]
    yield at_most("CPU per message, 1,000,000 against 10,000", _each(last) / _each(first), 1.5, "×")
    yield at_most("resident memory, 1,000,000 against 10,000", last["memory"] / first["memory"], 1.5, "×")


def _of_size(size: int, server: LoadServer) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        path = Path(folder) / "bench.db"
        database = f"sqlite+aiosqlite:///{path}"
        asyncio.run(prepare(database, size))
        fanned_out = run_once("station", path)
        server.configure()
        with ours("sender", database, server.url) as sender:
            order = {"rate": UNLIMITED, "in_flight": IN_FLIGHT}
            parts = []
            if size >= SAMPLED:
                parts.append(sender.round(seconds=_EVER, most=SAMPLE, **order))
                asyncio.run(leave(database, SAMPLE))
            parts.append(sender.round(seconds=_EVER, **order))
        assert parts[-1]["dry"], parts
    return {
        "fan_out": fanned_out["seconds"],
        "messages": sum(one["messages"] for one in parts),
        "seconds": sum(one["seconds"] for one in parts),
        "cpu": sum(one["cpu"] for one in parts),
        "memory": max(fanned_out["memory"], *(one["memory"] for one in parts)),
    }


def _each(told: dict[str, Any]) -> float:
    """Microseconds of CPU for one message."""
    return told["cpu"] / told["messages"] * 1e6


def _figures(name: str, size: int, told: dict[str, Any]) -> Iterator[Figure]:
    speed = told["messages"] / told["seconds"]
    yield raw(f"{name}: fan-out", [told["fan_out"]], "s")
    yield raw(f"{name}: sending{'' if told['messages'] == size else ', at this speed'}", [size / speed], "s")
    yield raw(f"{name}: messages sent and measured", [told["messages"]], "")
    yield raw(f"{name}: messages/s", [speed], "/s")
    yield raw(f"{name}: CPU per message", [_each(told)], "µs")
    yield raw(f"{name}: resident memory at most", [told["memory"]], "MB")
