"""Station: claims due deliveries, performs them through a Messenger, records what became of each.

A turn is one short transaction that records results and claims the next rows, most urgent first; nothing is sent
within it. Rows are claimed a quarter of a second ahead at most, so an urgent alert overtakes a broadcast. What is
claimed and not tried (a pause, a halt, the end of the round) goes back uncounted. How errors of Telegram become
outcomes is the Messenger's matter.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts.locales import Catalogues
from subscribers.delivery import (
    Claim,
    DeliveryStatus,
    Envelope,
    Next,
    Operation,
    Outcome,
    OutcomeKind,
    after,
    released,
    wordless,
)
from subscribers.pace import LOOK_AHEAD, Brake, Pace
from subscribers.store import budget, chains, ledger, people
from subscribers.store.texts import Texts
from subscribers.subscriber import ChatKind

_ROUND: Final = timedelta(seconds=5)
_GATHER: Final = 0.05
"""Seconds for which results are gathered at the end of a broadcast before they are recorded together."""

_logger = logging.getLogger(__name__)


class Messenger(Protocol):
    """Carries one message to one chat: Telegram, or an emulator in the process."""

    async def perform(self, envelope: Envelope) -> Outcome:
        """One attempt; errors of the carrier come back as outcomes."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What the station works with; made once by the composition root, since `pace` remembers between rounds.

    `worker` names this process in the ledger; `lease` must be longer than the messenger's time-outs.
    """

    sessions: async_sessionmaker[AsyncSession]
    messenger: Messenger
    catalogues: Catalogues
    pace: Pace
    worker: str
    lease: timedelta = timedelta(seconds=30)


@dataclass(slots=True)
class Report:
    """What one round did: rows by the status they were left in, alerts whose broadcast was stopped, why it halted.

    `more`: something is due already; `next_due`: when the first pending row may be sent, None when there is none.
    """

    left: Counter[DeliveryStatus] = field(default_factory=Counter)
    broken_off: list[int] = field(default_factory=list)
    halted: str = ""
    more: bool = False
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Parcel:
    claim: Claim
    envelope: Envelope
    is_group: bool
    slot: float  # seconds of the loop's clock


@dataclass(frozen=True, slots=True)
class _Result:
    claim: Claim
    next: Next
    envelope: Envelope | None = None
    outcome: Outcome | None = None

    @property
    def link_of_chain(self) -> tuple[int, int, int, int] | None:
        """(alert, action, subscriber, message id) when it put a message of a chain into a chat."""
        if self.envelope is None or self.outcome is None or self.outcome.message_id is None:
            return None
        alert_id, action_id = self.claim.alert_id, self.envelope.action_id
        if self.claim.operation is not Operation.SEND or alert_id is None or action_id is None:
            return None
        return alert_id, action_id, self.claim.subscriber_id, self.outcome.message_id


async def send(
    sending: Sending, now: datetime, *, lasting: timedelta = _ROUND, stop: asyncio.Event | None = None
) -> Report:
    """Send what is due for at most `lasting`, or until `stop` is set; what is in flight then is waited for."""
    return await _Round(sending, now, lasting, stop or asyncio.Event()).run()


class _Round:
    """One call of the station: rows wait for their slot, fly, and land with a result to be recorded."""

    def __init__(self, sending: Sending, now: datetime, lasting: timedelta, stop: asyncio.Event) -> None:
        self._with = sending
        self._pace = sending.pace
        self._stop = stop
        self._texts = Texts(sending.catalogues)
        self._loop = asyncio.get_running_loop()
        self._began, self._started = now, self._loop.time()
        self._until = self._started + lasting.total_seconds()
        self._waiting: deque[_Parcel] = deque()
        self._flying = 0
        self._landed: list[_Result] = []
        self._news = asyncio.Event()
        self._room = asyncio.Semaphore(sending.pace.in_flight)
        self._brake = Brake()
        self._opens = now
        self._ran_dry = False
        self.report = Report()

    @property
    def _now(self) -> datetime:
        return self._began + timedelta(seconds=self._loop.time() - self._started)

    def _is_over(self) -> bool:
        """Nothing more may leave in this round."""
        return self._brake.is_on or self._stop.is_set() or self._loop.time() >= self._until

    async def run(self) -> Report:
        """Turn by turn until nothing is due or the round is over."""
        async with asyncio.TaskGroup() as group:
            while True:
                claimed = await self._turn()
                if claimed:
                    await self._launch(group, leave=claimed // 2)
                elif self._waiting:
                    await self._launch(group, leave=0)
                elif self._flying or self._landed:
                    await self._settle()
                elif not await self._reopens():
                    break
        await self._look_ahead()
        return self.report

    async def _turn(self) -> int:
        """Record what has landed and claim what is due, in one transaction; how many rows were claimed."""
        landed, self._landed = self._landed, []
        now = self._now
        async with self._with.sessions.begin() as session:
            await self._record(session, landed, now)
            claims = [] if self._is_over() else await self._claim(session, now)
            await self._prepare(session, claims, now)
        return len(claims)

    async def _record(self, session: AsyncSession, landed: list[_Result], now: datetime) -> None:
        await ledger.mark(session, [(result.claim, result.next) for result in landed], now)
        links = [result.link_of_chain for result in landed if result.link_of_chain]
        await chains.remember(session, links)
        for result in landed:
            if result.next.status is DeliveryStatus.GONE:
                await people.mark_gone(session, result.claim.subscriber_id, now)
            if result.next.new_chat is not None:
                await people.move(session, result.claim.subscriber_id, result.next.new_chat)
        for alert_id in self._brake.spoilt.difference(self.report.broken_off):
            await ledger.break_off(session, alert_id, now)
            self.report.broken_off.append(alert_id)
        if self._brake.pause is not None:
            shared = await budget.locked_budget(session, now)
            await budget.save_budget(session, shared.paused(self._brake.pause))
        self.report.left.update(result.next.status for result in landed)

    async def _claim(self, session: AsyncSession, now: datetime) -> list[Claim]:
        """Rows with slots of this round: what would only be given back afterwards is left to others."""
        shared = await budget.locked_budget(session, now)
        self._opens = shared.opens(now)
        left = self._until - self._loop.time() - (self._opens - now).total_seconds()
        size = min(
            self._pace.claim_size(len(self._waiting) + self._flying), math.ceil(left * self._pace.rate)
        )
        if size <= 0 or not shared.is_open(now):
            return []
        claims = await ledger.claim(session, size, self._with.worker, self._with.lease, now)
        self._ran_dry = len(claims) < size
        await budget.save_budget(session, shared.reserve(len(claims), self._pace.rate, now))
        return claims

    async def _prepare(self, session: AsyncSession, claims: list[Claim], now: datetime) -> None:
        """Give claimed rows their message, chat and slot, and let them wait."""
        if not claims:
            return
        found = await chains.addresses(session, [claim.delivery_id for claim in claims])
        digests = [claim.subscriber_id for claim in claims if not claim.is_alert]
        keys = await people.keys_of(session, digests) if digests else {}
        first = self._loop.time() + (self._opens - self._now).total_seconds()
        for place, claim in enumerate(claims):
            address = found[claim.delivery_id]
            reader = replace(address.subscriber, keys=keys.get(claim.subscriber_id, frozenset()))
            message = await self._texts.message_for(session, claim, reader, now)
            if message is None or not address.has_room_for(claim):
                self._landed.append(_Result(claim, wordless(claim)))
                continue
            slot = first + place / self._pace.rate
            is_group = reader.kind is ChatKind.GROUP
            self._waiting.append(_Parcel(claim, address.envelope(claim, message), is_group, slot))

    async def _launch(self, group: asyncio.TaskGroup, *, leave: int) -> None:
        """Let waiting rows fly, each in its slot, until `leave` are left. All go back when the round is over."""
        while len(self._waiting) > leave and not self._is_over():
            await self._room.acquire()
            await self._slot(self._waiting[0])
            if self._is_over() or self._is_held_back(self._waiting[0]):
                self._room.release()
                continue
            self._flying += 1
            group.create_task(self._fly(self._waiting.popleft()))
        if self._is_over():
            self._landed += [_Result(one.claim, released(one.claim)) for one in self._waiting]
            self._waiting.clear()

    def _is_held_back(self, parcel: _Parcel) -> bool:
        """Whether the first waiting row goes back: its broadcast has stopped, or its chat was just written to."""
        claim = parcel.claim
        left = 0.0
        if claim.alert_id not in self._brake.spoilt:
            left = self._pace.too_soon(claim.subscriber_id, is_group=parcel.is_group, at=self._loop.time())
            if not left:
                return False
        self._waiting.popleft()
        until = self._now + timedelta(seconds=left) if left else None
        self._landed.append(_Result(claim, released(claim, until)))
        return True

    async def _slot(self, parcel: _Parcel) -> None:
        wait = self._pace.slot(parcel.slot, self._loop.time()) - self._loop.time()
        if wait > 0:
            await asyncio.sleep(wait)

    async def _fly(self, parcel: _Parcel) -> None:
        try:
            outcome = await self._with.messenger.perform(parcel.envelope)
        except Exception:
            _logger.exception("delivery %s: the messenger failed", parcel.claim.delivery_id)
            outcome = Outcome(OutcomeKind.AMBIGUOUS, reason="fault")
        finally:
            self._room.release()
            self._flying -= 1
        now = self._now
        following = after(parcel.claim, outcome, now, self._pace.jitter())
        trouble = self._pace.heed(outcome.kind)
        self._brake.heed(parcel.claim, outcome, following, now + trouble if trouble else None)
        self._landed.append(_Result(parcel.claim, following, parcel.envelope, outcome))
        self._news.set()

    async def _settle(self) -> None:
        """Wait until something has landed, and a little for company."""
        if self._flying and not self._landed:
            self._news.clear()
            await self._news.wait()
        if self._flying:
            await asyncio.sleep(_GATHER)

    async def _reopens(self) -> bool:
        """Whether the budget, taken by other workers or paused, opens again within this round; waits for it."""
        wait = (self._opens - self._now - LOOK_AHEAD / 2).total_seconds()
        if self._is_over() or self._ran_dry or self._loop.time() + wait >= self._until:
            return False
        await asyncio.sleep(max(wait, 0.0))
        return True

    async def _look_ahead(self) -> None:
        """Say when to come back, unless only a person can mend it."""
        self.report.halted = self._brake.halted
        if self.report.halted:
            return
        now = self._now
        async with self._with.sessions.begin() as session:
            opens = (await budget.locked_budget(session, now)).opens(now)
            due = await ledger.next_due(session, now) if self._ran_dry else now
        if due is not None:
            self.report.next_due = max(due, opens)
            self.report.more = self.report.next_due <= now + LOOK_AHEAD
