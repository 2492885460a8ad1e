from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.alert import AlertKind
from alerts.columns import sealer_of
from bot.database import Sessions
from subscribers import enrol, recover
from subscribers.delivery import DeliveryStatus, Envelope, Outcome, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.pace import Pace
from subscribers.send import send
from subscribers.store import ledger
from subscribers.subscriber import ChatKind, Mode
from subscribers.tables import ChainRow
from tests.subscribers import world
from tests.subscribers.world import FAST, NOW, FakeMessenger, always, sending

SOON = NOW + timedelta(seconds=1)
S = DeliveryStatus


async def test_the_whole_line(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102, "IR/*", locale="fa", mode=Mode.SAFE)
    await world.join(sessions, 103, "US/*")
    await world.join(sessions, -104, kind=ChatKind.GROUP, locale="tlh")
    alert = await world.publish(sessions)
    assert [(done.alert_id, done.eligible) for done in await fan_out(sessions, NOW)] == [(alert, 3)]
    messenger = FakeMessenger()
    report = await send(sending(sessions, messenger), NOW)
    assert dict(zip(messenger.chats, messenger.texts, strict=True)) == {
        101: f"{alert} en normal",
        102: f"{alert} fa safe",
        -104: f"{alert} en group",
    }
    assert (report.left, report.more, report.next_due, report.halted) == (
        Counter({S.SENT: 3}),
        False,
        None,
        "",
    )
    async with sessions() as session:
        assert await ledger.books(session, alert) == {S.SENT: 3}


async def test_nothing_due_is_no_work(sessions: Sessions) -> None:
    messenger = FakeMessenger()
    report = await send(sending(sessions, messenger), NOW)
    assert (messenger.sent, report.left, report.more) == ([], Counter(), False)


async def test_an_update_replies_to_the_first_message_of_the_chain(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    case = await world.open_case(sessions)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger()
    tools = sending(sessions, messenger)
    await send(tools, NOW)
    await world.join(sessions, 102)
    for _ in range(2):
        await world.publish(sessions, case, kind=AlertKind.UPDATE_NEW_DEMAND)
        await fan_out(sessions, SOON)
        await send(sending(sessions, messenger), SOON)
    first, *updates = messenger.sent
    assert first.reply_to is None
    own = {101: [], 102: []}
    for envelope in updates:
        own[envelope.chat].append(envelope.reply_to)
    assert own[101] == [1001, 1001]
    assert own[102][0] is None
    assert own[102][1] in {1002, 1003}


async def test_message_ids_of_chains_are_sealed(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger(always(OutcomeKind.SENT, message_id=424242))), NOW)
    async with sessions() as session:
        sealed = (await session.scalars(select(ChainRow.message))).one()
        assert b"424242" not in sealed
        assert sealer_of(session).open(bytes(sealed), "chain_rows.message") == "424242"


async def test_a_429_pauses_everyone_and_counts_no_attempt(sessions: Sessions) -> None:
    await world.crowd(sessions, 10)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(always(OutcomeKind.WAIT, wait=timedelta(seconds=30)), delay=0.01)
    pace = Pace(FAST, in_flight=2, jitter=lambda: 0.0)
    report = await send(sending(sessions, messenger, pace=pace), NOW)
    assert len(messenger.sent) == 2, "only what was in flight"
    assert report.left == Counter({S.PENDING: 10})
    assert not report.more
    assert {row.copies for row in await world.rows(sessions)} == {0}
    messenger.answer = None
    for second, sent in ((29, 0), (31, 10)):
        other = sending(sessions, messenger, worker="other")
        await send(other, NOW + timedelta(seconds=second), lasting=timedelta(seconds=0.5))
        assert len(messenger.sent) == 2 + sent
    assert await world.statuses(sessions) == {"sent": 10}


async def test_who_blocked_us_is_gone_and_left_alone(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102)
    for _ in range(2):
        await world.publish(sessions)
    await fan_out(sessions, NOW)

    def blocked(envelope: Envelope) -> Outcome:
        kind = OutcomeKind.GONE if envelope.chat == 101 else OutcomeKind.SENT
        return Outcome(kind, message_id=7 if envelope.chat == 102 else None, reason="blocked")

    messenger = FakeMessenger(blocked)
    for second in (0, 2):
        await send(sending(sessions, messenger), NOW + timedelta(seconds=second))
    assert Counter(messenger.chats) == {101: 1, 102: 2}
    await world.publish(sessions)
    assert [done.eligible for done in await fan_out(sessions, SOON)] == [1]
    await enrol.begin(sessions, 101, ChatKind.PRIVATE, "en", 1, NOW)
    await world.publish(sessions)
    assert [done.eligible for done in await fan_out(sessions, SOON)] == [2], "back after /start"


