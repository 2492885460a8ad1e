"""Live messages: what moderators watch while it changes. Known to this process only, and forgotten when it ends.

Whoever watched asks again after a restart: the buttons under the old message still work. Telegram is not spoken to
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

EVERY: Final = timedelta(seconds=2)
"""How often a live message changes at most."""

WATCHED: Final = timedelta(hours=24)
"""For how long; a broadcast that is paused until somebody says so must not be counted for ever."""

MOST: Final = 3
"""Live messages of one chat; the oldest is let go."""

_SHARE: Final = 20
"""Counting may take a twentieth of the time: of a broadcast to a million it takes a second, and comes each twenty."""
_BUTTONS_LAST: Final = timedelta(minutes=10)


@dataclass(slots=True)
class LiveMessage:
    """One message about one broadcast, in one chat and language. `text`: as it stands there now, drawn at `drawn_at`."""

    chat: int
    message_id: int
    alert_id: int
    locale: str
    since: datetime
    due: datetime
    text: str = ""
    drawn_at: datetime | None = None

    def is_stale(self, text: str, now: datetime) -> bool:
        """Whether it must be drawn again: it would say something else, or its buttons will soon be too old."""
        return self.drawn_at is None or text != self.text or now - self.drawn_at >= _BUTTONS_LAST

    def drawn(self, text: str, now: datetime) -> None:
        """It says this now."""
        self.text, self.drawn_at = text, now

    def put_off(self, now: datetime, cost: timedelta) -> None:
        """Come back later; the later, the longer it took to count."""
        self.due = now + max(EVERY, cost * _SHARE)


class LiveMessages:
    """All that is watched just now."""

    def __init__(self) -> None:
        self._all: dict[tuple[int, int], LiveMessage] = {}

    def watch(self, one: LiveMessage) -> None:
        """Keep it up to date from now on."""
        self._all.pop((one.chat, one.message_id), None)
        mine = [key for key in self._all if key[0] == one.chat]
        for key in mine[: len(mine) - MOST + 1]:
            del self._all[key]
        self._all[one.chat, one.message_id] = one

    def let_go(self, one: LiveMessage) -> None:
        """Nothing more happens to it."""
        self._all.pop((one.chat, one.message_id), None)

    def due(self, now: datetime) -> list[LiveMessage]:
        """Those whose turn it is; what was watched for too long is let go."""
        for one in [each for each in self._all.values() if now - each.since >= WATCHED]:
            self.let_go(one)
        return [one for one in self._all.values() if one.due <= now]
