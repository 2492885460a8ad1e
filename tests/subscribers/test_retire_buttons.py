"""The messages of alerts that are over lose their buttons: once each, and it is in no book."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from alerts.alert import AlertKind, AlertStatus
from alerts.tables import AlertRow
from bot.database import Sessions
from subscribers import enrol, erase, recover
from subscribers.delivery import DeliveryStatus, Envelope, Operation, Outcome, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.retire import retire
from subscribers.send import send
from subscribers.store import ledger
from subscribers.subscriber import Mode
from subscribers.tables import ChainRow
from tests.subscribers import world
from tests.subscribers.world import NOW, FakeMessenger, always, sending

S = DeliveryStatus
KEEP = timedelta(hours=48)
Case = tuple[int, int]
ENDS = (AlertStatus.SUPERSEDED, AlertStatus.STOPPED, AlertStatus.EXPIRED, AlertStatus.CANCELLED)


async def sent(
    sessions: Sessions, case: Case, kind: AlertKind = AlertKind.FIRST
) -> tuple[int, list[Envelope]]:
    """An alert that everybody has got; its id and what was sent."""
    alert = await world.publish(sessions, case, kind=kind)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(
        lambda envelope: Outcome(OutcomeKind.SENT, message_id=alert * 1000 + envelope.chat)
    )
    await send(sending(sessions, messenger), NOW)
    return alert, messenger.sent


async def taken(sessions: Sessions, now: datetime = NOW) -> list[tuple[int, int | None]]:
    """What the sender does when it has only buttons to take: (chat, message)."""
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), now)
    assert {envelope.operation for envelope in messenger.sent} <= {Operation.UNBUTTON}
    return sorted((envelope.chat, envelope.reply_to) for envelope in messenger.sent)


@pytest.mark.parametrize("ending", ENDS)
async def test_messages_of_an_alert_that_is_over_lose_their_buttons(
    sessions: Sessions, ending: AlertStatus
) -> None:
    for chat in (101, 102):
        await world.join(sessions, chat)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    assert (await retire(sessions, NOW, KEEP)).unbuttoned == 0, "it stands"
    await world.end_alert(sessions, alert, ending)
    assert (await retire(sessions, NOW, KEEP)).unbuttoned == 2
    rows = [row for row in await world.rows(sessions) if row.operation == "unbutton"]
    assert {(row.alert_id, row.lane, row.status) for row in rows} == {(alert, 3, "pending")}
    assert await taken(sessions) == [(101, alert * 1000 + 101), (102, alert * 1000 + 102)]


async def test_an_update_answers_the_first_message_and_buttons_go_from_each_that_is_over(
    sessions: Sessions,
) -> None:
    await world.join(sessions, 101)
    case = await world.open_case(sessions)
    first, _ = await sent(sessions, case)
    second, messages = await sent(sessions, case, AlertKind.UPDATE_NEW_DEMAND)
    assert [envelope.reply_to for envelope in messages] == [first * 1000 + 101]
    await retire(sessions, NOW, KEEP)
    assert await taken(sessions) == [(101, first * 1000 + 101)]
    third, messages = await sent(sessions, case, AlertKind.CORRECTION)
    assert [envelope.reply_to for envelope in messages] == [first * 1000 + 101]
    await retire(sessions, NOW, KEEP)
    assert await taken(sessions) == [(101, second * 1000 + 101)]
    await world.end_alert(sessions, third)
    await retire(sessions, NOW, KEEP)
    assert await taken(sessions) == [(101, third * 1000 + 101)]


async def test_the_first_message_is_the_one_published_first(sessions: Sessions) -> None:
    """Not the one drafted first, when a chain has several cases."""
    await world.join(sessions, 101)
    case = await world.open_case(sessions)
    drafted_first = await world.publish(sessions, case, at=NOW - timedelta(hours=1))
    drafted_second = await world.publish(sessions, case, at=NOW - timedelta(hours=2))
    async with sessions.begin() as session:
        await session.execute(update(AlertRow).values(status="published"))
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(
        lambda envelope: Outcome(OutcomeKind.SENT, message_id=int(envelope.message.text.split()[0]))
    )
    for _ in range(2):  # one chat is written to once a second
        await send(sending(sessions, messenger), NOW)
        await world.clear_waits(sessions)
    assert {int(text.split()[0]) for text in messenger.texts} == {drafted_first, drafted_second}
    _, messages = await sent(sessions, case, AlertKind.UPDATE_NEW_DEMAND)
    assert [envelope.reply_to for envelope in messages] == [drafted_second]


async def test_buttons_go_exactly_once(sessions: Sessions) -> None:
    """However often it runs, whatever the ledger has forgotten, also after months in which nothing ran."""
    await world.join(sessions, 101)
    await world.join(sessions, 102)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    await world.end_alert(sessions, alert)
    late = NOW + timedelta(days=90)
    assert [(await retire(sessions, late, KEEP)).unbuttoned for _ in range(2)] == [2, 0]
    assert len(await taken(sessions, late)) == 2
    for hours in (0, 1, 49, 50):
        assert (await retire(sessions, late + timedelta(hours=hours), KEEP)).unbuttoned == 0
    assert await world.rows(sessions) == []
    assert await taken(sessions, late + timedelta(hours=50)) == []


async def test_a_restart_in_between_takes_no_buttons_twice(sessions: Sessions) -> None:
    """Killed after Telegram's answer and before it was recorded, it is done over; then never again."""
    await world.join(sessions, 101)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    await world.end_alert(sessions, alert)
    await retire(sessions, NOW, KEEP)
    async with sessions.begin() as session:
        (claim,) = await ledger.claim(session, 9, "killed", timedelta(seconds=30), NOW + timedelta(seconds=2))
    assert claim.operation is Operation.UNBUTTON
    assert (await retire(sessions, NOW + KEEP * 2, KEEP)).unbuttoned == 0
    assert await recover.lapse_all(sessions, NOW) == {S.PENDING: 1}
    assert len(await taken(sessions)) == 1
    for days in (0, 3, 4):
        assert (await retire(sessions, NOW + timedelta(days=days), KEEP)).unbuttoned == 0


