from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from alerts.alert import AlertKind
from alerts.tables import ActionRow
from bot.database import Sessions
from subscribers import enrol, erase
from subscribers.daily import daily
from subscribers.delivery import DeliveryStatus, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.retire import Retired, retire
from subscribers.send import send
from subscribers.store import ledger, retention
from subscribers.subscriber import Mode
from subscribers.tables import ChainRow
from tests.subscribers import world
from tests.subscribers.world import NOW, FakeMessenger, always, sending

S = DeliveryStatus
KEEP = timedelta(hours=48)


async def chain_count(sessions: Sessions) -> int:
    async with sessions() as session:
        return len((await session.scalars(select(ChainRow.action_id))).all())


async def test_rows_of_an_overtaken_alert_are_cancelled(sessions: Sessions) -> None:
    await world.crowd(sessions, 3)
    case = await world.open_case(sessions)
    first = await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    await world.publish(sessions, case, kind=AlertKind.STOP_ACTION)
    await fan_out(sessions, NOW)
    assert await retire(sessions, NOW, KEEP) == Retired(
        overtaken=3, unwanted=0, stale=0, rolled_up=0, chains=0, unbuttoned=0, unlinked=0, failures=0
    )
    async with sessions() as session:
        assert await ledger.books(session, first) == {S.CANCELLED: 3}
    assert await world.statuses(sessions) == {"cancelled": 3, "pending": 3}


async def test_rows_of_readers_who_left_are_ended(sessions: Sessions) -> None:
    for chat in (101, 102, 103, 104):
        await world.join(sessions, chat)
    await world.publish(sessions)
    gone = await world.publish(sessions)
    await fan_out(sessions, NOW)
    await enrol.stop(sessions, 101)
    await erase.forget(sessions, 102)
    messenger = FakeMessenger(
        lambda envelope: always(OutcomeKind.GONE if envelope.chat == 103 else OutcomeKind.NOT_SENT)(envelope)
    )
    await send(sending(sessions, messenger), NOW)
    assert (await retire(sessions, NOW, KEEP)).unwanted == 5
    async with sessions() as session:
        assert await ledger.books(session, gone) == {S.CANCELLED: 2, S.GONE: 1, S.PENDING: 1}


async def test_a_digest_nobody_could_be_sent_in_time_is_dropped(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await daily(sessions, NOW, time(12), ZoneInfo("UTC"))
    assert (await retire(sessions, NOW + timedelta(hours=5, minutes=59), KEEP)).stale == 0
    assert (await retire(sessions, NOW + timedelta(hours=6), KEEP)).stale == 1


async def test_the_books_balance_after_the_ledger_is_rolled_up(sessions: Sessions) -> None:
    await world.crowd(sessions, 6)
    alert = await world.publish(sessions)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(
        lambda envelope: always(OutcomeKind.GONE if envelope.chat % 3 == 0 else OutcomeKind.SENT)(envelope)
    )
    await send(sending(sessions, messenger), NOW)
    async with sessions() as session:
        before = await ledger.books(session, alert)
    assert before == {S.SENT: 4, S.GONE: 2}
    assert (await retire(sessions, NOW + KEEP - timedelta(seconds=1), KEEP)).rolled_up == 0
    for _ in range(2):
        await retire(sessions, NOW + KEEP + timedelta(minutes=1), KEEP)
        async with sessions() as session:
            assert await ledger.books(session, alert) == before
    assert await world.rows(sessions) == []


@pytest.mark.parametrize("number", [3, 4, 5])
async def test_much_is_done_in_several_turns(
    sessions: Sessions, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody waits for the ledger until a million rows have been written."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    chats = await world.crowd(sessions, number)
    sent = await world.publish(sessions)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    overtaken, unwanted = await world.publish(sessions), await world.publish(sessions)
    await fan_out(sessions, NOW)
    await world.end_alert(sessions, overtaken)
    for chat in chats:
        await enrol.stop(sessions, chat)
    done = await retire(sessions, NOW, KEEP)
    assert (done.overtaken, done.unwanted) == (number, number)
    assert (await retire(sessions, NOW + KEEP + timedelta(minutes=1), KEEP)).rolled_up == 3 * number
    async with sessions() as session:
        books = [await ledger.books(session, alert) for alert in (sent, overtaken, unwanted)]
    assert books == [{S.SENT: number}, {S.CANCELLED: number}, {S.CANCELLED: number}]


async def test_chain_rows_stay_for_a_fortnight_after_the_action_closed(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    await retire(sessions, NOW + timedelta(days=60), KEEP)
    assert await chain_count(sessions) == 1, "an open chain keeps them"
    async with sessions.begin() as session:
        await session.execute(update(ActionRow).values(closed_at=NOW))
    await retire(sessions, NOW + timedelta(days=13), KEEP)
    assert await chain_count(sessions) == 1
    await retire(sessions, NOW + timedelta(days=14), KEEP)
    assert await chain_count(sessions) == 0


async def test_in_safe_mode_chain_rows_go_after_47_hours(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await world.join(sessions, 102)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    await retire(sessions, NOW + timedelta(hours=46), KEEP)
    assert await chain_count(sessions) == 2
    await retire(sessions, NOW + timedelta(hours=47, minutes=1), KEEP)
    assert await chain_count(sessions) == 1
