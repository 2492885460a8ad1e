"""A day before its deadline an action is asked about: more time takes one who writes and one who approves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, is_sheet, offers
from tests.journeys.steps import (
    Clock,
    about,
    answer,
    approve,
    cards,
    hears_about,
    moderators,
    publish,
    wait_until,
)

HIWA, NUMBER = "Hiwa Bafrin", "UA-26/001"


@pytest.fixture
async def emma(stage: Stage) -> Person:
    """She got an action until 21 April, 23:59 in Tehran."""
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await publish(stage, mina, HIWA, "Date set")
    first = await hears_about(emma, HIWA)
    assert "21 April 2026, 23:59 (Tehran time)" in first.text
    return emma


async def asked(stage: Stage, clock: Clock, moderator: Person) -> Message:
    """Twenty hours before the deadline."""
    clock.forward(timedelta(days=41, hours=15))
    question = await moderator.hears(lambda message: "Let it end" in message.labels)
    assert "the deadline is near (21 April 2026)" in question.text
    return question


async def test_more_time(stage: Stage, clock: Clock, emma: Person) -> None:
    mina, omid = (stage.emulator.person(number) for number in (9001, 9002))
    first = about(emma, HIWA)[-1]
    question = await asked(stage, clock, mina)
    assert question.labels == ["More time", "Let it end", "There is news"]
    sheet = await after(mina, mina.taps("More time", message=question), is_sheet)
    assert not offers(sheet, "Approve")
    assert "You wrote or edited this" in sheet.text
    await wait_until(lambda: cards(omid, HIWA)[-1].text.startswith("Draft 2"))
    await approve(omid, HIWA)
    update = await emma.hears("There is more time to write for Hiwa Bafrin")
    assert update.reply_to == first.message_id
    assert "2 June 2026, 23:59 (Tehran time)" in update.text
    assert "UA-26/001.1" in update.text
    clock.forward(timedelta(days=1))
    assert offers(await answer(emma, f"/letter {NUMBER}"), "I understand")


async def test_let_it_end(stage: Stage, clock: Clock, emma: Person) -> None:
    mina, omid = (stage.emulator.person(number) for number in (9001, 9002))
    question = await asked(stage, clock, mina)
    theirs = await omid.hears(lambda message: "Let it end" in message.labels)
    await after(mina, mina.taps("Let it end", message=question), "UA-26/001 ends at its deadline by itself.")
    await after(omid, omid.taps("More time", message=theirs), "answered already")
    clock.forward(timedelta(days=1))
    assert "please send no more letters" in (await answer(emma, f"/letter {NUMBER}")).text


async def test_there_is_news(stage: Stage, clock: Clock, emma: Person) -> None:
    mina = stage.emulator.person(9001)
    question = await asked(stage, clock, mina)
    status = await after(mina, mina.taps("There is news", message=question), "What has happened?")
    assert status.labels[0] == "As before: Execution scheduled"
    await after(mina, mina.taps("last visit", message=status), "According to whom?")