async def test_a_group_that_moved_gets_it_under_its_new_id(sessions: Sessions) -> None:
    await world.join(sessions, -5, kind=ChatKind.GROUP)
    await world.publish(sessions)
    await fan_out(sessions, NOW)

    def moved(envelope: Envelope) -> Outcome:
        if envelope.chat == -5:
            return Outcome(OutcomeKind.MOVED, new_chat=-1005)
        return Outcome(OutcomeKind.SENT, message_id=1)

    messenger = FakeMessenger(moved)
    await send(sending(sessions, messenger), NOW)
    await send(sending(sessions, messenger), NOW + timedelta(seconds=4))
    assert messenger.chats == [-5, -1005]
    assert await world.statuses(sessions) == {"sent": 1}
    assert await enrol.subscriber_of(sessions, -5) is None


async def test_three_refusals_of_the_content_stop_that_broadcast_only(sessions: Sessions) -> None:
    await world.crowd(sessions, 12)
    bad = await world.publish(sessions)
    good = await world.publish(sessions, lane=1)
    await fan_out(sessions, NOW)

    def refused(envelope: Envelope) -> Outcome:
        is_bad = envelope.message.text.startswith(f"{bad} ")
        return Outcome(
            OutcomeKind.BAD_CONTENT if is_bad else OutcomeKind.SENT, message_id=None if is_bad else 1
        )

    pace = Pace(FAST, in_flight=1, jitter=lambda: 0.0)
    report = await send(sending(sessions, FakeMessenger(refused), pace=pace), NOW)
    assert report.broken_off == [bad]
    await send(sending(sessions, FakeMessenger(refused)), NOW + timedelta(seconds=3))
    async with sessions() as session:
        assert await ledger.books(session, bad) == {S.FAILED: 3, S.CANCELLED: 9}
        assert await ledger.books(session, good) == {S.SENT: 12}
        assert await ledger.broken_off(session) == [bad]


async def test_a_halt_marks_nobody(sessions: Sessions) -> None:
    await world.crowd(sessions, 8)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    pace = Pace(FAST, in_flight=1)
    messenger = FakeMessenger(always(OutcomeKind.HALT))
    report = await send(sending(sessions, messenger, pace=pace), NOW)
    assert (report.halted, len(messenger.sent)) == ("test", 1)
    assert [(row.status, row.copies) for row in await world.rows(sessions)] == [("pending", 0)] * 8


