"""One life of the process: from the first signal to the exit, which comes within ten seconds whatever hangs.

What is built and torn down is in bot/app.py; here is only when.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import threading
from typing import Final

from bot.app import first_of, running
from bot.config import Settings
from bot.role import Role

_LAST_SECONDS: Final = 9.0
"""From the signal to the end of what hangs: a database that is locked, a thread that waits for it."""
_log = logging.getLogger(__name__)


async def run_until_stopped(settings: Settings, role: Role = Role.ALL) -> None:
    """Run until SIGTERM or SIGINT, which also end the wait for a Telegram that cannot be reached."""
    stop = asyncio.Event()
    _obey(stop)
    if settings.moderation.second_factor == "none":
        _log.warning("second_factor is none: whoever holds a moderator's phone can approve")
    up = asyncio.Event()
    life = asyncio.create_task(_live(settings, role, up, stop), name="life")
    await first_of(life, stop.wait())
    if not up.is_set():
        life.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await life


async def _live(settings: Settings, role: Role, up: asyncio.Event, stop: asyncio.Event) -> None:
    async with running(settings, role=role) as alive:
        up.set()
        settle()
        _log.info("running as %s", role)
        await first_of(alive.duties, stop.wait())
        _log.info("stopping")


def settle() -> None:
    """Let the collector pass over all that was loaded: it stays, and looking through it stops everything for 70 ms."""
    gc.collect()
    gc.freeze()


def _obey(stop: asyncio.Event) -> None:
    """Set `stop` at a signal, and end the process for good when that has not ended it.

    The loop's own handlers run only when the loop does; these run even while it is busy.
    """
    loop = asyncio.get_running_loop()

    def on_signal(*_: object) -> None:
        # What is torn off stands in the ledger, and goes on from there (delivery.md 2.3).
        last = threading.Timer(_LAST_SECONDS, os._exit, (1,))
        last.daemon = True
        last.start()
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
