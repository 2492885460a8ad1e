"""The runway: claimed rows wait for their slots, fly side by side, and land with a result. Knows no database."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from subscribers.delivery import (
    FAULT,
    Claim,
    Envelope,
    Next,
    Operation,
    Outcome,
    OutcomeKind,
    after,
    released,
)
from subscribers.pace import Brake, Pace, Slots
from subscribers.send.terms import Messenger
from subscribers.store.departures import Departures
from subscribers.subscriber import ChatKind, Mode, Subscriber

_BATCH: Final = 64
"""Results that are worth a transaction of their own."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed row with its message, addressed to a reader.

    It is let fly before `until`, and begins to leave before `over`, the end of its lease (seconds of the loop), or not
    at all.
    """

    claim: Claim
    envelope: Envelope
    reader: Subscriber
    until: float
    over: float


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed row. `message_id` of a message that now stands in a chain's chat."""

    claim: Claim
    next: Next
    action_id: int | None = None
    message_id: int | None = None

    @property
    def link_of_chain(self) -> tuple[int, int, int, int] | None:
        """(alert, action, subscriber, message id) when it put a message of a chain into a chat."""
        claim = self.claim
        if self.message_id is None or self.action_id is None or claim.alert_id is None:
            return None
        return claim.alert_id, self.action_id, claim.subscriber_id, self.message_id


class Runway:
    """Takes parcels and slots, gives results. `now` is asked for the time, `is_closed` whether nothing may leave."""

    def __init__(
        self,
        messenger: Messenger,
        pace: Pace,
        brake: Brake,
        now: Callable[[], datetime],
        is_closed: Callable[[], bool],
        departures: Departures | None = None,
    ) -> None:
        self._departures = departures
        self._messenger = messenger
        self._pace = pace
        self._brake = brake
        self._now = now
        self._is_closed = is_closed
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Semaphore(pace.in_flight)
        self._ready = asyncio.Event()
        self._waiting: list[tuple[int, int, int, Parcel]] = []
        self._order = itertools.count()
        self._flights: set[asyncio.Task[None]] = set()
        self._landed: list[Result] = []
        self.slots = Slots(pace.rate)
        self.news = asyncio.Event()
        """Set when results are worth recording, or more rows could wait."""

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return len(self._waiting)

    @property
    def flying(self) -> int:
        """How many are on their way."""
        return len(self._flights)

    @property
    def landed(self) -> int:
        """How many results are to be recorded."""
        return len(self._landed)

    def queue(self, parcels: list[Parcel]) -> None:
        """Let rows wait for the slots there are, the most urgent first."""
        for parcel in parcels:
            claim = parcel.claim
            heapq.heappush(self._waiting, (claim.lane, claim.copies, next(self._order), parcel))
        self._ready.set()

    def collect(self) -> list[Result]:
        """What has landed since."""
        landed, self._landed = self._landed, []
        return landed

    def put_back(self, results: list[Result]) -> None:
        """Results that could not be recorded, or that need no flight."""
        self._landed = results + self._landed

    def clear(self) -> bool:
        """Whoever still waits goes back to the ledger untried; whether anybody did."""
        did_wait = bool(self._waiting)
        self._landed += [Result(one.claim, released(one.claim)) for *_, one in self._waiting]
        self._waiting.clear()
        return did_wait

    def abandon(self) -> None:
        """Wait for no answer any more: what is in flight may or may not arrive."""
        for flight in self._flights:
            flight.cancel()

    async def launch(self, group: asyncio.TaskGroup) -> None:
        """Let waiting rows fly, each in its slot, until cancelled."""
        while True:
            await self._room.acquire()
            try:
                parcel = await self._next()
            except asyncio.CancelledError:
                self._room.release()
                raise
            flight = group.create_task(self._fly(parcel))
            self._flights.add(flight)
            flight.add_done_callback(self._end)

    async def _next(self) -> Parcel:
        """The most urgent waiting row whose chat may be written to, in its slot."""
        while True:
            wait = self.slots.next(self._loop.time()) if self._waiting and not self._is_closed() else None
            if wait is None:
                self._ready.clear()
                self.news.set()
                await self._ready.wait()
            elif wait > 0:
                await asyncio.sleep(wait)
            else:
                *_, parcel = heapq.heappop(self._waiting)
                if not self._is_held_back(parcel):
                    self.slots.take(self._loop.time())
                    if len(self._waiting) <= self._pace.most_waiting // 2:
                        self.news.set()
                    return parcel

    def _is_held_back(self, parcel: Parcel) -> bool:
        """Whether a row goes back: its broadcast has stopped, its lease is running out, or its chat was just written to."""
        claim = parcel.claim
        is_spoilt = claim.alert_id in self._brake.spoilt and claim.operation is Operation.SEND
        if is_spoilt or self._loop.time() >= parcel.until:
            self._landed.append(Result(claim, released(claim)))
            return True
        is_group = parcel.reader.kind is ChatKind.GROUP
        left = self._pace.too_soon(claim.subscriber_id, is_group=is_group, at=self._loop.time())
        if left:
            self._landed.append(Result(claim, released(claim, self._now() + timedelta(seconds=left))))
        return bool(left)

    async def _fly(self, parcel: Parcel) -> None:
        claim, has_left = parcel.claim, False

        def leaving() -> None:
            nonlocal has_left
            if self._loop.time() >= parcel.over:
                raise TimeoutError
            if self._departures is not None:
                self._departures.note(claim.delivery_id, claim.attempt)
            has_left = True

        try:
            outcome = await self._messenger.perform(parcel.envelope, leaving)
        except asyncio.CancelledError:
            self._land(parcel, Outcome(OutcomeKind.AMBIGUOUS, reason="stopped"), has_left=has_left)
            raise
        except Exception:
            _logger.exception("delivery %s: the messenger failed", claim.delivery_id)
            outcome = Outcome(OutcomeKind.AMBIGUOUS, reason=FAULT)
        self._land(parcel, outcome, has_left=has_left)

    def _end(self, flight: asyncio.Task[None]) -> None:
        self._flights.discard(flight)
        self._room.release()

    def _land(self, parcel: Parcel, outcome: Outcome, *, has_left: bool) -> None:
        claim, now = parcel.claim, self._now()
        if outcome.kind is OutcomeKind.AMBIGUOUS and not has_left and outcome.reason != FAULT:
            outcome = replace(outcome, kind=OutcomeKind.NOT_SENT)  # a fault of ours is not tried for ever
        following = after(claim, outcome, now, self._pace.jitter)
        pause = self._pace.heed(claim.subscriber_id, outcome, self._loop.time())
        self._brake.heed(claim, outcome, following, now + pause if pause else None)
        message_id = outcome.message_id if claim.operation is Operation.SEND else None
        if message_id is not None and parcel.reader.mode is Mode.SAFE:
            following = replace(following, message_id=message_id)
        self._landed.append(Result(claim, following, parcel.envelope.action_id, message_id))
        if len(self._landed) >= _BATCH or not self._waiting:
            self.news.set()
