"""The queue of updates and the long polling of `getUpdates`.

It gives out updates in order, forgets what is acknowledged, and lets one process poll at a time. When a test asks for
it, it repeats what was acknowledged, gives the newest first, or lets what waits be old, as Telegram does on bad days.
Delivery to a webhook is not emulated: while one is set, polling is refused and updates wait.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bot.emulator.bell import Bell
from bot.emulator.errors import conflict

_LARGEST_LIMIT = 100
_LONGEST_POLL = 50
_ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class UpdateQueue:
    """Updates that the bot has not acknowledged yet."""

    def __init__(self) -> None:
        self.webhook = ""
        self.polls = 0
        self._allowed: frozenset[str] = frozenset()
        self._waiting: list[dict[str, Any]] = []
        self._past: list[dict[str, Any]] = []
        self._again: list[dict[str, Any]] = []
        self.newest_first = False
        self._next_id = 1
        self._closed = False
        self.bell = Bell()

    def add(self, kind: str, payload: dict[str, Any]) -> None:
        """Queue an update, unless the bot asked not to get its kind."""
        if kind not in self._allowed if self._allowed else kind in _ON_REQUEST_ONLY:
            return
        self._waiting.append({"update_id": self._next_id, kind: payload})
        self._next_id += 1
        self.bell.ring()

    def allow(self, kinds: list[str]) -> None:
        """Keep to these kinds from now on; an empty list means the default."""
        self._allowed = frozenset(kinds)

    @property
    def pending(self) -> int:
        """How many updates wait for the bot."""
        return len(self._waiting)

    @property
    def allowed(self) -> list[str]:
        """The kinds that the bot asked for; empty for the default."""
        return sorted(self._allowed)

    def drop(self) -> None:
        """Forget everything that waits."""
        self._waiting.clear()
        self.bell.ring()

    def repeat(self) -> None:
        """Give everything that was acknowledged once more, with the ids it had."""
        self._again += self._past
        self.bell.ring()

    def age(self, seconds: int) -> None:
        """Let the messages that wait have been written that much earlier."""
        for update in self._waiting:
            if "message" in update:
                update["message"]["date"] -= seconds

    def close(self) -> None:
        """End all polls, now and later, with an empty answer."""
        self._closed = True
        self.bell.ring()

    def open(self) -> None:
        """Let polls wait, at first and again after a close."""
        self._closed = False

    async def poll(self, offset: int, limit: int, timeout: int) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """Wait for updates as `getUpdates` does.

        Raises:
            BotApiError: 409, when a webhook is set or when a newer poll takes over. As at Telegram it is the
                older of two polls that is ended.
        """
        self._check_webhook()
        self.polls += 1
        mine = self.polls
        self.bell.ring()
        self._acknowledge(offset)
        limit = limit if 1 <= limit <= _LARGEST_LIMIT else _LARGEST_LIMIT
        try:
            async with asyncio.timeout(min(max(timeout, 0), _LONGEST_POLL)):
                while not (self._waiting or self._again or self._closed):
                    await self.bell.rung()
                    if self.polls != mine:
                        reason = "make sure that only one bot instance is running"
                        raise conflict(f"terminated by other getUpdates request; {reason}")
                    if self.webhook:
                        raise conflict("terminated by setWebhook request")
        except TimeoutError:
            return []
        return self._given()[:limit]

    def _given(self) -> list[dict[str, Any]]:
        again, self._again = self._again, []
        given = again + self._waiting
        return given[::-1] if self.newest_first else given

    def _check_webhook(self) -> None:
        if self.webhook:
            way_out = "use deleteWebhook to delete the webhook first"
            raise conflict(f"can't use getUpdates method while webhook is active; {way_out}")

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            self._waiting = self._waiting[offset:]
        elif offset > 0:
            self._past += [update for update in self._waiting if update["update_id"] < offset]
            self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
