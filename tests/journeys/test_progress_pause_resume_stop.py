from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from bot.emulator import Message, Person
from tests.journeys.desk import after, offers
from tests.journeys.steps import TICK, Clock, about, answer, approve, list_says, moderators, wait_until

ARMAN = "Arman Sepidkuh"
NUMBER = "UA-26/001"
READERS = 24
RUNS, PAUSED = "It is being sent.", "Sending is paused."
KEPT = "Sending is paused until a moderator lets it go on."
OVER = "Sending has ended."


@pytest.fixture
async def slow(folder: Path, clock: Clock) -> AsyncIterator[Stage]:
    """A stage on which a broadcast to everybody takes some seconds."""
    async with set_up(folder, clock=clock, tick=TICK, telegram={"rate": 4}) as stage:
        yield stage


class Screen:
    """One message in somebody's chat, as it stands there now."""

    def __init__(self, person: Person, message: Message) -> None:
        self._person = person
        self._id = message.message_id

    @property
    def now(self) -> Message:
        return self._person.chat.messages[self._id]

    async def says(self, words: str) -> None:
        """Wait until it does."""
        await wait_until(lambda: words in self.now.text)

    async def taps(self, label: str) -> None:
        """Tap this button as soon as it is there."""
        await wait_until(lambda: offers(self.now, label))
        await self._person.taps(label, message=self.now)


