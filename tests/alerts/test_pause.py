"""Pausing a broadcast, keeping the pause, letting it go on, ending it: by one person each, and in the trail."""

from __future__ import annotations

import asyncio

import pytest

from alerts import audit, pause, review
from alerts.alert import AlertStatus, Disposition, Refusal
from alerts.broadcast import LAPSES, UNTIL_RESUMED, Broadcast
from alerts.locales import Catalogues, load
from alerts.store import broadcasts, published
from bot.database import Sessions
from tests.alerts import reviewing as on
from tests.alerts.joining import drafted, out
from tests.alerts.reviewing import ANNA, BEN, CARA, MINUTE, NOW
from tests.conftest import ENGINES


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load()


@pytest.fixture
async def number(sessions: Sessions, catalogues: Catalogues) -> int:
    """A published alert that goes out."""
    return (await out(sessions, catalogues, await drafted(sessions))).id


async def stands(sessions: Sessions, number: int) -> Broadcast:
    async with sessions() as session:
        found = await broadcasts.broadcast_of(session, number)
    assert found is not None
    return found


async def steps(sessions: Sessions, number: int) -> list[tuple[str, str]]:
    """Who did what to the broadcast."""
    lines = [line for line in await on.trail(sessions) if line.subject == f"alert:{number}"]
    return [(line.actor, line.verb) for line in lines if "sending" in line.verb]


async def test_one_pauses_another_keeps_it_and_a_third_lets_it_go_on(sessions: Sessions, number: int) -> None:
    paused = await pause.pause(sessions, number, actor=ANNA, now=NOW)
    assert isinstance(paused, Broadcast)
    assert paused == await stands(sessions, number)
    assert paused.paused_until == NOW + LAPSES
    kept = await pause.keep(sessions, number, actor=BEN, now=NOW + MINUTE)
    assert isinstance(kept, Broadcast)
    assert kept.paused_until == UNTIL_RESUMED
    going = await pause.resume(sessions, number, UNTIL_RESUMED, actor=CARA, now=NOW + MINUTE)
    assert isinstance(going, Broadcast)
    assert (going.paused_until, going.is_live) == (None, True)
    assert await steps(sessions, number) == [
        (ANNA, "pause_sending"),
        (BEN, "keep_sending_paused"),
        (CARA, "resume_sending"),
    ]
    assert await audit.verify_trail(sessions) is None


async def test_nobody_lifts_a_pause_that_they_have_not_seen(sessions: Sessions, number: int) -> None:
    await pause.pause(sessions, number, actor=ANNA, now=NOW)
    await pause.pause(sessions, number, actor=BEN, now=NOW + MINUTE)
    for seen in (NOW + LAPSES, None):
        result = await pause.resume(sessions, number, seen, actor=CARA, now=NOW + MINUTE)
        assert result == await stands(sessions, number)
    assert (await stands(sessions, number)).paused_until == NOW + MINUTE + LAPSES
    assert [verb for _, verb in await steps(sessions, number)] == ["pause_sending", "pause_sending"]


async def test_a_confirmed_pause_is_not_shortened_by_another_tap(sessions: Sessions, number: int) -> None:
    await pause.keep(sessions, number, actor=ANNA, now=NOW)
    await pause.keep(sessions, number, actor=BEN, now=NOW)
    await pause.pause(sessions, number, actor=BEN, now=NOW)
    assert (await stands(sessions, number)).paused_until == UNTIL_RESUMED
    assert await steps(sessions, number) == [(ANNA, "keep_sending_paused"), (BEN, "pause_sending")]


async def test_a_stop_ends_it_for_good(sessions: Sessions, number: int) -> None:
    await pause.pause(sessions, number, actor=ANNA, now=NOW)
    ended = await pause.stop(sessions, number, actor=BEN, now=NOW + MINUTE)
    assert isinstance(ended, Broadcast)
    assert (ended.alert.status, ended.paused_until) == (AlertStatus.STOPPED, None)
    for step in (pause.pause, pause.keep, pause.stop):
        assert await step(sessions, number, actor=CARA, now=NOW + MINUTE) is Refusal.NOT_BEING_SENT
    assert await pause.resume(sessions, number, None, actor=CARA, now=NOW) is Refusal.NOT_BEING_SENT
    assert [verb for _, verb in await steps(sessions, number)] == ["pause_sending", "stop_sending"]


async def test_of_two_who_stop_it_at_once_one_has_done_it(sessions: Sessions, number: int) -> None:
    results = await asyncio.gather(
        *(pause.stop(sessions, number, actor=actor, now=NOW) for actor in (ANNA, BEN))
    )
    assert sorted(isinstance(result, Broadcast) for result in results) == [False, True]
    assert len(await steps(sessions, number)) == 1


async def test_what_does_not_go_out_cannot_be_paused(sessions: Sessions, catalogues: Catalogues) -> None:
    alert = await drafted(sessions)
    assert await pause.pause(sessions, alert.id, actor=ANNA, now=NOW) is None, "it is a draft"
    assert await pause.pause(sessions, 999, actor=ANNA, now=NOW) is None
    await review.triage(on.step(sessions, alert.id, ANNA), Disposition.DIGEST)
    await out(sessions, catalogues, await on.alert(sessions, alert.id))
    assert await pause.pause(sessions, alert.id, actor=ANNA, now=NOW) is None


async def test_which_broadcasts_the_moderators_have_not_heard_the_end_of(
    sessions: Sessions, number: int
) -> None:
    async def unreported() -> list[int]:
        async with sessions() as session:
            return [one.alert.id for one in await broadcasts.unreported(session)]

    assert await unreported() == [], "its readers are not chosen yet"
    async with sessions.begin() as session:
        await published.mark_fanned_out(session, number, NOW)
    assert await unreported() == [number]
    async with sessions.begin() as session:
        assert [await broadcasts.latest_of(session, 1), await broadcasts.latest_of(session, 999)] == [
            await broadcasts.broadcast_of(session, number),
            None,
        ]
        await broadcasts.mark_reported(session, number, NOW)
    assert await unreported() == []
    assert await pause.pause(sessions, number, actor=ANNA, now=NOW) is Refusal.NOT_BEING_SENT
