"""The loop that sends: one round of the send station after the other, at once when something is due. Decides nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.context import Services, woken
from bot.database import departures_folder
from subscribers import send
from subscribers.pace import Pace
from subscribers.store.departures import Departures

_IDLE_SECONDS: Final = 1.0
_HALT_SECONDS: Final = 60.0
_log = logging.getLogger(__name__)


class Sender:
    """One process's share of the sending. Made once: the pace remembers between rounds."""

    def __init__(self, services: Services, messenger: send.Messenger) -> None:
        settings = services.settings
        self._services = services
        self._sending = send.Sending(
            sessions=services.sessions,
            messenger=messenger,
            catalogues=services.catalogues,
            pace=Pace(settings.telegram.rate),
            worker=secrets.token_hex(8),
            lease=timedelta(seconds=settings.delivery.lease_seconds),
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set: then nothing more is claimed, and what is in flight lands and is recorded."""
        due = self._services.due
        with contextlib.ExitStack() as stack:
            sending = replace(self._sending, departures=self._noted(stack))
            while not stopping.is_set():
                due.clear()
                if pause := await self._round(sending, stopping):
                    await woken(pause, due, stopping)

    def _noted(self, stack: contextlib.ExitStack) -> Departures | None:
        """Where it is noted what leaves. Sending does not depend on it: without, more counts as sent after a crash."""
        folder = departures_folder(self._services.settings.database.url)
        try:
            departures = Departures.begin(folder, self._sending.worker) if folder else None
        except OSError as error:
            _log.warning("%s: departures cannot be noted (%s)", folder, error.strerror or error)
            return None
        if departures is not None:
            stack.callback(departures.close)
        return departures

    async def _round(self, sending: send.Sending, stopping: asyncio.Event) -> float:
        """Send what is due; seconds to wait for more, unless something becomes due before."""
        try:
            report = await send.send(sending, self._services.clock(), stop=stopping)
        except Exception:  # noqa: BLE001 - whatever it was, the rest must go out
            _log.exception("sending failed; it is tried again in %s s", _IDLE_SECONDS)
            return _IDLE_SECONDS
        if report.halted:
            _log.critical("Telegram refuses the token, or another process polls with it: nothing is sent")
            return _HALT_SECONDS
        return 0.0 if report.more else _IDLE_SECONDS
