"""PACING and WORKERS: how evenly messages leave, as a server with 80 ms of latency and a strict limit sees them.

One process on SQLite at 30 and at 1,000 messages a second; four processes on PostgreSQL that share 1,000. The server
refuses with 429 what is above the bound in any sliding second. python-telegram-bot's own limiter is shown beside.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from tests import postgres
from tests.bench import ground
from tests.bench.clients import Client, ours, peer
from tests.bench.figures import Figure, at_least, at_most, exactly, raw
from tests.bench.serving import Arrival, LoadServer, fullest_second, load_server

LATENCY = 0.08
SECONDS = {30: 20.0, 1000: 12.0}
WORKERS = 4


def most_in_a_second(rate: int) -> int:
    """The allowance and 2 % of it, or one message."""
    return rate + max(rate // 50, 1)


async def prepare(database: str, recipients: int) -> None:
    """An alert whose deliveries wait."""
    async with ground.opened(database) as sessions:
        await ground.settle(sessions, recipients)
        await ground.publish(sessions, datetime.now(UTC))
        await ground.fan_out(sessions, datetime.now(UTC))


def measure(rounds: int) -> Iterator[Figure]:
    """One process. `rounds` does not matter: a round is long."""
    with load_server() as server:
        for rate, seconds in SECONDS.items():
            with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
                database = f"sqlite+aiosqlite:///{folder}/bench.db"
                asyncio.run(prepare(database, round(rate * seconds * 1.5)))
                with ours("sender", database, server.url) as sender:
                    yield from _paced(f"{rate}/s", server, [sender], rate)
        yield from _limiter(server)


def measure_workers(rounds: int) -> Iterator[Figure]:
    """Four processes, one budget."""
    with load_server() as server, postgres.running() as cluster:
        yield from asyncio.run(_workers(server, cluster))


async def _workers(server: LoadServer, cluster: postgres.Server) -> list[Figure]:
    async with cluster.database(migrated=True) as database:
        await prepare(database, round(1000 * SECONDS[1000] * 1.5))
        with ExitStack() as stack:
            several = [stack.enter_context(ours("sender", database, server.url)) for _ in range(WORKERS)]
            return list(_paced(f"{WORKERS} workers, 1000/s together", server, several, 1000))


def _paced(name: str, server: LoadServer, senders: Sequence[Client], rate: int) -> Iterator[Figure]:
    server.configure(latency=LATENCY, per_second=most_in_a_second(rate))
    for sender in senders:
        sender.begin(seconds=SECONDS[rate], rate=rate)
    told = [sender.end() for sender in senders]
    yield from figures_of(name, server.arrivals(), rate)
    yield raw(f"{name}: CPU", [one["cpu"] / one["seconds"] * 100 for one in told], "% of a core")


def figures_of(name: str, arrivals: Sequence[Arrival], rate: int) -> Iterator[Figure]:
    """From the first message to the last."""
    moments = [one.at for one in arrivals]
    share = (len(moments) - 1) / (moments[-1] - moments[0]) / rate * 100
    yield raw(f"{name}: messages", [len(moments)], "")
    yield at_least(f"{name}: of the allowance, no less", share, 98, "%")
    yield at_most(f"{name}: of the allowance, no more (rounded)", round(share), 100, "%")
    most = most_in_a_second(rate)
    yield at_most(f"{name}: messages in the fullest sliding second", fullest_second(moments), most, "")
    yield exactly(f"{name}: refused with 429", sum(one.status == 429 for one in arrivals), 0)


def _limiter(server: LoadServer) -> Iterator[Figure]:
    """What the library's own limiter does at 30/s; without a strict limit, since it does not go on after a 429."""
    with tempfile.TemporaryDirectory() as folder:
        message = Path(folder) / "message.json"
        ground.write_message(message)
        with peer("telegram_limited", server.url, message) as client:
            server.configure(latency=LATENCY)
            client.round(seconds=5, in_flight=64, rate=30)
    moments = [one.at for one in server.arrivals()]
    yield raw("AIORateLimiter(30/s): messages in the fullest sliding second", [fullest_second(moments)], "")
