"""Pace: how fast messages may leave, and when to stop for a while.

`Budget` is the one row that all workers share: slots at an even rate, and a pause for everyone. `Slots` are those that
one worker has reserved and not used yet. `Pace` is what it remembers between messages: who was written to a moment ago,
which slots it let pass, and whether Telegram answers at all. Times inside `Slots` and `Pace` are seconds of a monotonic
clock, given by the caller. `Brake` is what ends one round of sending. Sends nothing.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final

from subscribers.delivery import Claim, Next, Operation, Outcome, OutcomeKind, wait_asked

LOOK_AHEAD: Final = timedelta(milliseconds=250)
"""How far ahead slots are reserved: short, so that an urgent alert waits behind few messages."""

MOST_WAITING: Final = 96
MOST_CLAIMED: Final = 48
"""Rows that wait for their slots, and rows of one claim: few, so that no turn makes a slot late, and an urgent alert
overtakes within 100 sends (delivery.md 6). Thrice as many where there is no limit to keep."""

_UNLIMITED: Final = 3

MOST_GRANTED: Final = 1_000.0
"""Messages a second: Telegram grants nobody more (delivery.md section 1), so at a higher rate there is no limit to keep."""

PRIVATE_GAP: Final = 1.0
GROUP_GAP: Final = 3.0
"""Seconds between two messages to one chat: one a second, and 20 a minute in a group (delivery.md section 1)."""

BAD_IN_A_ROW: Final = 3
"""Refusals of its content, one after the other, that stop an alert's broadcast (delivery.md section 3)."""

_CHANCE: Final = SystemRandom()
_LEAST_WINDOW: Final = 64
_MOST_IN_FLIGHT: Final = 256
_MOST_WINDOW: Final = 1024
_SPARE: Final = (
    0.012  # of the allowance is never planned, so that no jitter on the way makes a second too full
)
_CATCH_UP: Final = 0.01  # of all slots, at most, makes up for slots that passed unused
_LATENESS: Final = 0.008  # seconds for which a slot is good: 0.8 % of a second's messages may be late at once
_DENSEST: Final = (
    1 / 3
)  # of some slots, at most, make up for others: closer together, jitter makes a second too full
_MOST_LOST: Final = 1.0  # seconds' worth of slots that are remembered to be made up for
_LONE_WAIT: Final = timedelta(seconds=5)
_SEVERAL: Final = 10.0  # seconds within which refusals of two chats mean that all are refused
_MEMORY: Final = 100  # outcomes looked at to tell whether Telegram is in trouble
_LONGEST_PROBE: Final = 60.0
_TROUBLE: Final = frozenset({OutcomeKind.AMBIGUOUS, OutcomeKind.NOT_SENT})


@dataclass(frozen=True, slots=True)
class Budget:
    """When the next slot is free, and a pause that holds for everyone."""

    next_slot: datetime
    not_before: datetime

    def opens(self, now: datetime) -> datetime:
        """The earliest moment at which a message may leave."""
        return max(self.next_slot, self.not_before, now)

    def is_open(self, now: datetime) -> bool:
        """Whether slots may be reserved now; otherwise come back when it `opens`."""
        return self.opens(now) <= now + LOOK_AHEAD

    def reserve(self, count: float, rate: float, now: datetime) -> Budget:
        """The budget after `count` messages at `rate` a second were given the slots from `opens(now)` on."""
        return replace(self, next_slot=self.opens(now) + timedelta(seconds=count / rate))

    def paused(self, until: datetime) -> Budget:
        """The budget with a pause; a longer one that is set already stays."""
        return replace(self, not_before=max(self.not_before, until))


