"""Station: claims due deliveries, performs them through a Messenger, records what became of each.

Results and new claims share short transactions, most urgent first; nothing is sent within one, and nothing that is not
marked as dispatched by one that is committed. Rows are claimed a quarter of a second ahead at most, and what is more
urgent leaves first, so an urgent alert overtakes a broadcast. What is claimed and not tried (a pause, a halt, the end of
the round) goes back uncounted. How errors of Telegram become outcomes is the Messenger's matter.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from subscribers.send.round import Round
from subscribers.send.terms import Messenger, Report, Sending

__all__ = ["Messenger", "Report", "Sending", "send"]

_ROUND: Final = timedelta(minutes=1)
"""Long, since nothing new leaves while its last messages land."""


async def send(
    sending: Sending, now: datetime, *, lasting: timedelta = _ROUND, stop: asyncio.Event | None = None
) -> Report:
    """Send what is due for at most `lasting`, or until `stop` is set; what is in flight then is waited for.

    After a `stop` only for `sending.patience`; what has not answered by then may have arrived. Raises the database's
    error when nothing could be recorded for as long as a lease lasts.
    """
    return await Round(sending, now, lasting, stop or asyncio.Event()).run()
