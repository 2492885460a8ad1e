"""The real process, for tests: configured, seeded with an alert and its readers, begun, listened to, and ended."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from alerts.seal import Sealer, new_key, read_key_file, write_key_file
from bot.database import Sessions, migrate, open_engine, open_sessions
from bot.emulator import Emulator
from tests.subscribers import world

TOKEN = "1234567:token-of-the-tests-that-opens-nothing-0"
FIRST_READER = 7_000_000_000  # of world.crowd


@dataclass
class Home:
    """A configuration, its key and its database; `url` is SQLite's beside it unless given."""

    folder: Path
    emulator: Emulator
    url: str = ""
    telegram: str = ""
    sealer: Sealer = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.url or f"sqlite+aiosqlite:///{self.folder / 'bot.db'}"
        write_key_file(self.folder / "seal.key", new_key())
        self.sealer = read_key_file(self.folder / "seal.key")
        self.config.write_text(f"""
[organisation]
name = "Lantern (test)"
contact = "desk@lantern.example"
[telegram]
token = "{TOKEN}"
base_url = "{self.emulator.base_url}"
{self.telegram}
[database]
url = "{self.url}"
[privacy]
key_file = "seal.key"
[moderation]
moderators = [9001, 9002]
""")
        self.config.chmod(0o600)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @asynccontextmanager
    async def sessions(self) -> AsyncIterator[Sessions]:
        engine = open_engine(self.url)
        try:
            await migrate(engine)
            yield open_sessions(engine, self.sealer)
        finally:
            await engine.dispose()

    async def seed(self, readers: int) -> None:
        """A published alert that nobody has been sent yet, and so many readers who have pressed Start."""
        async with self.sessions() as sessions:
            for chat in await world.crowd(sessions, readers):
                self.emulator.person(chat, started=True)
            await world.publish(sessions)

    async def alerts(self) -> Counter[str]:
        """How many deliveries of alerts stand in each status."""
        async with self.sessions() as sessions:
            return Counter(row.status for row in await world.rows(sessions) if row.alert_id is not None)

    async def alert(self) -> int:
        """One more alert, published while the bot runs."""
        async with self.sessions() as sessions:
            return await world.publish(sessions)

    def copies(self, readers: int) -> list[int]:
        """How many messages of alerts each reader has; the day's digest may come or not, by the clock on the wall."""
        people = [self.emulator.person(FIRST_READER + number) for number in range(readers)]
        return [sum(one.text.endswith("en normal") for one in person.messages) for person in people]

    async def begin(self, *words: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--config", str(self.config), *words),
            stderr=asyncio.subprocess.PIPE,
        )
        return Process(process)


class Process:
    """One that runs. What it writes is read all the time, so that it never waits for us."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log = ""
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log += line.decode()
            self._news.set()

    async def says(self, words: str) -> None:
        """Wait until it has written these words."""
        async with asyncio.timeout(30):
            while words not in self.log:
                self._news.clear()
                await self._news.wait()

    async def end(self) -> tuple[int | None, float]:
        """Wait for its end: the exit code, and after how many seconds."""
        began = monotonic()
        async with asyncio.timeout(30):
            await self.process.wait()
        await self._reader
        return self.process.returncode, monotonic() - began

    async def kill(self) -> None:
        """Whatever it does."""
        if self.process.returncode is None:
            self.process.kill()
        await self.end()
