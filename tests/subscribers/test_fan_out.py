from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from alerts.alert import AlertKind, AlertStatus, Disposition
from alerts.case import CaseStatus, CaseView
from alerts.store import published
from alerts.tables import ActionRow, AlertRow
from bot.database import Sessions
from subscribers import audience, enrol
from subscribers import fan_out as fanning
from subscribers.delivery import DeliveryStatus, Operation, OutcomeKind
from subscribers.fan_out import FannedOut, fan_out
from subscribers.retire import retire
from subscribers.send import send
from subscribers.store import listing, people
from subscribers.subscriber import Mode
from subscribers.subscription import MARKS, wants
from subscribers.tables import ChainRow, DeliveryRow, SubscriptionRow
from tests.subscribers import world
from tests.subscribers.world import NOW, FakeMessenger, always, sending

AWAKE = listing.Night(frozenset(), at_home=False)


async def test_once_for_each_reader_however_often_it_runs(sessions: Sessions) -> None:
    await world.join(sessions, 101, "*/*", "IR/*")
    await world.join(sessions, 102, "IR/*")
    await world.join(sessions, 103, "US/*")
    alert = await world.publish(sessions)
    assert await fan_out(sessions, NOW) == [FannedOut(alert, 2)]
    assert await fan_out(sessions, NOW) == []
    async with sessions.begin() as session:
        await session.execute(update(AlertRow).values(fanned_out_at=None))
    assert await fan_out(sessions, NOW) == [FannedOut(alert, 2)]
    assert await world.statuses(sessions) == {"pending": 2}


async def test_killed_in_the_middle_it_begins_again(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.crowd(sessions, 5)
    alert = await world.publish(sessions)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(published, "mark_fanned_out", killed)
        with pytest.raises(KeyboardInterrupt):
            await fan_out(sessions, NOW)
    assert await world.statuses(sessions) == {"pending": 5}
    assert await fan_out(sessions, NOW) == [FannedOut(alert, 5)]


async def test_only_the_eligible(sessions: Sessions) -> None:
    for chat in range(101, 106):
        await world.join(sessions, chat)
    await enrol.stop(sessions, 102)
    await enrol.pause(sessions, 103, NOW + timedelta(hours=1))
    await enrol.pause(sessions, 104, NOW)
    subscriber = await enrol.subscriber_of(sessions, 105)
    assert subscriber is not None
    async with sessions.begin() as session:
        await people.mark_gone(session, [subscriber.id], NOW)
    alert = await world.publish(sessions)
    assert await audience.count(sessions, ["IR/*", "*/*"], NOW) == {"en": 2}
    assert await fan_out(sessions, NOW) == [FannedOut(alert, 2)]


@pytest.mark.parametrize("disposition", [Disposition.RECORD, Disposition.DIGEST])
async def test_what_does_not_go_out_reaches_nobody(sessions: Sessions, disposition: Disposition) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions, disposition=disposition)
    assert await fan_out(sessions, NOW) == []


@pytest.mark.parametrize("status", [status for status in AlertStatus if status is not AlertStatus.PUBLISHED])
async def test_only_a_published_alert_is_fanned_out(sessions: Sessions, status: AlertStatus) -> None:
    await world.join(sessions, 101)
    await world.publish(sessions, status=status)
    assert await fan_out(sessions, NOW) == []


async def test_most_urgent_first(sessions: Sessions) -> None:
    alerts = [await world.publish(sessions, lane=lane) for lane in (2, 0, 1)]
    assert [done.alert_id for done in await fan_out(sessions, NOW)] == [alerts[1], alerts[2], alerts[0]]


async def test_a_correction_reaches_everyone_who_got_the_original(sessions: Sessions) -> None:
    """Whatever they hear of now; who paused hears it after the pause, who stopped never."""
    for chat in (101, 102, 103, 104):
        await world.join(sessions, chat)
    case = await world.open_case(sessions)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    await enrol.choose_topics(sessions, 101, {"US/*"})
    await enrol.stop(sessions, 102)
    await enrol.pause(sessions, 103, NOW + timedelta(days=1))
    await world.publish(sessions, case, kind=AlertKind.CORRECTION)
    assert await audience.count(sessions, ["*/*"], NOW, action_id=case[1]) == {"en": 2}
    assert [done.eligible for done in await fan_out(sessions, NOW)] == [3]
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), NOW + timedelta(hours=1))
    assert sorted(messenger.chats) == [101, 104]
    await send(sending(sessions, messenger), NOW + timedelta(days=2))
    assert sorted(messenger.chats) == [101, 103, 104]