async def test_a_message_that_lands_after_its_alert_ended_loses_its_buttons_too(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    alert = await world.publish(sessions, await world.open_case(sessions))
    await fan_out(sessions, NOW)
    landing = asyncio.Event()
    messenger = FakeMessenger(gate=landing)
    flying = asyncio.create_task(send(sending(sessions, messenger), NOW))
    await messenger.has_sent(1)
    await world.end_alert(sessions, alert)
    assert (await retire(sessions, NOW, KEEP)).unbuttoned == 0
    landing.set()
    await flying
    assert (await retire(sessions, NOW, KEEP)).unbuttoned == 1


async def test_buttons_go_in_a_pause_and_not_from_who_left(sessions: Sessions) -> None:
    chats = (101, 102, 103, 104)
    for chat in chats:
        await world.join(sessions, chat)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    await world.end_alert(sessions, alert)
    await enrol.pause(sessions, 101, NOW + timedelta(days=30))
    await enrol.stop(sessions, 102)
    await erase.forget(sessions, 103)
    assert (await retire(sessions, NOW, KEEP)).unbuttoned == 2
    await enrol.stop(sessions, 104)
    assert (await retire(sessions, NOW, KEEP)).unwanted == 1
    assert [chat for chat, _ in await taken(sessions)] == [101]


async def test_who_comes_back_finds_no_old_buttons(sessions: Sessions) -> None:
    """One stopped before the alert ended, the other when the buttons were about to go."""
    for chat in (101, 102):
        await world.join(sessions, chat)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    await enrol.stop(sessions, 101)
    await world.end_alert(sessions, alert)
    assert (await retire(sessions, NOW, KEEP)).unbuttoned == 1
    await enrol.stop(sessions, 102)
    await retire(sessions, NOW, KEEP)
    for chat in (101, 102):
        await enrol.resume(sessions, chat)
    after = NOW + KEEP + timedelta(minutes=1)
    assert (await retire(sessions, after, KEEP)).unbuttoned == 1
    assert (await retire(sessions, after, KEEP)).unbuttoned == 1
    assert [chat for chat, _ in await taken(sessions, after)] == [101, 102]


async def test_buttons_are_not_in_the_books(sessions: Sessions) -> None:
    await world.crowd(sessions, 4)
    case = await world.open_case(sessions)
    alert, _ = await sent(sessions, case)
    await world.end_alert(sessions, alert)
    await retire(sessions, NOW, KEEP)
    for now in (NOW, NOW + KEEP + timedelta(minutes=1)):
        async with sessions() as session:
            assert await ledger.books(session, alert) == {S.SENT: 4}
        await send(sending(sessions, FakeMessenger()), now)
        await retire(sessions, now + KEEP, KEEP)
    assert await world.rows(sessions) == []


async def test_the_books_of_a_chain_are_those_of_its_alerts(sessions: Sessions) -> None:
    case = await world.open_case(sessions)
    async with sessions() as session:
        assert await ledger.books_of_chain(session, case[1]) == {}
    for chat in (101, 102, 103):
        await world.join(sessions, chat)
    first, _ = await sent(sessions, case)
    for chat in (102, 103):
        await enrol.stop(sessions, chat)
    second, _ = await sent(sessions, case, AlertKind.CORRECTION)
    await sent(sessions, await world.open_case(sessions))
    await retire(sessions, NOW + KEEP, KEEP)
    async with sessions() as session:
        assert await ledger.books_of_chain(session, case[1]) == {first: {S.SENT: 3}, second: {S.SENT: 1}}


async def test_buttons_that_telegram_refuses_to_take_stop_no_broadcast(sessions: Sessions) -> None:
    await world.crowd(sessions, 5)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    await world.end_alert(sessions, alert)
    await retire(sessions, NOW, KEEP)
    report = await send(sending(sessions, FakeMessenger(always(OutcomeKind.BAD_CONTENT))), NOW)
    assert (report.left, report.broken_off) == ({S.FAILED: 5}, [])
    async with sessions() as session:
        assert await ledger.broken_off(session) == []
    assert (await retire(sessions, NOW + KEEP * 2, KEEP)).unbuttoned == 0, "it would be refused again"


async def test_a_message_that_is_forgotten_is_left_alone(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    await world.end_alert(sessions, alert)
    await retire(sessions, NOW, KEEP)
    async with sessions.begin() as session:
        await session.execute(delete(ChainRow))
    assert await taken(sessions) == []
    rows = [(row.status, row.reason) for row in await world.rows(sessions) if row.operation == "unbutton"]
    assert rows == [("cancelled", "message_forgotten")]


async def test_buttons_do_not_keep_a_safe_readers_chain(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    alert, _ = await sent(sessions, await world.open_case(sessions))
    await world.end_alert(sessions, alert)
    await retire(sessions, NOW + timedelta(hours=46), KEEP)
    assert (await world.statuses(sessions))["pending"] == 1
    await retire(sessions, NOW + timedelta(hours=47, minutes=1), KEEP)
    async with sessions() as session:
        assert (await session.scalars(select(ChainRow.alert_id))).all() == []
