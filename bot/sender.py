"""The loop that sends: one round of the send station after the other, at once when something is due. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import timedelta
from typing import Final

from bot.context import Services, woken
from subscribers import send
from subscribers.pace import Pace

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
            worker=secrets.token_hex(4),
            lease=timedelta(seconds=settings.delivery.lease_seconds),
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set: then nothing more is claimed, and what is in flight lands and is recorded."""
        due = self._services.due
        while not stopping.is_set():
            due.clear()
            if pause := await self._round(stopping):
                await woken(pause, due, stopping)

    async def _round(self, stopping: asyncio.Event) -> float:
        """Send what is due; seconds to wait for more, unless something becomes due before."""
        try:
            report = await send.send(self._sending, self._services.clock(), stop=stopping)
        except Exception:  # noqa: BLE001 - whatever it was, the rest must go out
            _log.exception("sending failed; it is tried again in %s s", _IDLE_SECONDS)
            return _IDLE_SECONDS
        if report.halted:
            _log.critical("Telegram refuses the token, or another process polls with it: nothing is sent")
            return _HALT_SECONDS
        return 0.0 if report.more else _IDLE_SECONDS