async def test_a_correction_reaches_readers_in_safe_mode_by_what_the_original_was_about(
    sessions: Sessions,
) -> None:
    """Two days later nothing says any more that they got it; the correction itself is on other topics."""
    await world.join(sessions, 101, "IR/women", mode=Mode.SAFE)
    await world.join(sessions, 102, "US/*", mode=Mode.SAFE)
    await world.join(sessions, 103, "IR/women")
    case = await world.open_case(sessions)
    await world.publish(sessions, case, topics=["IR/women"])
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    later = NOW + timedelta(hours=49)
    await retire(sessions, later, timedelta(hours=48))
    await world.join(sessions, 104, "IR/women")
    await world.publish(sessions, case, kind=AlertKind.CORRECTION, topics=["IR/minor"])
    assert await counted(sessions, case, AlertKind.CORRECTION, later) == {"en": 2}
    assert await heard(sessions, later) == [101, 103], "of the others it is known that they did not get it"


async def counted(
    sessions: Sessions, case: tuple[int, int], kind: AlertKind, now: datetime
) -> dict[str, int]:
    """How many moderators are told beforehand, of an alert on a topic of nobody's."""
    return await audience.count(sessions, ["IR/minor"], now, case[1], kind)


async def heard(sessions: Sessions, now: datetime) -> list[int]:
    """The chats that get what is published and waits."""
    (done,) = await fan_out(sessions, now)
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), now)
    chats = sorted({envelope.chat for envelope in messenger.sent if envelope.operation is Operation.SEND})
    assert done.eligible == len(chats)
    return chats


@pytest.mark.parametrize(
    ("kind", "chats"),
    [
        (AlertKind.CORRECTION, [101, 102]),
        (AlertKind.STOP_ACTION, [101, 102]),
        (AlertKind.GOOD_NEWS, [101]),  # takes nothing back: whoever asks for it hears it
    ],
)
async def test_what_is_taken_back_after_weeks_reaches_all_whom_the_original_would_reach(
    sessions: Sessions, kind: AlertKind, chats: list[int]
) -> None:
    """Two weeks after the end nobody knows who got it, in whichever mode."""
    await world.join(sessions, 101, "IR/women", mode=Mode.SAFE)
    await world.join(sessions, 102, "IR/women")
    await world.join(sessions, 103, "US/*")
    case = await world.open_case(sessions)
    await world.publish(sessions, case, topics=["IR/women"])
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    async with sessions.begin() as session:
        await session.execute(update(ActionRow).values(closed_at=NOW))
    later = NOW + timedelta(days=15)
    await retire(sessions, later, timedelta(hours=48))
    assert await world.statuses(sessions) == {}
    told = await counted(sessions, case, kind, later)
    await world.publish(sessions, case, kind=kind, topics=["IR/minor"], at=later)
    assert await heard(sessions, later) == chats
    assert told == {"en": len(chats)}
    again = await counted(sessions, case, kind, later)
    await world.publish(sessions, case, kind=kind, topics=["IR/minor"], at=later)
    assert await heard(sessions, later) == chats, "a second one too, though the first is remembered"
    assert again == {"en": len(chats)}


async def test_who_may_have_got_it_hears_the_correction_too(sessions: Sessions) -> None:
    await world.join(sessions, 101)
    case = await world.open_case(sessions)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    async with sessions.begin() as session:
        await session.execute(update(DeliveryRow).values(status=DeliveryStatus.UNKNOWN.value))
        await session.execute(delete(ChainRow))
    await enrol.choose_topics(sessions, 101, set())
    await world.publish(sessions, case, kind=AlertKind.CORRECTION)
    assert [done.eligible for done in await fan_out(sessions, NOW)] == [1]


async def test_who_may_have_got_it_before_it_was_overtaken_hears_the_correction_too(
    sessions: Sessions,
) -> None:
    """Tried once without a clear answer, then never again."""
    await world.join(sessions, 101)
    case = await world.open_case(sessions)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger(always(OutcomeKind.AMBIGUOUS))), NOW)
    await enrol.choose_topics(sessions, 101, set())
    await world.publish(sessions, case, kind=AlertKind.STOP_ACTION)
    assert (await retire(sessions, NOW, timedelta(hours=48))).overtaken == 1
    assert [done.eligible for done in await fan_out(sessions, NOW)] == [1]


async def test_a_stop_reaches_who_got_any_alert_of_the_chain_once(sessions: Sessions) -> None:
    """Long after the ledger has forgotten; one reader has got all three, another those since the second."""
    await world.join(sessions, 101, "IR/*")
    await world.join(sessions, 102, "US/*")
    await world.join(sessions, 103, "US/*")
    case = await world.open_case(sessions)
    messenger = FakeMessenger()
    for number, topics in enumerate((["IR/*"], ["IR/*", "US/*"], ["IR/*"])):
        await world.publish(sessions, case, topics=topics, at=NOW + timedelta(hours=number))
        await fan_out(sessions, NOW)
        await send(sending(sessions, messenger), NOW)
        if number == 1:
            await enrol.stop(sessions, 103)
    assert sorted(messenger.chats) == [101, 101, 101, 102, 102, 103]
    for chat in (101, 102):
        await enrol.choose_topics(sessions, chat, {"SA/*"})
    later = NOW + timedelta(days=3)
    await retire(sessions, later, timedelta(hours=48))
    assert await world.statuses(sessions) == {"pending": 3}, "only buttons are left to be taken"
    await world.publish(sessions, case, kind=AlertKind.STOP_ACTION, topics=[], at=later)
    assert [done.eligible for done in await fan_out(sessions, later)] == [2]


