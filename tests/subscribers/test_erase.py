from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import select, update

from alerts.seal import Sealer
from bot.database import Sessions, open_engine, open_sessions
from subscribers import acted, enrol, erase
from subscribers.act import ActChannel
from subscribers.delivery import Envelope, Outcome, OutcomeKind
from subscribers.erase import Erasure, erase_gone
from subscribers.fan_out import fan_out
from subscribers.retire import retire
from subscribers.send import send
from subscribers.store import acts, failures
from subscribers.store.people import CHAT, open_chat
from subscribers.tables import ChainRow, SubscriberRow
from tests.subscribers import world
from tests.subscribers.world import NOW, FakeMessenger, sending

CHAT_ID = 7_361_294_805
OTHER_ID = 6_912_350_477


def traces(chat: int, sealer: Sealer) -> dict[str, bytes]:
    """Every form in which a chat id could lie on the disk."""
    size = (chat.bit_length() + 7) // 8
    return {
        "decimal": str(chat).encode(),
        "hex": f"{chat:x}".encode(),
        "big-endian": chat.to_bytes(size, "big"),
        "little-endian": chat.to_bytes(size, "little"),
        "base64": base64.b64encode(str(chat).encode()),
        "sealed": sealer.seal(str(chat), CHAT),
        "without key id": sealer.seal(str(chat), CHAT)[1:],
    }


def found(folder: Path, chat: int, sealer: Sealer) -> set[str]:
    stored = b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
    return {name for name, form in traces(chat, sealer).items() if form in stored}


async def say(sessions: Sessions, chat: int, action_id: int, target_id: int) -> None:
    """A reader has sent a letter by post, and another came back."""
    await acted.act(sessions, chat, action_id, ActChannel.POST, "fa", NOW)
    await acted.report_failure(sessions, chat, target_id, "office@example.org")


@pytest.fixture
async def on_disk(
    tmp_path: Path, sqlite_template: Path, sealer: Sealer
) -> AsyncIterator[tuple[Sessions, Path]]:
    folder = tmp_path / "database"
    folder.mkdir()
    copyfile(sqlite_template, folder / "bot.db")
    engine = open_engine(f"sqlite+aiosqlite:///{folder / 'bot.db'}")
    yield open_sessions(engine, sealer), folder
    await engine.dispose()


async def test_no_byte_is_left_of_who_is_forgotten(on_disk: tuple[Sessions, Path], sealer: Sealer) -> None:
    sessions, folder = on_disk
    await world.join(sessions, OTHER_ID)
    await world.join(sessions, CHAT_ID, "IR/*", "case:17")
    case = await world.open_case(sessions)
    await say(sessions, CHAT_ID, case[1], await world.open_target(sessions))
    await world.publish(sessions, case)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    assert found(folder, CHAT_ID, sealer) == {"sealed", "without key id"}, "there, and only sealed"
    assert await erase.forget(sessions, CHAT_ID)
    assert found(folder, CHAT_ID, sealer) == set()
    assert (folder / "bot.db-wal").stat().st_size == 0
    assert found(folder, OTHER_ID, sealer) == {"sealed", "without key id"}


async def test_who_is_forgotten_leaves_only_unlinked_counts(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102)
    case = await world.open_case(sessions)
    target = await world.open_target(sessions)
    for chat in (101, 102):
        await say(sessions, chat, case[1], target)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    assert await erase.forget(sessions, 101)
    assert not await erase.forget(sessions, 101)
    assert await enrol.subscriber_of(sessions, 101) is None
    assert await erase.export(sessions, 101) is None
    assert sorted(row.subscriber_id is None for row in await world.rows(sessions)) == [False, True]
    assert await world.statuses(sessions) == {"sent": 2}
    async with sessions() as session:
        counts = await acts.counts(session, case[1])
        assert (counts.total, counts.readers) == (2, 2)
        assert await failures.readers(session, target, "office@example.org") == 1
        assert len((await session.scalars(select(ChainRow.alert_id))).all()) == 1


async def test_export_gives_all_that_is_stored(sessions: Sessions) -> None:
    await world.join(sessions, 101, "IR/*", "case:17", locale="fa")
    await world.join(sessions, 102)
    await enrol.choose_plain(sessions, 101, plain=True)
    await enrol.remember_country(sessions, 101, "SE")
    case = await world.open_case(sessions)
    target = await world.open_target(sessions)
    await say(sessions, 101, case[1], target)
    await say(sessions, 102, case[1], target)
    await enrol.stop(sessions, 102)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    stored = await erase.export(sessions, 101)
    assert stored is not None
    (subscriber,) = stored["subscriber"]
    assert subscriber.pop("id") == stored["subscriptions"][0]["subscriber_id"]
    assert subscriber == {
        "chat": 101,
        "kind": "private",
        "locale": "fa",
        "mode": "normal",
        "active": True,
        "consent_version": 1,
        "joined_month": "2026-11",
        "paused_until": None,
        "letter_warned": False,
        "plain": True,
        "country": "SE",
        "gone_at": None,
        "gone_held": False,
    }
    assert {row["key"] for row in stored["subscriptions"]} == {"IR/*", "case:17"}
    assert [row["status"] for row in stored["deliveries"]] == ["sent"]
    assert [row["message"] for row in stored["chain_rows"]] == [1001]
    assert [(row["action_id"], row["channel"]) for row in stored["acts"]] == [(case[1], "post")]
    assert [(row["target_id"], row["address"]) for row in stored["address_failures"]] == [
        (target, "office@example.org")
    ]


