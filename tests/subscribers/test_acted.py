from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from alerts.tables import TargetRow
from bot.database import Sessions
from subscribers import acted, enrol, erase
from subscribers.act import ActChannel, AddressFailure, Counts
from subscribers.retire import FAILURES_KEPT, retire
from subscribers.store import acts, failures
from subscribers.subscriber import ChatKind, Mode
from subscribers.tables import ActRow, AddressFailureRow
from tests.subscribers import world
from tests.subscribers.world import NOW

C = ActChannel
KEEP = timedelta(hours=48)
OFFICE = "office@example.org"


async def counts(sessions: Sessions, action_id: int) -> Counts:
    async with sessions() as session:
        return await acts.counts(session, action_id)


async def owners(sessions: Sessions) -> list[int | None]:
    async with sessions() as session:
        return list(await session.scalars(select(ActRow.subscriber_id).order_by(ActRow.id)))


async def test_once_per_reader_action_and_way(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    _, action = await world.open_case(sessions)
    first = await acted.act(sessions, 101, action, C.EMAIL, "fa", NOW)
    assert first is not None
    assert (first.is_new, first.channels, first.counts.total) == (True, {C.EMAIL}, 1)
    again = await acted.act(sessions, 101, action, C.EMAIL, "de", NOW)
    assert again is not None
    assert (again.is_new, again.channels, again.counts.by_language) == (False, {C.EMAIL}, {"fa": 1})
    other = await acted.act(sessions, 101, action, C.PHONE, "fa", NOW)
    assert other is not None
    assert (other.is_new, other.channels, other.counts.total) == (True, {C.EMAIL, C.PHONE}, 2)


async def test_counts_by_way_and_language(sessions: Sessions) -> None:
    for chat in (101, 102, 103):
        await world.join(sessions, chat)
    _, action = await world.open_case(sessions)
    _, another = await world.open_case(sessions)
    said: Sequence[tuple[int, ActChannel, str]] = (
        (101, C.EMAIL, "fa"),
        (101, C.PHONE, "en"),
        (102, C.EMAIL, "fa"),
        (102, C.REPLY, "fa"),
        (103, C.REPLY, "de"),
    )
    for chat, channel, language in said:
        await acted.act(sessions, chat, action, channel, language, NOW)
    await acted.act(sessions, 103, another, C.POST, "sv", NOW)
    found = await counts(sessions, action)
    assert found == Counts(
        total=3,
        readers=2,
        by_channel={C.EMAIL: 2, C.PHONE: 1, C.REPLY: 2},
        by_language={"fa": 2, "en": 1},
    )
    assert found.replies == 2


async def test_undone(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102)
    _, action = await world.open_case(sessions)
    for chat in (101, 102):
        await acted.act(sessions, chat, action, C.EMAIL, "fa", NOW)
    await acted.act(sessions, 101, action, C.POST, "fa", NOW)
    assert await acted.undo(sessions, 101, action, C.EMAIL)
    assert not await acted.undo(sessions, 101, action, C.EMAIL)
    assert not await acted.undo(sessions, 999, action, C.EMAIL)
    assert (await counts(sessions, action)).by_channel == {C.EMAIL: 1, C.POST: 1}
    again = await acted.act(sessions, 101, action, C.EMAIL, "fa", NOW)
    assert again is not None
    assert again.is_new


async def test_nothing_is_stored_about_who_only_came_by_a_link(sessions: Sessions) -> None:
    _, action = await world.open_case(sessions)
    target = await world.open_target(sessions)
    await world.join(sessions, 101)
    await enrol.stop(sessions, 101)
    await world.join(sessions, 102, mode=Mode.READ_ONLY)
    await world.join(sessions, -103, kind=ChatKind.GROUP)
    await enrol.begin(sessions, 104, ChatKind.PRIVATE, "en", 1, NOW)
    for chat in (101, 102, -103, 104, 999):
        assert await acted.act(sessions, chat, action, C.EMAIL, "fa", NOW) is None
        assert await acted.report_failure(sessions, chat, target, OFFICE) == 0
    assert await owners(sessions) == []
    assert await enrol.subscriber_of(sessions, 999) is None


async def test_who_paused_may_still_say_so(sessions: Sessions) -> None:
    await world.join(sessions, 101, mode=Mode.SAFE)
    await enrol.pause(sessions, 101, NOW + timedelta(days=7))
    _, action = await world.open_case(sessions)
    assert await acted.act(sessions, 101, action, C.EMAIL, "fa", NOW) is not None


async def test_an_action_that_is_not_there_is_nobodys(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    assert await acted.act(sessions, 101, 4711, C.EMAIL, "fa", NOW) is None
    assert await acted.report_failure(sessions, 101, 4711, OFFICE) == 0


async def test_acts_belong_to_nobody_48_hours_after_their_action_closed(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102)
    _, closed = await world.open_case(sessions)
    _, still_open = await world.open_case(sessions)
    for chat in (101, 102):
        await acted.act(sessions, chat, closed, C.EMAIL, "fa", NOW)
    await acted.act(sessions, 101, closed, C.POST, "de", NOW)
    await acted.act(sessions, 101, still_open, C.EMAIL, "fa", NOW)
    before = await counts(sessions, closed)
    assert (before.total, before.readers) == (3, 2)
    await world.close_action(sessions, closed, NOW)
    assert (await retire(sessions, NOW + KEEP - timedelta(seconds=1), KEEP)).unlinked == 0
    late = await acted.act(sessions, 102, closed, C.REPLY, "fa", NOW + timedelta(hours=47))
    assert late is not None
    assert (await retire(sessions, NOW + KEEP, KEEP)).unlinked == 4
    assert sum(owner is None for owner in await owners(sessions)) == 4
    after = await counts(sessions, closed)
    assert (after.total, after.by_language, after.replies) == (3, {"fa": 2, "de": 1}, 1)
    assert after.readers == 2, "at least"
    stored = await erase.export(sessions, 101)
    assert stored is not None
    assert [row["action_id"] for row in stored["acts"]] == [still_open]


async def test_nobody_counts_twice_once_an_action_is_unlinked(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    _, action = await world.open_case(sessions)
    await acted.act(sessions, 101, action, C.EMAIL, "fa", NOW)
    await world.close_action(sessions, action, NOW)
    await retire(sessions, NOW + KEEP, KEEP)
    assert await acted.act(sessions, 101, action, C.EMAIL, "fa", NOW + KEEP) is None
    assert not await acted.undo(sessions, 101, action, C.EMAIL)
    assert (await counts(sessions, action)).total == 1


async def test_three_readers_report_an_address_once_each(sessions: Sessions) -> None:
    target = await world.open_target(sessions)
    for chat in (101, 102, 103):
        await world.join(sessions, chat)
    told = [await acted.report_failure(sessions, chat, target, OFFICE) for chat in (101, 101, 102, 102, 103)]
    assert told == [1, 1, 2, 2, 3]
    assert await acted.report_failure(sessions, 101, target, "other@example.org") == 1
    async with sessions.begin() as session:
        assert await failures.failures(session) == [AddressFailure(target, OFFICE, 3)]
        await failures.clear_failures(session, target, OFFICE)
        assert await failures.failures(session) == []
        assert await failures.readers(session, target, "other@example.org") == 1
        await failures.clear_failures(session, target)
        assert await failures.readers(session, target, "other@example.org") == 0


@pytest.mark.parametrize(("days", "kept"), [(179, 1), (180, 0)])
async def test_reports_go_when_nobody_has_checked_the_address_for_long(
    sessions: Sessions, days: int, kept: int
) -> None:
    await world.join(sessions, 101)
    target = await world.open_target(sessions)
    await acted.report_failure(sessions, 101, target, OFFICE)
    assert (await retire(sessions, NOW + timedelta(days=days), KEEP)).failures == 1 - kept
    async with sessions() as session:
        assert len((await session.scalars(select(AddressFailureRow.target_id))).all()) == kept
    assert timedelta(days=179) < FAILURES_KEPT <= timedelta(days=180)


async def test_reports_go_with_the_target(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    target = await world.open_target(sessions)
    await acted.report_failure(sessions, 101, target, OFFICE)
    async with sessions.begin() as session:
        await session.execute(update(TargetRow).values(retired_at=NOW))
    assert await acted.report_failure(sessions, 101, target, "other@example.org") == 0
    assert (await retire(sessions, NOW, KEEP)).failures == 1


async def test_of_who_only_reads_from_now_on_nothing_says_that_they_wrote(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    await world.join(sessions, 102)
    _, action = await world.open_case(sessions)
    office = await world.open_target(sessions)
    await enrol.remember_country(sessions, 101, "DE")
    for chat in (101, 102):
        await acted.act(sessions, chat, action, C.EMAIL, "fa", NOW)
        await acted.report_failure(sessions, chat, office, OFFICE)
    await enrol.choose_mode(sessions, 101, Mode.SAFE)
    assert None not in await owners(sessions)
    await enrol.choose_mode(sessions, 101, Mode.READ_ONLY)
    stored = await erase.export(sessions, 101)
    assert stored is not None
    assert (stored["acts"], stored["address_failures"], stored["subscriber"][0]["country"]) == ([], [], None)
    assert (await counts(sessions, action)).total == 2
    async with sessions() as session:
        assert await failures.readers(session, office, OFFICE) == 1