async def test_an_ambiguous_alert_is_sent_twice_at_most(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(always(OutcomeKind.AMBIGUOUS))
    for _ in range(4):
        await send(sending(sessions, messenger), NOW)
        await world.clear_waits(sessions)
    assert len(messenger.sent) == 2
    assert await world.statuses(sessions) == {"unknown": 1}


async def test_what_certainly_failed_is_tried_until_it_works(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(always(OutcomeKind.NOT_SENT))
    for _ in range(5):
        report = await send(sending(sessions, messenger), NOW)
        assert report.next_due is not None
        assert report.next_due > NOW
        await world.clear_waits(sessions)
    messenger.answer = None
    await send(sending(sessions, messenger), NOW)
    assert await world.statuses(sessions) == {"sent": 1}


async def test_a_fault_of_the_messenger_harms_no_other_delivery(
    sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    await world.crowd(sessions, 6)
    await world.publish(sessions)
    await fan_out(sessions, NOW)

    def broken(envelope: Envelope) -> Outcome:
        if envelope.chat == 7_000_000_003:
            raise KeyError("result")
        return Outcome(OutcomeKind.SENT, message_id=1)

    await send(sending(sessions, FakeMessenger(broken)), NOW)
    assert await world.statuses(sessions) == {"sent": 5, "pending": 1}
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "7000000003" not in caplog.text


async def test_urgent_overtakes_in_mid_broadcast(sessions: Sessions) -> None:
    chats = await world.crowd(sessions, 300)
    slow = await world.publish(sessions, lane=2)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(delay=0.001)
    running = asyncio.create_task(send(sending(sessions, messenger), NOW))
    await messenger.has_sent(70)
    urgent = await world.publish(sessions, lane=0)
    await fan_out(sessions, NOW)
    fanned_out = len(messenger.sent)
    await running
    for second in (2, 4):
        await send(sending(sessions, messenger), NOW + timedelta(seconds=second))
    order = [text.split()[0] for text in messenger.texts]
    assert order.index(str(urgent)) - fanned_out <= 100
    assert Counter(order) == {str(slow): len(chats), str(urgent): len(chats)}


async def test_two_workers_share_a_broadcast_without_a_double(sessions: Sessions) -> None:
    chats = await world.crowd(sessions, 200)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(delay=0.001)
    one, two = (sending(sessions, messenger, worker=name) for name in ("one", "two"))
    await asyncio.gather(send(one, NOW), send(two, NOW))
    assert sorted(messenger.chats) == chats
    assert await world.statuses(sessions) == {"sent": 200}


class Dying(FakeMessenger):
    """Delivers forty, and then some more of which nobody ever hears."""

    async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
        outcome = await super().perform(envelope, leaving)
        if len(self.sent) > 40:
            await asyncio.Event().wait()
        return outcome


async def test_a_restart_in_the_middle_loses_nobody(sessions: Sessions) -> None:
    chats = await world.crowd(sessions, 150)
    alert = await world.publish(sessions)
    await fan_out(sessions, NOW)
    dying, messenger = Dying(delay=0.005), FakeMessenger()
    killed = asyncio.create_task(send(sending(sessions, dying), NOW))
    await dying.has_sent(60)
    await asyncio.sleep(
        0.5
    )  # no transaction is open: a cancelled one would keep SQLite locked, a dead process not
    killed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await killed
    assert (await world.statuses(sessions))["dispatched"] >= 20
    await recover.lapse_all(sessions, SOON)
    await send(sending(sessions, messenger), SOON)
    copies = Counter(dying.chats + messenger.chats)
    assert set(copies) == set(chats)
    assert max(copies.values()) <= 2
    async with sessions() as session:
        assert await ledger.books(session, alert) == {S.SENT: 150}


async def test_a_round_that_is_told_to_stop_gives_back_what_it_did_not_try(sessions: Sessions) -> None:
    await world.crowd(sessions, 100)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    stop = asyncio.Event()
    messenger = FakeMessenger(delay=0.002)
    pace = Pace(FAST, in_flight=4)
    running = asyncio.create_task(send(sending(sessions, messenger, pace=pace), NOW, stop=stop))
    await messenger.has_sent(10)
    stop.set()
    report = await running
    assert report.more
    done = len(messenger.sent)
    assert await world.statuses(sessions) == {"sent": done, "pending": 100 - done}


async def test_nobody_is_written_to_after_stopping(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await enrol.stop(sessions, 101)
    await enrol.pause(sessions, 102, NOW + timedelta(days=7))
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), NOW)
    assert messenger.sent == []
    await send(sending(sessions, messenger), NOW + timedelta(days=8))
    assert messenger.chats == [102], "what still stands after a pause is said"


async def test_one_chat_gets_one_message_a_second(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    for _ in range(2):
        await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger()
    tools = sending(sessions, messenger)
    report = await send(tools, NOW)
    assert len(messenger.sent) == 1
    assert report.next_due is not None
    assert timedelta(seconds=0.5) < report.next_due - NOW < timedelta(seconds=1.5)


async def test_the_rate_is_kept(sessions: Sessions) -> None:
    await world.crowd(sessions, 40)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    times: list[float] = []

    def noted(envelope: Envelope) -> Outcome:
        times.append(asyncio.get_running_loop().time())
        return Outcome(OutcomeKind.SENT, message_id=1)

    await send(sending(sessions, FakeMessenger(noted), pace=Pace(100)), NOW)
    assert len(times) == 40
    assert times[-1] - times[0] >= 0.35
    assert max(sum(start <= time < start + 0.1 for time in times) for start in times) <= 13


async def test_workers_share_one_budget(sessions: Sessions) -> None:
    await world.crowd(sessions, 60)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    times: list[float] = []

    def noted(envelope: Envelope) -> Outcome:
        times.append(asyncio.get_running_loop().time())
        return Outcome(OutcomeKind.SENT, message_id=1)

    tools = [
        sending(sessions, FakeMessenger(noted), pace=Pace(100), worker=name)
        for name in ("one", "two", "three")
    ]
    await asyncio.gather(*(send(one, NOW) for one in tools))
    assert len(times) == 60
    assert max(times) - min(times) >= 0.5


async def test_the_end_of_a_round_gives_hardly_anything_back(sessions: Sessions) -> None:
    """Slots reserved and not used would be lost to the rate at every end of a round."""
    await world.crowd(sessions, 40)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    report = await send(
        sending(sessions, FakeMessenger(), pace=Pace(40)), NOW, lasting=timedelta(seconds=0.5)
    )
    assert report.left[S.PENDING] <= 2
    assert report.more


async def test_one_chats_long_wait_does_not_silence_the_others(sessions: Sessions) -> None:
    """A 429 of an hour for one chat, which cannot be told from one for the bot."""
    await world.crowd(sessions, 5)
    await world.publish(sessions)
    await fan_out(sessions, NOW)

    def slow_down(envelope: Envelope) -> Outcome:
        if envelope.chat == 7_000_000_002:
            return Outcome(OutcomeKind.WAIT, wait=timedelta(hours=1))
        return Outcome(OutcomeKind.SENT, message_id=1)

    messenger = FakeMessenger(slow_down)
    pace = Pace(FAST, in_flight=1, jitter=lambda: 0.0)
    report = await send(sending(sessions, messenger, pace=pace), NOW)
    assert len(messenger.sent) == 3
    assert report.next_due is not None
    assert timedelta(seconds=4) < report.next_due - NOW < timedelta(seconds=7)
    await send(sending(sessions, messenger), NOW + timedelta(seconds=8))
    assert await world.statuses(sessions) == {"sent": 4, "pending": 1}


async def test_a_round_that_must_stop_does_not_wait_for_ever(sessions: Sessions) -> None:
    """What had not answered may have arrived: an alert goes once more, a digest not."""
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    stop = asyncio.Event()
    messenger = FakeMessenger(gate=asyncio.Event())
    tools = replace(sending(sessions, messenger), patience=timedelta(seconds=0.2))
    running = asyncio.create_task(send(tools, NOW, stop=stop))
    await messenger.has_sent(1)
    stop.set()
    report = await running
    assert report.left == Counter({S.PENDING: 1})
    assert [(row.status, row.copies, row.reason) for row in await world.rows(sessions)] == [
        ("pending", 1, "stopped")
    ]


class Refusing:
    """A statement that fails as a database does that is locked or full."""

    def __init__(self, statement: Callable[..., Awaitable[None]], times: int) -> None:
        self._statement = statement
        self.left = times

    async def __call__(self, session: AsyncSession, results: list[object], now: datetime) -> None:
        if results and self.left:
            self.left -= 1
            raise OperationalError("UPDATE", {}, Exception("disk full"))
        await self._statement(session, results, now)


async def test_results_wait_for_a_database_that_takes_nothing(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing more leaves meanwhile, and no result is lost."""
    chats = await world.crowd(sessions, 600)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    refusing = Refusing(ledger.mark, 2)
    monkeypatch.setattr(ledger, "mark", refusing)
    messenger = FakeMessenger()
    report = await send(sending(sessions, messenger), NOW)
    assert refusing.left == 0
    assert report.more
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    done = len(messenger.sent)
    assert 0 < done < 600
    assert await world.statuses(sessions) == {"sent": done, "pending": 600 - done}
    await send(sending(sessions, messenger), NOW)
    assert sorted(messenger.chats) == chats


async def test_a_database_that_stays_broken_is_said(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    monkeypatch.setattr(ledger, "mark", Refusing(ledger.mark, 10_000))
    tools = replace(sending(sessions, FakeMessenger()), lease=timedelta(seconds=1))
    with pytest.raises(ExceptionGroup) as raised:
        await send(tools, NOW)
    assert [type(error) for error in raised.value.exceptions] == [OperationalError]


async def test_the_window_is_kept(sessions: Sessions) -> None:
    """Marked as dispatched and not recorded: what a crash may double."""
    await world.crowd(sessions, 200)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    landing = asyncio.Event()
    messenger = FakeMessenger(gate=landing)
    pace = Pace(200, in_flight=200)
    running = asyncio.create_task(send(sending(sessions, messenger, pace=pace), NOW))
    await messenger.has_sent(pace.window)
    await asyncio.sleep(0.3)
    assert (await world.statuses(sessions))["dispatched"] == pace.window == 64
    landing.set()
    await running
    assert await world.statuses(sessions) == {"sent": 200}