class Slots:
    """Moments reserved for one worker, in order. One that is missed by too much is given up, not caught up on.

    Other workers' slots come right after it, and with a late burst between them a second would hold too much.
    """

    def __init__(self, rate: float) -> None:
        """`rate` in messages a second."""
        has_limit = rate <= MOST_GRANTED
        self._good_for = max(_LATENESS, 0.5 / rate) if has_limit else 1.0
        self._most = math.ceil(rate * (1 - _SPARE)) if has_limit else None
        self._interval = 1 / rate
        self._free: deque[float] = deque()
        self._used: deque[float] = deque(maxlen=self._most)
        self.missed = 0
        """How many were given up."""

    def __len__(self) -> int:
        return len(self._free)

    def add(self, count: int, first: float) -> None:
        """`count` slots at the rate, from `first` on."""
        self._free.extend(first + place * self._interval for place in range(count))

    def next(self, at: float) -> float | None:
        """Seconds until the next slot, zero when it is there; None when there is none left."""
        free = self._free
        while free and free[0] + self._good_for < at:
            free.popleft()
            self.missed += 1
        return max(0.0, free[0] - at, self._room_at() - at) if free else None

    def _room_at(self) -> float:
        """When one more would not make a second too full: slots that made up for others came close together."""
        return self._used[0] + 1 if len(self._used) == self._most else -math.inf

    def take(self, at: float) -> None:
        """Use the slot that `next` spoke of."""
        self._free.popleft()
        if self._most is not None:
            self._used.append(at)

    def of_this_second(self, at: float) -> int:
        """How many were used in the last second, or are still to be used."""
        while self._used and self._used[0] <= at - 1:
            self._used.popleft()
        return len(self._used) + len(self._free)