class Story:
    """Readers, two moderators, and an alert that has reached some of the readers."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.readers = [stage.emulator.person(6000 + n, first_name=f"Reader {n}") for n in range(READERS)]
        self.mina: Person
        self.omid: Person

    async def begin(self) -> None:
        await asyncio.gather(*(self.stage.subscribe(reader, "en") for reader in self.readers))
        self.mina, self.omid = await moderators(self.stage)
        await list_says(self.stage, "D-01", "Solitary")
        await approve(self.mina, ARMAN)
        await wait_until(lambda: self.reached >= 3)

    @property
    def reached(self) -> int:
        return sum(bool(about(reader, ARMAN)) for reader in self.readers)

    async def watched(self) -> Screen:
        """The live message."""
        asks = self.mina.says(f"/progress {NUMBER}")
        return Screen(self.mina, await after(self.mina, asks, lambda each: NUMBER in each.text))

    async def stands_still(self) -> None:
        """What is on its way has landed, and nothing more leaves."""
        reached = self.reached
        await asyncio.sleep(1)
        if self.reached != reached:
            await self.stands_still()


@pytest.fixture
async def story(slow: Stage) -> Story:
    story = Story(slow)
    await story.begin()
    return story


def counts(message: Message) -> dict[str, int]:
    """The lines with numbers."""
    return {what: int(number) for what, number in re.findall(r"^(.+): ([\d,]+)$", message.text, re.MULTILINE)}


async def test_a_live_message_follows_a_broadcast_to_its_end(story: Story) -> None:
    live = await story.watched()
    assert live.now.text.startswith(f"{NUMBER} – {ARMAN}\n{RUNS}\n")
    await wait_until(lambda: live.now.labels == ["Pause sending", "Stop for good"])
    first = live.now.text
    await wait_until(lambda: live.now.text != first and "Messages a second: " in live.now.text)
    assert counts(live.now).keys() >= {
        "Waiting",
        "Sent",
        "All readers it was meant for",
        "Messages a second",
    }
    assert "minute left" in live.now.text
    await live.says(OVER)
    assert counts(live.now) == {"Sent": READERS, "All readers it was meant for": READERS}
    assert live.now.labels == []


async def test_the_end_is_reported_once_to_every_moderator_with_each_class(story: Story) -> None:
    for moderator in (story.mina, story.omid):
        report = await moderator.hears(OVER)
        assert report.text.startswith(f"{NUMBER} – {ARMAN}\n")
        assert counts(report) == {"Sent": READERS, "All readers it was meant for": READERS}
    await story.mina.hears_nothing(within=1.5)
    assert sum(OVER in each.text for each in story.omid.messages) == 1


async def test_one_pauses_all_are_told_and_it_goes_on_when_somebody_says_so(story: Story) -> None:
    live = await story.watched()
    await live.taps("Pause sending")
    await live.says(PAUSED)
    assert live.now.labels == ["Keep it paused", "Go on sending", "Stop for good"]
    told = await story.omid.hears(PAUSED)
    assert NUMBER in told.text
    await story.stands_still()
    assert story.reached < READERS

    opened = await after(story.omid, story.omid.taps("Look at it", message=told), PAUSED)
    theirs = Screen(story.omid, opened)
    await theirs.taps("Go on sending")
    await theirs.says(RUNS)
    await story.mina.hears("It is being sent again.")
    await wait_until(lambda: story.reached == READERS)
    await live.says(OVER)
    await theirs.says(OVER)


async def test_a_pause_that_nobody_confirms_lapses(story: Story, clock: Clock) -> None:
    live = await story.watched()
    await live.taps("Pause sending")
    await live.says("by itself in 15 minutes,")
    await story.stands_still()
    reached = story.reached
    assert reached < READERS
    clock.forward(timedelta(minutes=14))
    await live.says("by itself in 1 minute,")
    assert story.reached == reached
    clock.forward(timedelta(minutes=1))
    await story.omid.hears("It is being sent again.")
    await wait_until(lambda: story.reached == READERS)


async def test_a_pause_that_is_confirmed_does_not_lapse(story: Story, clock: Clock) -> None:
    live = await story.watched()
    await live.taps("Pause sending")
    await live.taps("Keep it paused")
    await live.says(KEPT)
    assert live.now.labels == ["Go on sending", "Stop for good"]
    await story.omid.hears(KEPT)
    await story.stands_still()
    reached = story.reached
    clock.forward(timedelta(hours=5))
    shown = Screen(story.mina, await after(story.mina, story.mina.says("/progress"), KEPT))
    await asyncio.sleep(2)
    assert story.reached == reached < READERS
    await shown.taps("Go on sending")
    await wait_until(lambda: story.reached == READERS)


async def test_stopping_is_asked_once_and_ends_the_rest(story: Story) -> None:
    live = await story.watched()
    await wait_until(lambda: offers(live.now, "Stop for good"))
    asked = await after(story.mina, story.mina.taps("Stop for good", message=live.now), "for good?")
    question = Screen(story.mina, asked)
    await live.says(PAUSED)  # nothing leaves while the moderator thinks
    await wait_until(lambda: question.now.labels == ["Yes, stop for good", "Go on sending"])
    await question.taps("Yes, stop for good")
    await question.says("stopped it for good")
    await story.stands_still()
    reached = story.reached
    assert reached < READERS
    report = await story.omid.hears("stopped it for good")
    books = {"Sent": reached, "Cancelled": READERS - reached, "All readers it was meant for": READERS}
    assert counts(report) == books
    await wait_until(lambda: counts(live.now) == counts(question.now) == books)
    assert live.now.labels == question.now.labels == []


async def test_whoever_asked_whether_to_stop_may_let_it_go_on(story: Story) -> None:
    live = await story.watched()
    await wait_until(lambda: offers(live.now, "Stop for good"))
    asked = await after(story.mina, story.mina.taps("Stop for good", message=live.now), "for good?")
    await Screen(story.mina, asked).taps("Go on sending")
    await live.says(OVER)
    assert counts(live.now) == {"Sent": READERS, "All readers it was meant for": READERS}


async def test_without_a_number_it_shows_what_is_being_sent(story: Story) -> None:
    live = Screen(story.mina, await after(story.mina, story.mina.says("/progress"), RUNS))
    assert NUMBER in live.now.text
    await live.says(OVER)
    await story.omid.hears(OVER)
    none = await after(story.mina, story.mina.says("/progress"), "No alert")
    assert none.text == "No alert is being sent just now. For an earlier one: /progress UA-26/014"
    again = await story.watched()
    assert counts(again.now) == {"Sent": READERS, "All readers it was meant for": READERS}
    assert (await answer(story.mina, "/progress UA-26/999")).text.startswith("I do not know that action.")


async def test_a_moderator_who_says_stop_is_shown_what_is_being_sent(story: Story) -> None:
    said = await after(story.mina, story.mina.says("/stop"), "An alert is being sent just now.")
    assert said.labels == [f"{NUMBER} {ARMAN}"]
    live = await after(story.mina, story.mina.taps(f"{NUMBER} {ARMAN}", message=said), RUNS)
    await Screen(story.mina, live).taps("Pause sending")
    other = story.readers[0]
    await other.says("/stop")
    await other.hears("I am silent from now on.")
    assert not any("being sent just now" in each.text for each in other.messages)
