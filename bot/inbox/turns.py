"""Whose turn it is: each person's updates in order, many people side by side, nobody kept waiting by a flood.

Moderators, and whoever wants to hear no more, have places of their own and go first. A person who sends much faster
than they are answered is flooding: until they have waited for an answer, they get one a second, and what does not fit
into their line is dropped. Pure: knows no database and no Telegram; the time is an argument, in seconds.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from bot.inbox.incoming import Incoming

AT_ONCE: Final = 8
"""People answered side by side; PostgreSQL's pool and SQLite's one writer make more of them no quicker."""
RESERVED: Final = 4
"""Further places that only the urgent may take."""
PATIENT: Final = 5
"""Unanswered updates of one person that are nothing unusual: quick fingers, a line that was down."""
QUICK: Final = 60
"""Answers to one person within a second that are nothing unusual, as long as each was waited for."""
KEPT: Final = 20
"""Unanswered updates of one person that are kept at all."""
MOST: Final = 5_000
"""Waiting updates of everybody; the rest waits at Telegram."""
_SECOND: Final = 1.0


class _Place(Enum):
    """Where a line stands whose first update has not begun."""

    URGENT = auto()
    READY = auto()
    LATER = auto()
    BEHIND = auto()  # somebody else is being answered in its chat


@dataclass(slots=True)
class _Line:
    """What one person waits for, and how they were answered lately."""

    waiting: deque[Incoming] = field(default_factory=deque)
    running: Incoming | None = None
    place: _Place | None = None
    flooding: bool = False
    began: float = float("-inf")
    not_before: float = float("-inf")
    second: float = float("-inf")
    answered: int = 0

    @property
    def ready_at(self) -> float:
        return max(self.not_before, self.began + _SECOND) if self.flooding else self.not_before

    @property
    def is_urgent(self) -> bool:
        return any(one.is_urgent for one in self.waiting)

    def take(self, now: float) -> Incoming:
        """The first of it begins."""
        one = self.running = self.waiting.popleft()
        self.began = now
        if now >= self.second + _SECOND:
            self.second, self.answered = now, 0
        self.answered += 1
        self.flooding = self.flooding or (self.answered > QUICK and not one.by_moderator)
        return one

    def put(self, one: Incoming) -> None:
        """One more waits; calls of a webhook may overtake one another, Telegram's numbers tell their order."""
        self.waiting.append(one)
        if len(self.waiting) > 1 and self.waiting[-2].update_id > one.update_id:
            self.waiting = deque(sorted(self.waiting, key=lambda each: each.update_id))
        unanswered = len(self.waiting) + (self.running is not None)
        self.flooding = self.flooding or (unanswered > PATIENT and not one.by_moderator)

    def drop_for(self, one: Incoming) -> list[Incoming]:
        """What need not wait any longer when somebody leaves: the same wish of before, and all of a flood in that chat."""
        dropped = [
            each
            for each in self.waiting
            if (one.same_as is not None and each.same_as == one.same_as and each.update_id < one.update_id)
            or (self.flooding and each.chat == one.chat and not each.is_urgent)
        ]
        self.waiting = deque(each for each in self.waiting if each not in dropped)
        return dropped


