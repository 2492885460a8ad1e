"""A story from its first life to its end: starts real processes, waits for what they do, gathers the evidence.

The lives are forked from one process that has loaded the bot (multiprocessing's forkserver), so that a start takes a
fraction of a second; each is a process of its own, killed by SIGKILL like any other.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

from alerts import locales
from alerts.seal import Sealer, write_key_file
from bot.app import utc_now
from bot.commands import MENU
from bot.config import load
from bot.context import Services
from bot.database import open_engine, open_sessions
from tests.conftest import TEST_KEY
from tests.crash import recorder
from tests.crash.checker import Books, Bounds, Call, Kill, Verdict, check
from tests.crash.ledger import Ledger
from tests.crash.life import Life, live
from tests.crash.scenes import Scene, Stage, register_already

LEASE = 1
MODERATOR = 1001
PATIENCE = 40.0
"""Seconds within which a story must come to an end after its last kill, on a machine that is busy."""
_LANDING = 10.0
_GLANCE = 0.02
_CROWDED = 1.5
_RECOVERY = 5.0
_ENDED_BY_KILL = -signal.SIGKILL

Fill = Callable[[Stage], Awaitable[Scene]]


def crowding() -> float:
    """How many processes of this machine share a core: so many times longer everything takes."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def is_overrun() -> bool:
    """Whether so much else runs on this machine that a second, which is the lease here, is a short time."""
    return crowding() > _CROWDED


@contextmanager
def telegram() -> Iterator[Telegram]:
    """The recorder as a process of its own, and the place from which lives are forked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.life", "tests.crash.recorder"])
    ours, its = context.Pipe()
    process = context.Process(target=recorder.serve, args=(its,), daemon=True)
    process.start()
    its.close()
    try:
        yield Telegram(context, ours, ours.recv())
    finally:
        ours.close()
        process.join(_LANDING)


@dataclass
class Telegram:
    """Where the recorder listens, and how it is told of a bot."""

    context: ForkServerContext
    orders: Any
    port: int
    bots: int = 1000

    def know(self, **named: Any) -> recorder.Script:
        """A new bot with a record of its own."""
        self.bots += 1
        script = recorder.Script(token=f"{self.bots}:crash-test-token-of-nobody-at-all-000", **named)
        self.orders.send(script)
        assert self.orders.recv() == "known"
        return script


@dataclass
class Story:
    """One database, one record, and the processes that live on them."""

    folder: Path
    telegram: Telegram
    ledger: Ledger
    scene: Scene
    script: recorder.Script
    rate: int
    _lives: list[Living] = field(default_factory=list)

    def begin(
        self, *, kill_at: int | None = None, kill_on: str = "", variant: str = "", role: str = ""
    ) -> Living:
        """One more life."""
        life = Life(
            config=self.folder / "config.toml",
            effects=self.folder / f"effects-{len(self._lives)}",
            log=self.folder / "log",
            kill_at=kill_at,
            kill_on=kill_on,
            variant=variant,
            role=role,
        )
        process = self.telegram.context.Process(target=live, args=(life,), daemon=True)
        process.start()
        self._lives.append(Living(life, process))
        return self._lives[-1]

    async def until_over(self, *living: Living, within: float = PATIENCE) -> bool:
        """Wait until all is done (True), or until one of these has died (False)."""
        deadline = time.monotonic() + within
        while not await self.ledger.is_over(self.scene):
            if any(each.is_dead for each in living):
                return False
            if time.monotonic() > deadline:
                await self._give_up(living, within)
            await asyncio.sleep(_GLANCE)
        return True

    async def _give_up(self, living: tuple[Living, ...], within: float) -> None:
        for each in living:
            await each.kill()
        rows = [row for row in await self.ledger.everything() if row.status in {"pending", "dispatched"}]
        msg = f"not over after {within} s; still open: {rows[:5]}\n{self.log()[-3000:]}"
        raise AssertionError(msg)

    def kills(self) -> list[Kill]:
        """Every life that was killed. Recovery begins when somebody lives: a machine that is slow to start is no fault."""
        spans = [(times[0], times[-1]) for each in self._lives if (times := each.times())]
        return [
            Kill(at, max(at, min((first for first, last in spans if last > at), default=at)), each.worker())
            for each in self._lives
            if each.was_killed
            for at in each.times()[-1:]
        ]

    def calls(self) -> list[Call]:
        """The record."""
        lines = self.script.record.read_text(encoding="utf-8").splitlines()
        return [Call(**json.loads(line)) for line in lines]

    def log(self) -> str:
        """What the processes said."""
        path = self.folder / "log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    async def verdict(self) -> Verdict:
        """What the record and the ledger say."""
        bounds = Bounds(
            max(64, self.rate // 4), LEASE, recovery=_RECOVERY * crowding(), desk=frozenset({MODERATOR})
        )
        books = Books(await self.ledger.everything(), await self.ledger.lapses())
        return check(self.calls(), books, self.kills(), self.scene.subjects, bounds)


@dataclass
class Living:
    """A process that runs the bot."""

    life: Life
    process: ForkServerProcess

    def effects(self) -> list[str]:
        """All its side effects, in order."""
        return [line.split(maxsplit=1)[1] for line in self._lines()]

    def times(self) -> list[float]:
        """When each of them was, on the machine's monotonic clock."""
        return [float(line.split(maxsplit=1)[0]) for line in self._lines()]

    def worker(self) -> str:
        """The name under which it claimed; empty when it never did."""
        return self.life.worker.read_text() if self.life.worker.exists() else ""

    def _lines(self) -> list[str]:
        return self.life.effects.read_text().splitlines() if self.life.effects.exists() else []

    @property
    def is_dead(self) -> bool:
        """Whatever it died of."""
        return self.process.exitcode is not None

    @property
    def was_killed(self) -> bool:
        """It came to its n-th effect."""
        return self.process.exitcode == _ENDED_BY_KILL

    async def stop(self) -> None:
        """SIGTERM once it has begun to live, and the ten seconds that a stop may take."""
        assert self.process.pid is not None
        while not self.is_dead and not self._lines():  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(_GLANCE)
        if not self.is_dead:
            os.kill(self.process.pid, signal.SIGTERM)
        await self.ended()

    async def kill(self) -> None:
        """SIGKILL from outside."""
        self.process.kill()
        await self.ended()

    async def ended(self, within: float = _LANDING + 5) -> None:
        """Wait for its end; by default as long as a stop may take, and a little for a busy machine."""
        await asyncio.to_thread(self.process.join, within)
        assert self.is_dead, f"it has not ended within {within} s"


