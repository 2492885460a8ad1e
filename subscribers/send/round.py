"""One round of sending: turn by turn, what has landed is recorded and what is due is claimed, while others fly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from subscribers.delivery import Claim, DeliveryStatus, wordless
from subscribers.pace import LOOK_AHEAD, PRIVATE_GAP, Brake
from subscribers.send.runway import Parcel, Result, Runway
from subscribers.send.terms import Report, Sending
from subscribers.store import budget, chains, ledger, people
from subscribers.store.texts import Texts

_TURN: Final = 0.05
"""Seconds between two turns at most: for so long results may wait for company, and new rows for being noticed."""

_RETRY: Final = 0.5
"""Seconds between attempts to record what the database did not take."""

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Turn:
    """What a transaction has done, to be acted on once it is committed."""

    landed: list[Result]
    began: float
    broken_off: list[int] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    wordless: list[Result] = field(default_factory=list)
    slots: int = 0
    opens: datetime | None = None


class Round:
    """One call of the station. Used once."""

    def __init__(self, sending: Sending, now: datetime, lasting: timedelta, stop: asyncio.Event) -> None:
        self._with = sending
        self._pace = sending.pace
        self._stop = stop
        self._texts = Texts(sending.catalogues)
        self._loop = asyncio.get_running_loop()
        self._began, self._started = now, self._loop.time()
        self._until = self._started + lasting.total_seconds()
        self._stopped_at: float | None = None
        self._failing_since: float | None = None
        self._brake = Brake()
        self._runway = Runway(
            sending.messenger,
            sending.pace,
            self._brake,
            lambda: self._now,
            lambda: self._is_over,
            sending.departures,
        )
        self._opens = now
        self._ran_dry = False
        self.report = Report()

    @property
    def _now(self) -> datetime:
        return self._began + timedelta(seconds=self._loop.time() - self._started)

    @property
    def _is_over(self) -> bool:
        """Nothing more may leave in this round."""
        is_stopped = self._stop.is_set() or self._failing_since is not None
        return is_stopped or self._brake.is_on or self._loop.time() >= self._until

    async def run(self) -> Report:
        """Until nothing is due or the round is over, and all that left has landed and is recorded."""
        runway = self._runway
        async with asyncio.TaskGroup() as group:
            launcher = group.create_task(runway.launch(group))
            while True:
                await self._turn()
                if self._is_over and runway.clear():
                    self._ran_dry = False
                if runway.waiting or runway.flying:
                    await self._until_needed()
                elif not runway.landed and not await self._reopens():
                    break
            launcher.cancel()
        await self._look_ahead()
        return self.report

    async def _until_needed(self) -> None:
        """Until there is something to record or to claim, or it is time to look."""
        news = self._runway.news
        news.clear()
        if not self._is_worth_a_turn():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TURN):
                    await news.wait()
        if self._stop.is_set():
            self._lose_patience()

    def _is_worth_a_turn(self) -> bool:
        """Rows could be claimed, or their slots have passed. Results alone wait a little for company."""
        if self._is_over or self._opens > self._now + LOOK_AHEAD:
            return False
        runway = self._runway
        if runway.waiting and runway.slots.next(self._loop.time()) is None:
            return True
        is_short = runway.waiting <= self._pace.most_waiting // 2
        return is_short and not self._ran_dry and self._claim_size() > 0

    def _lose_patience(self) -> None:
        now = self._loop.time()
        if self._stopped_at is None:
            self._stopped_at = now
        if now - self._stopped_at >= self._with.patience.total_seconds():
            self._runway.abandon()

    async def _turn(self) -> None:
        """Record what has landed and claim what is due, in one transaction; then let fly what it marked."""
        turn = _Turn(self._runway.collect(), self._loop.time())
        now = self._now
        try:
            async with self._with.sessions.begin() as session:
                await self._record(session, turn, now)
                if not self._is_over:
                    await self._claim(session, turn, now)
        except Exception as error:  # noqa: BLE001 - whatever it was, what has left is recorded before it is raised
            self._runway.put_back(turn.landed)
            await self._bear(error)
            return
        self._failing_since = None
        self._commit(turn)

    async def _bear(self, error: Exception) -> None:
        """The database takes nothing: nothing more leaves, and what has left is recorded as soon as it can be.

        For as long as the leases last; after that others take these rows up.
        """
        at = self._loop.time()
        if self._failing_since is None:
            self._failing_since = at
            _logger.warning("results of sending wait: the database does not take them", exc_info=error)
        enough = self._with.patience if self._stop.is_set() else self._with.lease
        if at - self._failing_since >= enough.total_seconds():
            raise error
        self._until = at
        await asyncio.sleep(_RETRY)

    def _commit(self, turn: _Turn) -> None:
        self.report.left.update(result.next.status for result in turn.landed)
        self.report.broken_off += turn.broken_off
        if turn.slots and turn.opens is not None:
            wait = (turn.opens - self._now).total_seconds()
            self._runway.slots.add(turn.slots, self._loop.time() + wait)
        if turn.wordless:
            self._runway.put_back(turn.wordless)
        if turn.slots or turn.parcels:
            self._runway.queue(turn.parcels)

    async def _record(self, session: AsyncSession, turn: _Turn, now: datetime) -> None:
        await ledger.mark(session, [(result.claim, result.next) for result in turn.landed], now)
        links = [link for result in turn.landed if (link := result.link_of_chain)]
        await chains.remember(session, links)
        gone = [one.claim.subscriber_id for one in turn.landed if one.next.status is DeliveryStatus.GONE]
        if gone:
            await people.mark_gone(session, gone, now)
        for result in turn.landed:
            if result.next.new_chat is not None:
                await people.move(session, result.claim.subscriber_id, result.next.new_chat)
        for alert_id in sorted(self._brake.spoilt):
            if alert_id not in self.report.broken_off:
                turn.broken_off.append(alert_id)
            elif not turn.landed:
                continue
            # Again when rows have landed since: what waited for its slot then has gone back to pending.
            await ledger.break_off(session, alert_id, now)
        if self._brake.pause is not None:
            shared = await budget.locked_budget(session, now)
            await budget.save_budget(session, shared.paused(self._brake.pause))

    def _claim_size(self) -> int:
        runway = self._runway
        return self._pace.claim_size(runway.waiting, runway.waiting + runway.flying + runway.landed)

    async def _claim(self, session: AsyncSession, turn: _Turn, now: datetime) -> None:
        """Rows, and slots for them and for those whose slots passed; none that would only be given back."""
        shared = await budget.locked_budget(session, now)
        self._opens = turn.opens = shared.opens(now)
        if not shared.is_open(now):
            return
        self._count_lost(shared.next_slot, now)
        left = self._until - self._loop.time() - (self._opens - now).total_seconds()
        too_late = self._runway.waiting - len(self._runway.slots)
        size = min(self._claim_size(), math.ceil(left * self._pace.rate) - max(0, too_late))
        claims = []
        if size > 0:
            claims = await ledger.claim(session, size, self._with.worker, self._with.lease, now)
            self._ran_dry = len(claims) < size
        await self._prepare(session, claims, turn, now)
        turn.slots = max(0, self._runway.waiting + len(turn.parcels) - len(self._runway.slots))
        if turn.slots:
            shared = shared.reserve(self._price(turn.slots, shared.next_slot), self._pace.planned, now)
            self._opens = shared.opens(now)
            self._pace.leave(shared.next_slot)
            await budget.save_budget(session, shared)

    def _price(self, count: int, next_slot: datetime) -> float:
        """How much of the budget `count` slots take; less when some make up for slots that passed unused."""
        at, pace = self._loop.time(), self._pace
        spare = 0.0
        if pace.is_alone(next_slot, at):
            spare = pace.planned - self._runway.slots.of_this_second(at) - count
        return count - pace.catch_up(count, spare)

    def _count_lost(self, next_slot: datetime, now: datetime) -> None:
        """Slots that passed unused while rows waited for them."""
        slots = self._runway.slots
        self._pace.lose(slots.missed)
        slots.missed = 0
        late = (now - next_slot).total_seconds()
        if late > 0 and self._runway.waiting + self._runway.flying and not self._ran_dry:
            self._pace.lose(late * self._pace.rate)

    async def _prepare(self, session: AsyncSession, claims: list[Claim], turn: _Turn, now: datetime) -> None:
        """Give claimed rows their message and chat."""
        if not claims:
            return
        # What waited longer could outlive its lease in flight: somebody else would send it at the same time.
        until = turn.began + max(self._with.lease / 4, 2 * LOOK_AHEAD).total_seconds()
        over = (
            turn.began + self._with.lease.total_seconds()
        )  # by the database's clock it is later, if anything
        self._texts.renew(claims)
        found = await chains.addresses(session, [claim.delivery_id for claim in claims])
        digests = [claim.subscriber_id for claim in claims if not claim.is_alert]
        keys = await people.keys_of(session, digests) if digests else {}
        for claim in claims:
            address = found[claim.delivery_id]
            reader = address.subscriber
            if not claim.is_alert:
                reader = replace(reader, keys=keys.get(claim.subscriber_id, frozenset()))
            message = await self._texts.message_for(session, claim, reader, now)
            if message is None or not address.has_room_for(claim):
                turn.wordless.append(Result(claim, wordless(claim)))
            else:
                turn.parcels.append(Parcel(claim, address.envelope(claim, message), reader, until, over))

    async def _reopens(self) -> bool:
        """Whether the budget, taken by other workers or paused, opens again within this round; waits for it."""
        wait = (self._opens - self._now - LOOK_AHEAD / 2).total_seconds()
        if self._is_over or self._ran_dry or self._loop.time() + wait >= self._until:
            return False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), max(wait, 0.0))
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
            if self._ran_dry and due <= now:  # its chat was written to a moment ago, by whichever worker
                due = now + timedelta(seconds=PRIVATE_GAP)
            self.report.next_due = max(due, opens)
            self.report.more = self.report.next_due <= now + LOOK_AHEAD
