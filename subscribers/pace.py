"""Pace: how fast messages may leave, and when to stop for a while.

`Budget` is the one row that all workers share: slots at an even rate, and a pause for everyone. `Pace` is what one
worker remembers between messages: its own spacing, who was written to a moment ago, and whether Telegram answers
at all. Times inside `Pace` are seconds of a monotonic clock, given by the caller. `Brake` is what ends
one round of sending. Sends nothing.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final

from subscribers.delivery import Claim, Next, Operation, Outcome, OutcomeKind

LOOK_AHEAD: Final = timedelta(milliseconds=250)
"""How far ahead slots are reserved: short, so that an urgent alert waits behind few messages."""

MOST_CLAIMED: Final = 64
"""Rows of one claim, so that an urgent alert overtakes within 100 sends (delivery.md section 6)."""

PRIVATE_GAP: Final = 1.0
GROUP_GAP: Final = 3.0
"""Seconds between two messages to one chat: one a second, and 20 a minute in a group (delivery.md section 1)."""

BAD_IN_A_ROW: Final = 3
"""Refusals of its content, one after the other, that stop an alert's broadcast (delivery.md section 3)."""

_CHANCE: Final = SystemRandom()
_LEAST_WINDOW: Final = 64
_MOST_IN_FLIGHT: Final = 256
_LATENESS: Final = 0.02  # seconds that may be caught up on: 2 % of a second's messages
_MEMORY: Final = 100  # outcomes looked at to tell whether Telegram is in trouble
_LONGEST_PROBE: Final = 60.0
_TROUBLE: Final = frozenset({OutcomeKind.AMBIGUOUS, OutcomeKind.NOT_SENT})
_NO_VERDICT: Final = frozenset({OutcomeKind.WAIT, OutcomeKind.HALT})


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

    def reserve(self, count: int, rate: float, now: datetime) -> Budget:
        """The budget after `count` messages at `rate` a second were given the slots from `opens(now)` on."""
        return replace(self, next_slot=self.opens(now) + timedelta(seconds=count / rate))

    def paused(self, until: datetime) -> Budget:
        """The budget with a pause; a longer one that is set already stays."""
        return replace(self, not_before=max(self.not_before, until))


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
        self.in_flight = min(self.window, _MOST_IN_FLIGHT) if in_flight is None else in_flight
        self.jitter = jitter
        self._due = -math.inf
        self._recent: deque[tuple[float, int]] = deque()
        self._last: dict[int, float] = {}
        self._outcomes: deque[bool] = deque(maxlen=_MEMORY)
        self._probe = 0.0

    @property
    def window(self) -> int:
        """Rows that may be marked as dispatched and not yet recorded (delivery.md 2.2)."""
        return max(_LEAST_WINDOW, int(self.rate // 4))

    def claim_size(self, outstanding: int) -> int:
        """How many rows to claim next; one at a time while probing whether Telegram answers again."""
        if self._probe:
            return 0 if outstanding else 1
        ahead = max(1, math.ceil(self.rate * LOOK_AHEAD.total_seconds()))
        return max(0, min(MOST_CLAIMED, ahead, self.window - outstanding))

    def slot(self, reserved: float, at: float) -> float:
        """When the next message leaves: at its reserved time, or later to keep the rate.

        Lateness of up to 20 ms (one message at low rates) is caught up on; more is lost, so that no second holds
        more than its share.
        """
        interval = 1 / self.rate
        planned = max(reserved, self._due)
        leaves = max(planned, at)
        self._due = max(planned, leaves - max(_LATENESS, interval)) + interval
        return leaves

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

    def heed(self, kind: OutcomeKind) -> timedelta | None:
        """Take note of an outcome; a pause for everyone when over half of the last 100 had trouble at Telegram.

        After it one message at a time probes, with pauses of 1, 2, 4 … 60 s until one gets a clear answer.
        """
        if kind in _NO_VERDICT:
            return None
        has_trouble = kind in _TROUBLE
        self._outcomes.append(has_trouble)
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

    def heed(self, claim: Claim, outcome: Outcome, following: Next, trouble_until: datetime | None) -> None:
        """Take note of one outcome, what followed from it, and a pause for trouble at Telegram."""
        pauses = (self.pause, following.pause_until, trouble_until)
        self.pause = max((pause for pause in pauses if pause is not None), default=None)
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
