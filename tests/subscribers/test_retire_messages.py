"""In safe mode messages are deleted: an hour before their 47 hours are over, whoever has stopped meanwhile."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from alerts.alert import AlertKind
from bot.database import Sessions
from subscribers import enrol, erase
from subscribers.daily import daily
from subscribers.delivery import DeliveryStatus, Envelope, Operation, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.retire import Retired, retire
from subscribers.send import send
from subscribers.store import ledger
from subscribers.subscriber import Mode
from subscribers.tables import ChainRow, DeliveryRow
from tests.subscribers import world
from tests.subscribers.world import NOW, FakeMessenger, always, sending

S = DeliveryStatus
KEEP = timedelta(hours=48)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DUE = NOW + 46 * HOUR + MINUTE


async def out(sessions: Sessions, now: datetime, messenger: FakeMessenger | None = None) -> list[Envelope]:
    """What the sender does now."""
    messenger = messenger or FakeMessenger()
    await send(sending(sessions, messenger), now)
    return messenger.sent


async def deleted(sessions: Sessions, now: datetime) -> list[tuple[int, int | None]]:
    """What the sender does when it has only messages to delete: (chat, message)."""
    done = await out(sessions, now)
    assert {envelope.operation for envelope in done} <= {Operation.DELETE}
    return sorted((envelope.chat, envelope.reply_to) for envelope in done)


async def operations(sessions: Sessions) -> list[tuple[str, str, bool]]:
    """(operation, status, whether the message's id is kept) of every row."""
    return [(row.operation, row.status, row.message is not None) for row in await world.rows(sessions)]


async def sent(sessions: Sessions, kind: AlertKind = AlertKind.FIRST) -> int:
    """An alert that everybody has got; its id."""
    alert = await world.publish(sessions, await world.open_case(sessions), kind=kind)
    await fan_out(sessions, NOW)
    await out(sessions, NOW)
    return alert


async def test_messages_in_safe_mode_go_in_time_and_nobody_elses(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await world.join(sessions, 102)
    alert = await sent(sessions)
    assert (await retire(sessions, DUE - 2 * MINUTE, KEEP)).to_delete == 0
    assert [(await retire(sessions, DUE, KEEP)).to_delete for _ in range(2)] == [1, 0]
    rows = [row for row in await world.rows(sessions) if row.operation == "delete"]
    assert [(row.alert_id, row.lane, row.status) for row in rows] == [(alert, 1, "pending")]
    ((chat, message),) = await deleted(sessions, DUE)
    assert (chat, message is not None) == (101, True)
    async with sessions() as session:
        assert await ledger.books(session, alert) == {S.SENT: 2}, "deletions are in no book"


async def test_nothing_of_a_message_is_left_once_it_is_gone(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await sent(sessions)
    await retire(sessions, DUE, KEEP)
    await deleted(sessions, DUE)
    assert await retire(sessions, DUE + MINUTE, KEEP) == Retired(0, 0, 0, 0, 0)
    assert await operations(sessions) == [("send", "sent", False)]
    async with sessions() as session:
        assert (await session.scalars(select(ChainRow.alert_id))).all() == []
    assert (await retire(sessions, NOW + KEEP + HOUR, KEEP)).rolled_up == 1
    assert await deleted(sessions, NOW + KEEP + HOUR) == []


async def test_digests_go_too(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await world.publish(sessions)
    await daily(sessions, NOW, time(12), ZoneInfo("UTC"))
    assert [envelope.operation for envelope in await out(sessions, NOW)] == [Operation.SEND]
    later = await retire(sessions, DUE, KEEP)
    assert (later.to_delete, later.stale) == (1, 0)
    ((chat, message),) = await deleted(sessions, DUE)
    assert (chat, message is not None) == (101, True)
    await retire(sessions, DUE + MINUTE, KEEP)
    assert await operations(sessions) == [("send", "sent", False)]


async def test_they_go_also_when_the_reader_has_stopped_or_pauses(sessions: Sessions) -> None:
    for chat in (101, 102):
        await world.join(sessions, chat, mode=Mode.SAFE)
    await sent(sessions)
    await enrol.stop(sessions, 101)
    await enrol.pause(sessions, 102, NOW + timedelta(days=7))
    later = await retire(sessions, DUE, KEEP)
    assert (later.to_delete, later.unwanted) == (2, 0)
    assert (await retire(sessions, DUE + MINUTE, KEEP)).unwanted == 0
    assert [chat for chat, _ in await deleted(sessions, DUE + MINUTE)] == [101, 102]


async def test_they_go_also_when_the_alert_is_over(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await world.end_alert(sessions, await sent(sessions))
    await retire(sessions, NOW, KEEP)
    await out(sessions, NOW + MINUTE)  # the buttons go first
    assert (await retire(sessions, DUE, KEEP)).to_delete == 1
    assert [chat for chat, _ in await deleted(sessions, DUE)] == [101]


async def test_what_came_before_safe_mode_was_chosen_goes_as_well(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await sent(sessions)
    assert await operations(sessions) == [("send", "sent", False)]
    await enrol.choose_mode(sessions, 101, Mode.SAFE)
    assert (await retire(sessions, DUE, KEEP)).to_delete == 1
    assert [chat for chat, _ in await deleted(sessions, DUE)] == [101]
    assert [(await retire(sessions, DUE + n * MINUTE, KEEP)).to_delete for n in (1, 2)] == [0, 0]


async def test_a_short_memory_does_not_forget_what_must_be_deleted(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await world.join(sessions, 102)
    await sent(sessions)
    assert (await retire(sessions, NOW + 2 * HOUR, HOUR)).rolled_up == 1
    assert await operations(sessions) == [("send", "sent", True)]
    await retire(sessions, DUE, HOUR)
    assert [chat for chat, _ in await deleted(sessions, DUE)] == [101]
    await retire(sessions, DUE + MINUTE, HOUR)
    assert await operations(sessions) == []


@pytest.mark.parametrize("kind", [OutcomeKind.BAD_CONTENT, OutcomeKind.AMBIGUOUS, OutcomeKind.NOT_SENT])
async def test_what_did_not_work_is_tried_again(sessions: Sessions, kind: OutcomeKind) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await sent(sessions)
    await retire(sessions, DUE, KEEP)
    await out(sessions, DUE, FakeMessenger(always(kind)))
    await world.clear_waits(sessions)
    await retire(sessions, DUE + MINUTE, KEEP)
    assert [chat for chat, _ in await deleted(sessions, DUE + MINUTE)] == [101]


async def test_what_telegram_would_not_delete_any_more_is_forgotten_and_said(
    sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await sent(sessions)
    late = NOW + 49 * HOUR
    assert (await retire(sessions, late, timedelta(days=30))).missed == 1
    assert [record.getMessage() for record in caplog.records] == [
        "1 messages in safe mode could not be deleted within 48 hours and stay"
    ]
    assert await operations(sessions) == [("send", "sent", False)]
    assert (await retire(sessions, late, timedelta(days=30))).missed == 0


async def test_who_is_erased_leaves_no_message_behind(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await sent(sessions)
    await retire(sessions, DUE, KEEP)
    await erase.forget(sessions, 101)
    async with sessions() as session:
        assert (await session.scalars(select(DeliveryRow.message))).all() == [None, None]
    assert (await retire(sessions, DUE, KEEP)).missed == 0
    assert await operations(sessions) == [("send", "sent", False)]


async def test_the_export_shows_which_message_is_kept(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await world.publish(sessions, await world.open_case(sessions))
    await fan_out(sessions, NOW)
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), NOW)
    stored = await erase.export(sessions, 101)
    assert stored is not None
    kept = [row["message"] for row in stored["deliveries"]]
    assert kept == [row["message"] for row in stored["chain_rows"]] == [1001]
