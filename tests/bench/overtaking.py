"""OVERTAKING: a most urgent alert, published in the middle of a digest for 100,000, is heard within the next 100 sends.

Counted by the server: messages that came after the alert's deliveries were there and before the first of them.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.bench import ground
from tests.bench.clients import ours
from tests.bench.figures import Figure, at_most, raw
from tests.bench.serving import LoadServer, load_server
from tests.bench.station import IN_FLIGHT, UNLIMITED

RECIPIENTS = 100_000
PACES: dict[str, tuple[float, dict[str, Any]]] = {
    "30/s, 80 ms": (0.08, {"rate": 30}),
    "1000/s, 80 ms": (0.08, {"rate": 1000}),
    "as fast as it goes, 0 ms": (0.0, {"rate": UNLIMITED, "in_flight": IN_FLIGHT}),
}
_AFTER, _SECONDS = 3.0, 5.0
"""Into the digest, the alert is published; so long after that the round ends."""


async def prepare(database: str) -> int:
    """A digest for everybody; how many."""
    async with ground.opened(database) as sessions:
        await ground.settle(sessions, RECIPIENTS)
        return await ground.list_digest(sessions, datetime.now(UTC))


def measure(rounds: int) -> Iterator[Figure]:
    """At three paces, a database for each."""
    for name, (latency, order) in PACES.items():
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, load_server() as server:
            database = f"sqlite+aiosqlite:///{folder}/bench.db"
            listed = asyncio.run(prepare(database))
            assert listed == RECIPIENTS, listed
            server.configure(latency=latency, marks=[ground.URGENT])
            with ours("sender", database, server.url) as sender:
                told = sender.round(seconds=_SECONDS, urgent_after=_AFTER, **order)
            yield from _figures(name, server, told["urgent_at"])


def _figures(name: str, server: LoadServer, published_at: float) -> Iterator[Figure]:
    arrivals = server.arrivals()
    before = sum(one.at <= published_at for one in arrivals)
    first = next((place for place, one in enumerate(arrivals) if one.mark), math.inf)  # never came: missed
    yield raw(f"{name}: messages of the digest before", [before], "")
    yield at_most(f"{name}: the urgent alert's place among what follows", first - before + 1, 100, "")
