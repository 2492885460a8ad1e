"""Edits and deletions, pauses of a broadcast, and the order in one chat: claimed and sent like any other message."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from alerts.alert import AlertKind, AlertStatus
from alerts.columns import sealer_of
from alerts.render.message import Message
from alerts.tables import AlertTextRow
from bot.database import Sessions
from subscribers import enrol, recover
from subscribers.daily import daily
from subscribers.delivery import DeliveryStatus, Envelope, Operation, Outcome, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.pace import Pace
from subscribers.send import send
from subscribers.store import ledger
from subscribers.subscriber import ChatKind, Mode
from tests.subscribers import world
from tests.subscribers.world import FAST, NOW, FakeMessenger, always, sending

LATER = NOW + timedelta(minutes=1)
S = DeliveryStatus
DAY = "2026-11-22"


async def sent(sessions: Sessions, mode: Mode = Mode.NORMAL, message_id: int = 424242) -> int:
    """An alert that one reader has got."""
    await world.join(sessions, 101, mode=mode)
    alert = await world.publish(sessions)
    await fan_out(sessions, NOW)
    answer = always(OutcomeKind.SENT, message_id=message_id)
    await send(sending(sessions, FakeMessenger(answer)), NOW)
    return alert


async def done(sessions: Sessions) -> list[tuple[Operation, str, int | None]]:
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), LATER)
    return [(one.operation, one.message.text, one.reply_to) for one in messenger.sent]


async def test_an_edit_says_what_the_alert_says_now(sessions: Sessions) -> None:
    await world.join(sessions, 101, locale="sv")
    await world.join(sessions, 102, locale="sv")
    alert = await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(lambda envelope: Outcome(OutcomeKind.SENT, message_id=envelope.chat))
    await send(sending(sessions, messenger), NOW)
    assert messenger.texts == [f"{alert} en normal"] * 2
    async with sessions.begin() as session:
        session.add(
            AlertTextRow(alert_id=alert, locale="sv", variant="normal", message=Message("sv").to_json())
        )
    for reader in (1, 2):
        await world.add_row(sessions, Operation.EDIT, alert_id=alert, subscriber_id=reader)
    assert sorted(await done(sessions)) == [(Operation.EDIT, "sv", 101), (Operation.EDIT, "sv", 102)]
    assert await world.statuses(sessions) == {"sent": 4}


async def test_an_edit_in_mid_broadcast_does_not_say_what_was_said_before(sessions: Sessions) -> None:
    """Texts are kept for a round: one that came meanwhile must be seen."""
    await world.crowd(sessions, 80)
    alert = await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger()
    running = asyncio.create_task(send(sending(sessions, messenger, pace=Pace(40)), NOW))
    await messenger.has_sent(3)
    new = {"message": Message("new").to_json()}
    async with sessions.begin() as session:
        await session.execute(update(AlertTextRow).where(AlertTextRow.alert_id == alert).values(**new))
    await world.add_row(sessions, Operation.EDIT, alert_id=alert, lane=0)
    await running
    assert [one.message.text for one in messenger.sent if one.operation is Operation.EDIT] == ["new"]


async def test_no_edit_of_what_is_over_but_in_a_readers_pause(sessions: Sessions) -> None:
    alert = await sent(sessions)
    await world.add_row(sessions, Operation.EDIT, alert_id=alert)
    await world.end_alert(sessions, alert)
    assert await done(sessions) == []
    await world.end_alert(sessions, alert, AlertStatus.PUBLISHED)
    await enrol.pause(sessions, 101, NOW + timedelta(days=7))
    assert await done(sessions) == [(Operation.EDIT, f"{alert} en normal", 424242)]


@pytest.mark.parametrize("mode", [Mode.SAFE, Mode.NORMAL])
async def test_only_of_safe_mode_the_message_is_kept_and_sealed(sessions: Sessions, mode: Mode) -> None:
    await sent(sessions, mode)
    (row,) = await world.rows(sessions)
    if mode is Mode.NORMAL:
        assert row.message is None
        return
    assert b"424242" not in row.message
    async with sessions() as session:
        assert sealer_of(session).open(row.message, "deliveries.message") == "424242"


async def test_a_kept_message_is_deleted_after_its_alert_and_its_reader_have_gone(sessions: Sessions) -> None:
    alert = await sent(sessions, Mode.SAFE)
    await enrol.stop(sessions, 101)
    await world.end_alert(sessions, alert)
    await world.add_row(sessions, Operation.DELETE, alert_id=alert)
    assert await done(sessions) == [(Operation.DELETE, "", 424242)]


async def test_a_digest_is_deleted_too(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await world.publish(sessions)
    await daily(sessions, NOW, time(12), ZoneInfo("UTC"))
    answer = always(OutcomeKind.SENT, message_id=7)
    await send(sending(sessions, FakeMessenger(answer)), NOW)
    await world.add_row(sessions, Operation.DELETE, digest_day=DAY)
    assert await done(sessions) == [(Operation.DELETE, "", 7)]


async def test_what_acts_on_a_message_nobody_knows_ends(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    alert = await world.publish(sessions)
    await world.add_row(sessions, Operation.DELETE, alert_id=alert)
    assert await done(sessions) == []
    assert [(row.status, row.reason) for row in await world.rows(sessions)] == [
        ("cancelled", "message_forgotten")
    ]


async def test_a_deletion_is_tried_more_often_than_a_message(sessions: Sessions) -> None:
    alert = await sent(sessions, Mode.SAFE)
    await world.add_row(sessions, Operation.DELETE, alert_id=alert)
    for hours in range(4):
        unclear = FakeMessenger(always(OutcomeKind.AMBIGUOUS))
        await send(sending(sessions, unclear), LATER + timedelta(hours=hours))
        assert len(unclear.sent) == 1
    async with sessions.begin() as session:
        assert len(await ledger.claim(session, 9, "dying", timedelta(0), LATER + timedelta(days=1))) == 1
    assert await recover.recover(sessions, LATER) == Counter({S.PENDING: 1})


async def test_a_paused_broadcast_is_left_alone_and_wakes_by_itself(sessions: Sessions) -> None:
    await world.crowd(sessions, 5)
    paused = await world.publish(sessions)
    other = await world.publish(sessions, lane=2)
    await fan_out(sessions, NOW)
    until = NOW + timedelta(minutes=15)
    await world.pause_broadcast(sessions, paused, until)
    messenger = FakeMessenger()
    report = await send(sending(sessions, messenger), NOW)
    assert messenger.texts == [f"{other} en normal"] * 5
    assert (report.more, report.next_due) == (False, until)
    await send(sending(sessions, messenger), until)
    assert messenger.texts[5:] == [f"{paused} en normal"] * 5


async def test_who_is_awake_comes_first_within_a_lane(sessions: Sessions) -> None:
    for chat, country in ((101, "JP"), (102, None), (103, "SE"), (104, "US")):
        await world.join(sessions, chat)
        await enrol.remember_country(sessions, chat, country)
    urgent = await world.publish(sessions, lane=0)
    slow = await world.publish(sessions, lane=1)
    await fan_out(sessions, NOW.replace(hour=20), ZoneInfo("Asia/Tehran"))  # 05:00 in Japan, 23:30 in Iran
    messenger = FakeMessenger()
    tools = sending(sessions, messenger, pace=Pace(FAST, in_flight=1))
    await send(tools, NOW)
    assert messenger.chats == [103, 104, 101, 102]
    assert messenger.texts == [f"{urgent} en normal"] * 4
    await send(sending(sessions, messenger, pace=Pace(FAST, in_flight=1)), LATER)
    assert messenger.texts[4:] == [f"{slow} en normal"] * 4
    assert messenger.chats[4:] == [103, 104, 101, 102]


async def test_nothing_overtakes_in_one_chat(sessions: Sessions) -> None:
    """The update is due while the original is in flight, and another worker is free."""
    await world.join(sessions, 101)
    case = await world.open_case(sessions)
    first = await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    landing = asyncio.Event()
    slow, quick = FakeMessenger(gate=landing), FakeMessenger()
    flying = asyncio.create_task(send(sending(sessions, slow, worker="slow"), NOW))
    await slow.has_sent(1)
    update_ = await world.publish(sessions, case, kind=AlertKind.UPDATE_NEW_DEMAND)
    await fan_out(sessions, NOW)
    report = await send(sending(sessions, quick, worker="quick"), NOW)
    assert quick.sent == []
    assert report.next_due == pytest.approx(NOW + timedelta(seconds=1), abs=timedelta(seconds=1))
    assert not report.more
    landing.set()
    await flying
    await send(sending(sessions, quick, worker="quick"), LATER)
    assert [*slow.texts, *quick.texts] == [f"{first} en normal", f"{update_} en normal"]


@pytest.mark.parametrize(("kind", "seconds"), [(ChatKind.PRIVATE, 1), (ChatKind.GROUP, 3)])
async def test_workers_together_keep_a_chats_limit(sessions: Sessions, kind: ChatKind, seconds: int) -> None:
    await world.join(sessions, 101, kind=kind)
    for _ in range(2):
        await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger()
    await send(sending(sessions, messenger, worker="one"), NOW)
    gap = timedelta(seconds=seconds)
    for after, count in ((gap * 0.5, 1), (gap * 2, 2)):
        await world.clear_waits(sessions)
        await send(sending(sessions, messenger, worker="two"), NOW + after)
        assert len(messenger.sent) == count


class Looking(FakeMessenger):
    """Asks the ledger, as it would be found after a crash, how the row stands whose message is about to leave."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__()
        self._sessions = sessions
        self.found: Counter[str] = Counter()

    async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
        rows = {row.id: row for row in await world.rows(self._sessions)}
        self.found[rows[envelope.delivery_id].status] += 1
        return await super().perform(envelope, leaving)


async def test_no_message_leaves_before_its_mark_is_committed(sessions: Sessions) -> None:
    await world.crowd(sessions, 60)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    looking = Looking(sessions)
    await send(sending(sessions, looking, pace=Pace(FAST, in_flight=4)), NOW)
    assert looking.found == {"dispatched": 60}


async def test_one_digest_for_all_who_are_told_the_same(sessions: Sessions) -> None:
    for chat, keys in ((101, ["*/*"]), (102, ["IR/*"]), (103, ["US/*"]), (104, ["*/*"])):
        await world.join(sessions, chat, *keys)
    await world.publish(sessions, view=world.SCHEDULED, at=NOW - timedelta(hours=1))
    await world.publish(sessions, at=NOW - timedelta(hours=1))
    await daily(sessions, NOW, time(12), ZoneInfo("UTC"))
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), NOW)
    said = {one.chat: one.message for one in messenger.sent}
    assert said[101] is said[104]
    assert len({id(message) for message in said.values()}) == 3
