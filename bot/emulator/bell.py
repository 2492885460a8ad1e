"""A bell that wakes everyone who waits: how people, polls and tests wait for news without asking again and again.

It carries no news itself: whoever is woken looks again at what they wait for.
"""

from __future__ import annotations

import asyncio


class Bell:
    """Rung whenever something changed; made outside of any loop, waited for inside one."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake all who wait now."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def rung(self) -> None:
        """Wait for the next ring. Look before calling: nothing can ring between a look and this call."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
