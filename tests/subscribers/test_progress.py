"""How far a broadcast has come: the counts, on both engines, and what a moderator reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.alert import AlertStatus
from alerts.broadcast import UNTIL_RESUMED, Broadcast
from alerts.store import broadcasts
from bot.database import Sessions
from subscribers.delivery import DeliveryStatus, Envelope, Outcome, OutcomeKind
from subscribers.fan_out import fan_out
from subscribers.progress import Progress, compose, compose_end, compose_pause
from subscribers.retire import retire
from subscribers.send import send
from subscribers.store import progress as counting
from tests.subscribers import world
from tests.subscribers.world import CATALOGUES, NOW, FakeMessenger, always, sending

S = DeliveryStatus
ENGLISH = CATALOGUES["en"]
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
MANY = Progress(
    {S.SENT: 1240, S.PENDING: 8500, S.DISPATCHED: 60, S.GONE: 12, S.FAILED: 1, S.UNKNOWN: 2, S.CANCELLED: 5},
    rate=24.4,
)


async def count(sessions: Sessions, alert: int, passed: timedelta = SECOND) -> Progress:
    async with sessions() as session:
        return await counting.progress(session, alert, NOW + passed)


async def is_over(sessions: Sessions, alert: int) -> bool:
    async with sessions() as session:
        return await counting.is_over(session, alert)


async def broadcast(sessions: Sessions) -> Broadcast:
    """A published alert, as moderators know it."""
    alert = await world.publish(sessions)
    async with sessions() as session:
        found = await broadcasts.broadcast_of(session, alert)
    assert found is not None
    return replace(found, fanned_out_at=NOW)


# --- counting


async def test_everybody_is_in_one_class_from_the_beginning_to_after_the_end(sessions: Sessions) -> None:
    await world.crowd(sessions, 6)
    alert = await world.publish(sessions)
    other = await world.publish(sessions)
    assert await count(sessions, alert) == Progress()
    await fan_out(sessions, NOW)
    assert await count(sessions, alert) == Progress({S.PENDING: 6})
    async with sessions.begin() as session:
        await broadcasts.stop(session, other, NOW)
    messenger = FakeMessenger(
        lambda envelope: always(OutcomeKind.GONE if envelope.chat % 3 == 0 else OutcomeKind.SENT)(envelope)
    )
    await send(sending(sessions, messenger), NOW)
    done = await count(sessions, alert)
    assert done.books == {S.SENT: 4, S.GONE: 2}
    for hours in (47, 49):
        await retire(sessions, NOW + timedelta(hours=hours), timedelta(hours=48))
        assert await count(sessions, alert, timedelta(hours=hours)) == Progress(done.books)
    assert (await count(sessions, other)).books == {S.CANCELLED: 6}


async def test_the_rate_is_that_of_the_last_minute_and_of_what_was_tried(sessions: Sessions) -> None:
    await world.crowd(sessions, 6)
    alert = await world.publish(sessions)
    await fan_out(sessions, NOW)
    await send(sending(sessions, FakeMessenger()), NOW)
    assert (await count(sessions, alert, timedelta(seconds=20))).rate == pytest.approx(0.3, rel=0.2)
    assert (await count(sessions, alert, 2 * MINUTE)).rate == 0
    cancelled = await world.publish(sessions)
    await fan_out(sessions, NOW)
    await world.end_alert(sessions, cancelled)
    await retire(sessions, NOW, timedelta(hours=48))
    assert await count(sessions, cancelled) == Progress({S.CANCELLED: 6})


async def test_it_is_over_when_nobody_waits_and_nothing_is_on_the_way(sessions: Sessions) -> None:
    await world.crowd(sessions, 2)
    alert, other = await world.publish(sessions), await world.publish(sessions)
    await fan_out(sessions, NOW)
    assert not await is_over(sessions, alert)
    seen: list[bool] = []

    class Watching(FakeMessenger):
        async def perform(self, envelope: Envelope, leaving: Callable[[], None]) -> Outcome:
            seen.append(await is_over(sessions, alert))
            return await super().perform(envelope, leaving)

    await send(sending(sessions, Watching()), NOW)
    assert seen[:2] == [False, False]
    assert await is_over(sessions, alert)
    await world.end_alert(sessions, other)
    await retire(sessions, NOW, timedelta(hours=48))
    assert await is_over(sessions, other)


# --- what a moderator reads


async def test_the_live_message_names_each_class_the_rate_and_the_time_left(sessions: Sessions) -> None:
    message = compose(ENGLISH, await broadcast(sessions), MANY, NOW)
    assert message.text == (
        "UA-26/001 – Arman Nemuneh\n"
        "It is being sent.\n"
        "\n"
        "Waiting: 8,500\n"
        "On the way: 60\n"
        "Sent: 1,240\n"
        "Chat gone: 12\n"
        "Failed: 1\n"
        "Uncertain: 2\n"
        "Cancelled: 5\n"
        "All readers it was meant for: 9,820\n"
        "\n"
        "Messages a second: 24\n"
        "About 6 minutes left"
    )
    assert message.silent


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (NOW + 15 * MINUTE, "It goes on by itself in 15 minutes, unless somebody confirms the pause."),
        (NOW + SECOND, "It goes on by itself in 1 minute, unless somebody confirms the pause."),
        (UNTIL_RESUMED, "Sending is paused until a moderator lets it go on."),
    ],
)
async def test_a_pause_says_when_it_ends(sessions: Sessions, until: object, words: str) -> None:
    paused = replace(await broadcast(sessions), paused_until=until)
    text = compose(ENGLISH, paused, MANY, NOW).text
    assert words in text.split("\n")[1]
    assert "Messages a second" not in text
    assert words in compose_pause(ENGLISH, paused, NOW).text
    assert not compose_pause(ENGLISH, paused, NOW).silent


async def test_what_waits_behind_others_says_that_nothing_leaves(sessions: Sessions) -> None:
    waiting = compose(ENGLISH, await broadcast(sessions), Progress({S.PENDING: 7}), NOW)
    assert waiting.text.endswith("Nothing has left in the last minute.")
    slow = compose(ENGLISH, await broadcast(sessions), Progress({S.PENDING: 7}, rate=0.4), NOW)
    assert slow.text.endswith("Messages a second: fewer than 1\nAbout 1 minute left")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (AlertStatus.PUBLISHED, "Sending has ended."),
        (AlertStatus.STOPPED, "A moderator has stopped it for good: nobody else gets it."),
        (AlertStatus.SUPERSEDED, "A later message has overtaken it: nobody else gets it."),
        (AlertStatus.EXPIRED, "Its time is over: nobody else gets it."),
    ],
)
async def test_the_end_report_says_why_and_balances(
    sessions: Sessions, status: AlertStatus, words: str
) -> None:
    found = await broadcast(sessions)
    ended = replace(found, alert=replace(found.alert, status=status))
    books = {S.SENT: 4, S.GONE: 2, S.CANCELLED: 3}
    text = f"UA-26/001 – Arman Nemuneh\n{words}\n\nSent: 4\nChat gone: 2\nCancelled: 3\nAll readers it was meant for: 9"
    assert compose_end(ENGLISH, ended, Progress(books)).text == text
    assert compose(ENGLISH, ended, Progress(books), NOW).text == text


async def test_an_alert_that_nobody_asked_for_says_so(sessions: Sessions) -> None:
    text = compose_end(ENGLISH, await broadcast(sessions), Progress()).text
    assert text.endswith("No reader has asked for news like this, so nobody was written to.")


@pytest.mark.parametrize("code", CATALOGUES.codes)
async def test_every_language_says_all_of_it(sessions: Sessions, code: str) -> None:
    text = compose(CATALOGUES[code], await broadcast(sessions), MANY, NOW).text
    assert "[en]" not in text
    assert all(CATALOGUES[code].number(number) in text for number in (8500, 60, 1240, 12, 9820, 24, 6))