class Turns:
    """The lines of everybody who waits, or was answered within the last second."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, _Line] = {}
        self._queues: dict[_Place, deque[Hashable]] = {_Place.URGENT: deque(), _Place.READY: deque()}
        self._later: list[tuple[float, int, Hashable]] = []
        self._behind: dict[int, list[Hashable]] = {}
        self._idle: dict[Hashable, None] = {}
        self._chats: set[int] = set()
        self._counted = 0
        self._running = 0
        self.waiting = 0
        """How many updates wait for their turn."""

    def admitted(self, incoming: Iterable[Incoming]) -> list[Incoming]:
        """Those that are worth storing: not what asks again for what waits last, nor what no longer fits into a line."""
        chosen: list[Incoming] = []
        ahead: dict[Hashable, list[Incoming]] = {}
        for one in incoming:
            line = self._lines.get(_key(one))
            mine = ahead.setdefault(_key(one), list(line.waiting) if line else [])
            is_repeat = one.same_as is not None and bool(mine) and mine[-1].same_as == one.same_as
            if not is_repeat and (one.is_urgent or len(mine) < KEPT):
                mine.append(one)
                chosen.append(one)
        return chosen

    def add(self, one: Incoming, now: float) -> list[Incoming]:
        """Let it wait for its turn; what is dropped for it, which is of the same person in the same chat.

        Who floods and then wants to hear no more is not answered what they asked before. The last /stop counts.
        """
        self._forget_idle(now)
        key = _key(one)
        line = self._lines.setdefault(key, _Line())
        self._idle.pop(key, None)
        dropped = line.drop_for(one) if one.leaving else []
        line.put(one)
        self.waiting += 1 - len(dropped)
        self._stand(key, line)
        return dropped

    def begin(self, now: float) -> list[Incoming]:
        """Those whose turn has come; each must be given back with `end` or `again`."""
        self._forget_idle(now)
        while self._later and self._later[0][0] <= now:
            self._stand_again(heapq.heappop(self._later)[2])
        begun: list[Incoming] = []
        for place, places in ((_Place.URGENT, AT_ONCE + RESERVED), (_Place.READY, AT_ONCE)):
            queue = self._queues[place]
            while queue and self._running < places:
                key = queue.popleft()
                line = self._lines.get(key)
                if line is not None and line.place is place and self._is_free(key, line, now):
                    begun.append(self._begin(line, now))
        return begun

    def _is_free(self, key: Hashable, line: _Line, now: float) -> bool:
        """Whether it may begin now; otherwise it stands where it is found when it may."""
        chat = line.waiting[0].chat
        if line.ready_at > now:
            line.place = _Place.LATER
            self._counted += 1
            heapq.heappush(self._later, (line.ready_at, self._counted, key))
            return False
        if chat is not None and chat in self._chats:
            line.place = _Place.BEHIND
            self._behind.setdefault(chat, []).append(key)
            return False
        return True

    def _begin(self, line: _Line, now: float) -> Incoming:
        line.place = None
        one = line.take(now)
        self.waiting -= 1
        self._running += 1
        if one.chat is not None:
            self._chats.add(one.chat)
        return one

    def end(self, one: Incoming) -> None:
        """It is handled."""
        self._leave(one)

    def again(self, one: Incoming, at: float) -> None:
        """It failed, and is first in its line again from then on."""
        line = self._lines[_key(one)]
        line.waiting.appendleft(one)
        line.not_before = at
        self.waiting += 1
        self._leave(one)

    def _leave(self, one: Incoming) -> None:
        key = _key(one)
        line = self._lines[key]
        line.running = None
        self._running -= 1
        if one.chat is not None:
            self._chats.discard(one.chat)
            for other in self._behind.pop(one.chat, ()):
                self._stand_again(other)
        if line.waiting:
            self._stand(key, line)
        else:
            self._idle[key] = None

    def _stand_again(self, key: Hashable) -> None:
        if line := self._lines.get(key):
            line.place = None
            self._stand(key, line)

    def _stand(self, key: Hashable, line: _Line) -> None:
        """Among those whose turn may come; an entry elsewhere is passed over when it is found."""
        if line.running is not None or not line.waiting or line.place in {_Place.LATER, _Place.BEHIND}:
            return
        place = _Place.URGENT if line.is_urgent else _Place.READY
        if line.place is not place:
            line.place = place
            self._queues[place].append(key)

    def _forget_idle(self, now: float) -> None:
        """Nobody is remembered who was quiet for a second."""
        while self._idle:
            key = next(iter(self._idle))
            if self._lines[key].began + _SECOND > now:
                return
            del self._idle[key], self._lines[key]

    def next_at(self) -> float | None:
        """When somebody's turn comes merely because time passes; None: nobody's does."""
        return self._later[0][0] if self._later else None


def _key(one: Incoming) -> Hashable:
    """A line is one person's; what nobody sent is one of its own."""
    return one.person if one.person is not None else ("update", one.update_id)