class Pace:
    """One worker's sense of time. Made once by the composition root and kept between runs of the send station."""

    def __init__(
        self, rate: float, in_flight: int | None = None, jitter: Callable[[], float] = _CHANCE.random
    ) -> None:
        """`rate` in messages a second over all chats, `jitter` gives [0, 1).

        `in_flight` requests at once: by default enough for the rate at a quarter of a second each, 64 to 256.
        """
        if rate <= 0:
            msg = f"the rate is {rate} messages a second; it must be positive"
            raise ValueError(msg)
        self.rate = rate
        self.planned = rate * (1 - _SPARE)
        self._times = _UNLIMITED if rate > MOST_GRANTED else 1
        self.in_flight = min(self.window, _MOST_IN_FLIGHT) if in_flight is None else in_flight
        self.jitter = jitter
        self._lost = 0.0
        self._left: datetime | None = None
        self._others_at = -math.inf
        self._recent: deque[tuple[float, int]] = deque()
        self._last: dict[int, float] = {}
        self._outcomes: deque[bool] = deque(maxlen=_MEMORY)
        self._probe = 0.0
        self._refused: tuple[int, float] | None = None

    @property
    def window(self) -> int:
        """Rows that may be marked as dispatched and not yet recorded (delivery.md 2.2)."""
        return min(_MOST_WINDOW, max(_LEAST_WINDOW, int(self.rate // 4)))

    @property
    def is_probing(self) -> bool:
        """Whether one message at a time finds out if Telegram answers again."""
        return self._probe > 0

    @property
    def most_waiting(self) -> int:
        """Rows that may wait for their slots: those of the time looked ahead."""
        return min(self._times * MOST_WAITING, max(1, math.ceil(self.rate * LOOK_AHEAD.total_seconds())))

    def claim_size(self, waiting: int, outstanding: int) -> int:
        """How many rows to claim next; of the `outstanding` some are `waiting` for their slot. One when probing."""
        if self._probe:
            return 0 if outstanding else 1
        most = self._times * MOST_CLAIMED
        return max(0, min(most, self.most_waiting - waiting, self.window - outstanding))

    def lose(self, slots: float) -> None:
        """Remember that slots of ours passed unused."""
        self._lost = min(self._lost + slots, self.rate * _MOST_LOST)

    def is_alone(self, next_slot: datetime, at: float) -> bool:
        """Whether nobody else has reserved anything for a second: the budget is as this worker left it."""
        if next_slot != self._left:
            self._others_at = at
        return at - self._others_at > 1

    def leave(self, next_slot: datetime) -> None:
        """Remember how the budget was left."""
        self._left = next_slot

    def catch_up(self, count: int, spare: float) -> float:
        """How many lost slots `count` new ones may make up for, so that no second holds too much.

        A few; but as many as there is room for (`spare`) in this second when all that left in it was this worker's.
        """
        made_up = min(self._lost, count * _DENSEST, max(spare, count * _CATCH_UP))
        self._lost -= made_up
        return made_up

    def too_soon(self, subscriber_id: int, *, is_group: bool, at: float) -> float:
        """Seconds until this chat may be written to again; zero when it may, which then counts as written to."""
        while self._recent and self._recent[0][0] <= at - GROUP_GAP:
            when, whom = self._recent.popleft()
            if self._last.get(whom) == when:
                del self._last[whom]
        gap = GROUP_GAP if is_group else PRIVATE_GAP
        left = self._last.get(subscriber_id, -math.inf) + gap - at
        if left > 0:
            return left
        self._last[subscriber_id] = at
        self._recent.append((at, subscriber_id))
        return 0.0

    def heed(self, subscriber_id: int, outcome: Outcome, at: float) -> timedelta | None:
        """Take note of an outcome; a pause for everyone, when there must be one.

        Either Telegram refuses several chats, or over half of the last 100 attempts had trouble.
        """
        if outcome.kind is OutcomeKind.WAIT:
            return self._refuse(subscriber_id, wait_asked(outcome), at)
        if outcome.kind is OutcomeKind.HALT:
            return None
        has_trouble = outcome.kind in _TROUBLE
        self._outcomes.append(has_trouble)
        if not has_trouble:
            self._refused = None
        return self._probe_on(has_trouble=has_trouble)

    def _refuse(self, subscriber_id: int, wait: timedelta, at: float) -> timedelta:
        """A 429 for one chat alone looks like one for the bot: the others wait little until a second chat is refused.

        One chat may be told to wait for an hour, and must not silence us for all (delivery.md section 1).
        """
        before, self._refused = self._refused, (subscriber_id, at)
        is_for_all = before is not None and before[0] != subscriber_id and at - before[1] <= _SEVERAL
        return wait if is_for_all else min(wait, _LONE_WAIT)

    def _probe_on(self, *, has_trouble: bool) -> timedelta | None:
        """Pauses of 1, 2, 4 … 60 s, after each of which one message probes, until one gets a clear answer."""
        if not has_trouble and self._probe:
            self._probe = 0.0
            self._outcomes.clear()
        if self._probe or (len(self._outcomes) == _MEMORY and sum(self._outcomes) > _MEMORY / 2):
            self._probe = min(_LONGEST_PROBE, max(1.0, self._probe * 2))
            return timedelta(seconds=self._probe)
        return None


@dataclass(slots=True)
class Brake:
    """What outcomes say about more than their own row: a pause for all, a halt, alerts that must not go on."""

    pause: datetime | None = None
    halted: str = ""
    spoilt: set[int] = field(default_factory=set)
    bad: Counter[int] = field(default_factory=Counter)

    @property
    def is_on(self) -> bool:
        """Nothing more may leave."""
        return self.pause is not None or bool(self.halted)

    def heed(self, claim: Claim, outcome: Outcome, following: Next, pause_until: datetime | None) -> None:
        """Take note of one outcome, what followed from it, and a pause for everyone."""
        self.pause = max((pause for pause in (self.pause, pause_until) if pause is not None), default=None)
        if following.halts:
            self.halted = outcome.reason or "halt"
        if claim.alert_id is None or claim.operation is not Operation.SEND:
            return
        if outcome.kind is OutcomeKind.SENT:
            self.bad[claim.alert_id] = 0
        elif outcome.kind is OutcomeKind.BAD_CONTENT:
            self.bad[claim.alert_id] += 1
            if self.bad[claim.alert_id] >= BAD_IN_A_ROW:
                self.spoilt.add(claim.alert_id)
