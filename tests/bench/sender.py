"""A process that sends: our station with the real messenger and transport, round by round as it is told.

`python -m tests.bench.sender DATABASE_URL SERVER_URL`. Each line of standard input is a JSON object: an `Order`. With
`urgent_after` a most urgent alert is published so many seconds into the round. Answered with JSON: `messages`, `seconds`, `cpu` and `urgent_at` (seconds of the machine's monotonic clock), `memory`
in MB, `dry` when nothing was left to be sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event

from alerts.locales import load
from bot.database import open_engine, open_sessions
from bot.life import settle
from bot.messenger import TelegramMessenger
from bot.transport import open_bulk_bot
from subscribers.delivery import DeliveryStatus
from subscribers.pace import Pace
from subscribers.send import Sending, send
from tests.bench import ground

TOKEN = "1:bench"
CATALOGUES = load()
_IDLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a round is to do."""

    seconds: float
    rate: float
    in_flight: int | None = None  # None: as many as the station finds right for the rate
    urgent_after: float | None = None
    most: int | None = None  # messages after which no further turn of the station begins


@contextlib.asynccontextmanager
async def tools(database: str, server: str, order: Order) -> AsyncIterator[Sending]:
    """The station's tools as the composition root makes them."""
    engine = open_engine(database)
    sessions = open_sessions(engine, ground.SEALER)
    try:
        pace = Pace(order.rate, order.in_flight)
        async with open_bulk_bot(TOKEN, server, pace.in_flight) as bot:
            yield Sending(
                sessions, TelegramMessenger(bot), CATALOGUES, pace, worker=f"{time.monotonic_ns():x}"
            )
    finally:
        await engine.dispose()


async def round_of(database: str, server: str, order: Order) -> dict[str, Any]:
    """Send for so long, all results recorded."""
    async with tools(database, server, order) as sending:
        stop = asyncio.Event()
        began, cpu, sent, dry = time.monotonic(), time.process_time(), 0, False
        async with asyncio.TaskGroup() as group:
            urgent = group.create_task(_lead(database, order, stop))
            while not stop.is_set():
                report = await send(sending, datetime.now(UTC), stop=stop)
                sent += report.left[DeliveryStatus.SENT]
                dry = report.next_due is None and not report.halted and not stop.is_set()
                if dry or (order.most is not None and sent >= order.most):
                    stop.set()
                elif not report.more:
                    await _idle(stop)
        return {
            "messages": sent,
            "seconds": time.monotonic() - began,
            "cpu": time.process_time() - cpu,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "dry": dry,
            "urgent_at": urgent.result(),
        }


async def _idle(stop: asyncio.Event) -> None:
    """As long as the bot's own loop waits when nothing is due."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), _IDLE_SECONDS)


async def _lead(database: str, order: Order, stop: asyncio.Event) -> float | None:
    """Publish in mid-broadcast if that is asked for, and stop `seconds` after; see `_publish_urgent`."""
    published_at = None
    if order.urgent_after is not None:
        await asyncio.sleep(order.urgent_after)
        published_at = await _publish_urgent(database)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), order.seconds)
    stop.set()
    return published_at


async def _publish_urgent(database: str) -> float:
    """The moment just before the first deliveries of it were there for the station to see."""
    commits: list[float] = []
    engine = open_engine(database)
    event.listen(engine.sync_engine, "commit", lambda _: commits.append(time.monotonic()))
    try:
        sessions, now = open_sessions(engine, ground.SEALER), datetime.now(UTC)
        await ground.publish(sessions, now, lane=0, number=ground.URGENT)
        commits.clear()
        await ground.fan_out(sessions, now)
    finally:
        await engine.dispose()
    return commits[0]


def main(database: str, server: str) -> None:
    """Round by round until the input ends."""
    settle()
    for line in sys.stdin:
        print(json.dumps(asyncio.run(round_of(database, server, Order(**json.loads(line))))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
