"""APPROVAL: from a moderator's approval to the first request at the server, canary off. The whole bot runs.

The clock starts before the decision is written down, and stops when the server has the first reader's message.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from alerts import review
from alerts.alert import Alert, AlertStatus
from alerts.case import CaseStatus
from alerts.seal import write_key_file
from alerts.step import Step
from bot.app import Running, running
from bot.config import Settings
from bot.life import settle
from tests.alerts import reviewing
from tests.bench import ground
from tests.bench.figures import Figure, at_most, raw
from tests.bench.serving import LoadServer, load_server

READERS = 20
_PATIENCE = 30.0


def measure(rounds: int) -> Iterator[Figure]:
    """One approval after the other, each when the one before has reached everybody."""
    with load_server() as server:
        taken = asyncio.run(_approvals(server, rounds))
    yield raw("from approval to the first request", taken, "ms")
    yield at_most("median", statistics.median(taken), 100, "ms")


async def _approvals(server: LoadServer, rounds: int) -> list[float]:
    taken = []
    async with _bot(server) as bot:
        for number in range(rounds):
            alert = await _draft(bot, number)
            await asyncio.to_thread(server.configure)
            began = time.monotonic()
            step = Step(bot.services.sessions, alert.id, reviewing.ANNA, datetime.now(UTC))
            approved = await review.approve(step, alert.revision, 1)
            assert isinstance(approved, Alert), approved
            assert approved.status is AlertStatus.APPROVED, approved
            bot.services.nudge.set()
            taken.append((await _first_message(server) - began) * 1000)
    return taken


@asynccontextmanager
async def _bot(server: LoadServer) -> AsyncIterator[Running]:
    """The bot as `run` makes it, with a few readers."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        write_key_file(folder / "seal.key", bytes(range(64)))
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        async with ground.opened(url) as sessions:
            await ground.settle(sessions, READERS)
        settings = Settings(
            organisation={"name": "Example Watch", "contact": "contact@example.org"},
            telegram={"token": "1:bench", "base_url": server.url},
            database={"url": url},
            privacy={"key_file": folder / "seal.key"},
        )
        async with running(settings) as bot:
            settle()
            yield bot


async def _draft(bot: Running, number: int) -> Alert:
    """A draft of a case that has become imminent, once the bot has made it."""
    sessions = bot.services.sessions
    case_id = await reviewing.add_case(sessions, key=str(number))
    await reviewing.change_case(sessions, case_id, status=CaseStatus.IMMINENT)
    async with asyncio.timeout(_PATIENCE):
        while (alert := await reviewing.open_alert(sessions, case_id)) is None:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.1)
    return alert


async def _first_message(server: LoadServer) -> float:
    """When it came; returns once every reader has theirs."""
    async with asyncio.timeout(_PATIENCE):
        while len(came := await asyncio.to_thread(server.arrivals)) < READERS:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    assert {one.chat for one in came} == {ground.FIRST_CHAT + n for n in range(1, READERS + 1)}
    return came[0].at