async def lose(sessions: Sessions, lost: int, kept: int) -> None:
    """A broadcast in which some chats turn out to have blocked us."""
    chats = await world.crowd(sessions, lost + kept)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    gone = set(chats[:lost])

    def answer(envelope: Envelope) -> Outcome:
        return Outcome(OutcomeKind.GONE if envelope.chat in gone else OutcomeKind.SENT)

    await send(sending(sessions, FakeMessenger(answer)), NOW)


@pytest.mark.parametrize(("lost", "kept"), [(1, 0), (19, 0), (19, 30)])
async def test_a_few_refusals_are_erased(sessions: Sessions, lost: int, kept: int) -> None:
    await lose(sessions, lost, kept)
    assert await erase_gone(sessions, NOW + timedelta(minutes=1)) == Erasure(lost, 0)
    assert len(await world.subscriber_rows(sessions)) == kept
    assert await erase_gone(sessions, NOW + timedelta(minutes=2)) == Erasure(0, 0)


async def test_a_storm_of_refusals_is_held_until_a_moderator_has_looked(sessions: Sessions) -> None:
    await lose(sessions, 20, 30)
    for later in (timedelta(minutes=1), timedelta(hours=3)):
        assert await erase_gone(sessions, NOW + later) == Erasure(0, 20)
    assert await erase.reinstate_held(sessions) == 20
    assert {row.gone_at for row in await world.subscriber_rows(sessions)} == {None}


async def test_a_storm_that_was_real_is_erased_when_a_moderator_says_so(
    on_disk: tuple[Sessions, Path], sealer: Sealer
) -> None:
    sessions, folder = on_disk
    await lose(sessions, 22, 0)
    assert await erase_gone(sessions, NOW + timedelta(minutes=1)) == Erasure(0, 22)
    chats = [await _chat_of(sessions, row) for row in await world.subscriber_rows(sessions)]
    assert await erase.erase_held(sessions) == 22
    # The storm's hour is not over: nothing may be held anew.
    for later in (timedelta(minutes=2), timedelta(minutes=3)):
        assert await erase_gone(sessions, NOW + later) == Erasure(0, 0)
    assert await world.subscriber_rows(sessions) == []
    assert [found(folder, chat, sealer) - {"decimal", "hex"} for chat in chats] == [set()] * 22
    assert (folder / "bot.db-wal").stat().st_size == 0
    assert await erase.erase_held(sessions) == 0


async def _chat_of(sessions: Sessions, row: SubscriberRow) -> int:
    async with sessions() as session:
        return open_chat(session, row.chat)


async def test_a_storm_while_buttons_are_taken_away_is_held_too(sessions: Sessions) -> None:
    """Edits that Telegram refuses by mistake must not empty the list, whatever went well before."""
    chats = await world.crowd(sessions, 30)
    case = await world.open_case(sessions)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger(lambda envelope: Outcome(OutcomeKind.SENT, message_id=envelope.chat % 1000 + 1))
    await send(sending(sessions, messenger), NOW)
    async with sessions.begin() as session:
        done = world.DeliveryRow(
            alert_id=1, operation="send", lane=0, status="sent", attempts=1, copies=1, done_at=NOW
        )
        session.add_all(world.DeliveryRow(**done.model_dump(exclude={"id"})) for _ in range(2000))
    await world.end_alert(sessions, 1)
    await retire(sessions, NOW, timedelta(hours=48))
    messenger.answer = lambda envelope: Outcome(
        OutcomeKind.GONE if envelope.chat in chats[:25] else OutcomeKind.SENT
    )
    await send(sending(sessions, messenger), NOW)
    assert await erase_gone(sessions, NOW + timedelta(minutes=1)) == Erasure(0, 25)


async def test_who_goes_after_the_decision_is_asked_about_again(sessions: Sessions) -> None:
    await lose(sessions, 20, 2)
    await erase_gone(sessions, NOW + timedelta(minutes=1))
    await erase.erase_held(sessions)
    async with sessions.begin() as session:
        await session.execute(update(SubscriberRow).values(gone_at=NOW + timedelta(minutes=2)))
    assert await erase_gone(sessions, NOW + timedelta(minutes=3)) == Erasure(0, 2)


async def test_twenty_among_thousands_are_no_storm(sessions: Sessions) -> None:
    await lose(sessions, 20, 4)
    async with sessions.begin() as session:
        sent = world.DeliveryRow(
            alert_id=1, operation="send", lane=0, status="sent", attempts=1, copies=1, done_at=NOW
        )
        session.add_all(world.DeliveryRow(**sent.model_dump(exclude={"id"})) for _ in range(1000))
    assert await erase_gone(sessions, NOW + timedelta(minutes=1)) == Erasure(20, 0)


async def test_who_came_back_is_not_erased(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    async with sessions.begin() as session:
        await session.execute(update(SubscriberRow).values(gone_at=NOW))
    await world.join(sessions, 101)
    assert await erase_gone(sessions, NOW) == Erasure(0, 0)