async def test_an_overtaken_alert_is_not_claimed(sessions: Sessions) -> None:
    await world.crowd(sessions, 3)
    case = await world.open_case(sessions)
    await world.publish(sessions, case)
    await fan_out(sessions, NOW)
    update_alert = await world.publish(sessions, case, kind=AlertKind.STOP_ACTION)
    await fan_out(sessions, NOW)
    messenger = FakeMessenger()
    await send(sending(sessions, messenger), NOW)
    assert {text.split()[0] for text in messenger.texts} == {str(update_alert)}


KEYS = st.one_of(
    st.builds("{}/{}".format, st.sampled_from(["*", "IR", "US", "SA"]), st.sampled_from(MARKS)),
    st.sampled_from(["case:1", "case:2", "case:11"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people_keys=st.lists(st.frozensets(KEYS, max_size=4), min_size=1, max_size=4),
    country=st.sampled_from([None, "IR", "US", "XX"]),
    gender=st.sampled_from([None, "m", "f"]),
    minor=st.booleans(),
    political=st.booleans(),
)
async def test_sql_wants_what_python_wants(
    sessions: Sessions,
    people_keys: list[frozenset[str]],
    country: str | None,
    gender: str | None,
    *,
    minor: bool,
    political: bool,
) -> None:
    view = CaseView(
        name_latin="Sam Sample",
        status=CaseStatus.UPHELD,
        country=country,
        gender=gender,
        minor_at_offence=minor,
        political=political,
    )
    case = await world.open_case(sessions, view)
    alert_id = await world.publish(sessions, case, view=view, topics=[])
    async with sessions.begin() as session:
        (alert,) = (
            found
            for found in await published.alerts_in_window(session, NOW - timedelta(1), NOW)
            if found.id == alert_id
        )
        topics = alert.topics()
        session.add_all(world.AlertTopicRow(alert_id=alert_id, key=key) for key in topics)
        await session.execute(delete(SubscriptionRow))
    for chat, keys in enumerate(people_keys, 1):
        await world.join(sessions, chat)
        await enrol.choose_topics(sessions, chat, keys)
    for chat in range(len(people_keys) + 1, 5):
        await enrol.stop(sessions, chat)
    wanted = sum(wants(keys, topics) for keys in people_keys)
    assert sum((await audience.count(sessions, topics, NOW)).values()) == wanted
    async with sessions.begin() as session:
        assert await listing.fan_out(session, alert_id, range(1, 1000), AWAKE, NOW) == wanted


async def test_stretch_by_stretch_everybody_once(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever stands in the first is there before the last is."""
    monkeypatch.setattr(fanning, "_FIRST_STRETCH", 2)
    monkeypatch.setattr(fanning, "_STRETCH", 3)
    await world.crowd(sessions, 9)
    alert = await world.publish(sessions)
    seen = []

    async def look(_: float) -> None:
        seen.append((await world.statuses(sessions))["pending"])

    monkeypatch.setattr(asyncio, "sleep", look)
    assert await fan_out(sessions, NOW) == [FannedOut(alert, 9)]
    assert seen == [2, 5, 8, 9]


async def test_an_alert_stopped_meanwhile_gets_no_more_readers(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "_FIRST_STRETCH", 2)
    await world.crowd(sessions, 9)
    alert = await world.publish(sessions)

    async def stopped(_: float) -> None:
        await world.end_alert(sessions, alert)

    monkeypatch.setattr(asyncio, "sleep", stopped)
    assert await fan_out(sessions, NOW) == [FannedOut(alert, 2)]


async def test_who_sleeps_is_noted(sessions: Sessions) -> None:
    """At 12:00 UTC it is 02:00 in Honolulu's zone, 21:00 in Japan and 23:00 in New Caledonia."""
    for chat, country in ((101, "JP"), (102, "NC"), (103, None), (104, "CK")):
        await world.join(sessions, chat)
        await enrol.remember_country(sessions, chat, country)
    await world.publish(sessions)
    await fan_out(sessions, NOW)
    await world.publish(sessions)
    await fan_out(sessions, NOW, ZoneInfo("Pacific/Honolulu"))
    asleep = [row.asleep for row in await world.rows(sessions)]
    assert asleep == [False, True, False, True, False, True, True, True]
