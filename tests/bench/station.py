"""STATION: the whole send station on SQLite (claim, send, record durably) beside its peers, which only send.

All with 64 requests in flight to a server that answers at once, in short rounds by turns: each ratio is taken within
a round, since the machine is not equally quick in all of them. The readers have ten languages and three modes.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import ground
from tests.bench.clients import Client, ours, peer
from tests.bench.figures import Figure, at_least, at_most, ratio, raw
from tests.bench.serving import load_server

IN_FLIGHT, SECONDS = 64, 3.0
UNLIMITED = 1_000_000.0
PEERS = {
    "aiohttp": "bare aiohttp client",
    "telegram": "python-telegram-bot, Bot.send_message",
    "telegram_limited": "the same with AIORateLimiter(1000/s)",
    "aiogram": "aiogram 3, Bot.send_message",
}
OURS = "ours, whole station"
_QUICKEST = 10_000  # messages a second: so many rows must wait for each round


async def prepare(database: str, recipients: int) -> None:
    """Rows that wait, for all rounds."""
    async with ground.opened(database) as sessions:
        await ground.settle(sessions, recipients)
        await ground.publish(sessions, datetime.now(UTC))
        await ground.fan_out(sessions, datetime.now(UTC))


def measure(rounds: int) -> Iterator[Figure]:
    """Five clients by turns."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, load_server() as server, ExitStack() as stack:
        database = f"sqlite+aiosqlite:///{folder}/bench.db"
        asyncio.run(prepare(database, round((rounds + 1) * SECONDS * _QUICKEST)))
        message = Path(folder) / "message.json"
        ground.write_message(message)
        clients = {name: stack.enter_context(peer(name, server.url, message)) for name in PEERS}
        clients["ours"] = stack.enter_context(ours("sender", database, server.url))
        done: dict[str, list[dict[str, Any]]] = {name: [] for name in clients}
        busy = []
        for number in range(rounds + 1):
            for name, one in clients.items():
                server.configure()
                told = _round(one)
                if number:  # the first is for warming up
                    done[name].append(told)
                    busy.append(server.cpu() / told["seconds"])
    yield from _figures(done, max(busy))


def _round(one: Client) -> dict[str, Any]:
    told = one.round(seconds=SECONDS, in_flight=IN_FLIGHT, rate=None if one.name in PEERS else UNLIMITED)
    if told.get("dry"):
        msg = f"{one.name}: nothing was left to send"
        raise RuntimeError(msg)
    return told


def _figures(done: dict[str, list[dict[str, Any]]], busy: float) -> Iterator[Figure]:
    speed = {name: [one["messages"] / one["seconds"] for one in told] for name, told in done.items()}
    cost = {name: [one["cpu"] / one["messages"] * 1e6 for one in told] for name, told in done.items()}
    for name, title in {**PEERS, "ours": OURS}.items():
        yield raw(f"{title}: messages/s", speed[name], "/s")
    for name, title in {**PEERS, "ours": OURS}.items():
        yield raw(f"{title}: CPU per message", cost[name], "µs")
    yield at_least(OURS, statistics.median(speed["ours"]), 2000, "/s")
    yield at_least("against Bot.send_message", ratio(speed["ours"], speed["telegram"]), 10, "×")
    yield at_least("against aiogram without a database", ratio(speed["ours"], speed["aiogram"]), 1, "×")
    yield at_most("CPU per message against bare aiohttp", ratio(cost["ours"], cost["aiohttp"]), 4, "×")
    yield at_most("the load server is no bottleneck: busiest round", busy * 100, 80, "% of a core")
