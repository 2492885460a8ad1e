"""Telegram's limits on sending, enforced with 429 when a test turns them on.

Telegram does not publish how it counts; this counts sliding windows, as strictly as the published figures.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from bot.emulator.errors import too_many_requests

_COUNTED = ("send", "edit", "copy", "forward")
_SECOND = 1.0
_MINUTE = 60.0


@dataclass(slots=True)
class Limits:
    """At most so many messages: over all chats a second, to one chat a second, to one group a minute."""

    a_second: int = 30
    a_second_to_one_chat: int = 1
    a_minute_to_one_group: int = 20
    _times: dict[tuple[int | None, float], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, method: str, chat_id: int) -> None:
        """Count a call.

        Raises:
            BotApiError: 429, with the seconds until it would fit.
        """
        if not method.startswith(_COUNTED) or method == "sendChatAction":
            return
        now = time.monotonic()
        windows: list[tuple[int | None, float, int]] = [
            (None, _SECOND, self.a_second),
            (chat_id, _SECOND, self.a_second_to_one_chat),
        ]
        if chat_id < 0:
            windows.append((chat_id, _MINUTE, self.a_minute_to_one_group))
        wait = max(self._wait(key, seconds, most, now) for key, seconds, most in windows)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        for key, seconds, _ in windows:
            self._times[key, seconds].append(now)

    def _wait(self, key: int | None, seconds: float, most: int, now: float) -> float:
        """Tell how long until one more call fits into a window."""
        times = self._times[key, seconds]
        while times and now - times[0] >= seconds:
            times.popleft()
        return times[-most] + seconds - now if len(times) >= most else 0.0