@asynccontextmanager
async def told(
    url: str, folder: Path, telegram: Telegram, fill: Fill, *, rate: int, faults: float = 0.0, seed: int = 0
) -> AsyncIterator[Story]:
    """A story whose scene is set and whose first life has not begun."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "record.jsonl"
    config = folder / "config.toml"
    write_key_file(folder / "seal.key", TEST_KEY)
    engine = open_engine(url)
    stage = Stage(open_sessions(engine, Sealer(TEST_KEY)), record)
    try:
        scene = await fill(stage)
        # The hour of a digest has come for a scene that is about it; for others it is too long ago to be caught up.
        hour = stage.now if scene.has_digest else stage.now - timedelta(hours=12)
        script = telegram.know(record=record, faults=faults, seed=seed, updates=scene.updates)
        config.write_text(_configuration(url, telegram, script, rate, hour), encoding="utf-8")
        config.chmod(0o600)
        services = Services(load(config), stage.sessions, Sealer(TEST_KEY), locales.load(), utc_now, MENU)
        await register_already(services)
        await Ledger(url).keep_lapses()
    finally:
        await engine.dispose()
    yield Story(folder, telegram, Ledger(url), scene, script, rate)


def _configuration(url: str, telegram: Telegram, script: recorder.Script, rate: int, hour: datetime) -> str:
    return f"""
[organisation]
name = "Example Watch"
contact = "contact@example.org"
[telegram]
token = "{script.token}"
base_url = "http://127.0.0.1:{telegram.port}"
paid_broadcast = true
rate = {rate}
[database]
url = "{url}"
[privacy]
key_file = "seal.key"
[moderation]
administrators = [{MODERATOR}]
[delivery]
lease_seconds = {LEASE}
[digest]
daily_at = "{hour:%H:%M}"
"""
