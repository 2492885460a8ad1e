"""What a moderator may change of a draft: deadline, goal, petition, what is asked for, marks, the story behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from bot.emulator import Message, Person
from tests.journeys.desk import after, is_sheet, look, number_of
from tests.journeys.steps import (
    TICK,
    Clock,
    approve,
    first_reading,
    hears_about,
    list_says,
    moderators,
    publish,
)

ARMAN = "Arman Sepidkuh"


async def written(moderator: Person, sheet: Message, field: str, words: str) -> Message:
    """Choose a field and write it anew; what comes of it."""
    menu = await after(moderator, moderator.says(f"/edit {number_of(sheet)}"), "What should change")
    await after(moderator, moderator.taps(field, message=menu), "Write it anew")
    return await after(moderator, moderator.says(words))


async def chosen(moderator: Person, sheet: Message, name: str) -> Message:
    """Open one of the lists of buttons."""
    menu = await after(moderator, moderator.says(f"/edit {number_of(sheet)}"), "What should change")
    return await after(moderator, moderator.taps(name, message=menu))


async def test_everything_that_can_be_changed_is_shown_to_who_approves(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en", topic="*/political")
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, ARMAN)

    for wrong in ("soon", "2026-03", "2026-03-09", "-"):
        assert "not a day ahead of us" in (await written(mina, sheet, "Deadline", wrong)).text, wrong
    await after(mina, mina.says("2026-03-20"), is_sheet)
    assert "not a number of letters" in (await written(mina, sheet, "Letters hoped for", "many")).text
    await after(mina, mina.says("800"), is_sheet)

    asks = await chosen(mina, sheet, "What is asked for")
    assert "✓ Stop the execution" in asks.labels
    await mina.taps("✓ Stop the execution", message=asks)
    await mina.taps("Suspend all executions", message=asks)
    await after(mina, mina.taps("Take it so", message=asks), is_sheet)

    marks = await chosen(mina, sheet, "Marks of the case")
    await mina.taps("Political case: yes", message=marks)
    await mina.taps("Torture reported: yes", message=marks)
    await after(mina, mina.taps("Show the draft", message=marks), is_sheet)
    said = await chosen(mina, sheet, "Announced or not")
    await after(mina, mina.taps("not announced", message=said), is_sheet)

    languages = await chosen(mina, sheet, "Background")
    await after(mina, mina.taps("English", message=languages), "Write it anew")
    await after(mina, mina.says("x" * 3501), "at most 3,500 characters fit")
    edited = await after(mina, mina.says("He was arrested in 2020.\n" * 20), is_sheet)
    await after(mina, mina.taps("Hand in for approval", message=edited), "is not out yet")

    start = len(omid.messages)
    await after(omid, omid.says(f"/draft {number_of(sheet)}"), is_sheet)
    shown = "\n".join(each.text for each in omid.messages[start:])
    for words in (
        "Deadline: 20 March 2026, 23:59 (Tehran time)",
        "Letters hoped for: 800",
        "Suspend all executions",
        "Political case: yes",
        "Torture reported: yes",
        "Announced: not announced",
        "He was arrested in 2020.",
    ):
        assert words in shown, words
    assert "Stop the execution" not in shown
    await approve(omid, ARMAN)
    assert "20 March 2026" in (await hears_about(emma, ARMAN)).text


async def test_a_correction_of_a_name_reaches_who_got_the_wrong_one(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await publish(stage, mina, ARMAN)
    first = await hears_about(emma, ARMAN)
    await list_says(stage, "D-01", "Solitary", name="Arman Sepidkooh")
    question = await mina.hears("the list now writes the name as Arman Sepidkooh")
    assert question.labels == ["Write an update", "No need"]
    await after(mina, mina.taps("No need", message=question), "The letters stay as they are.")

    status = await after(mina, mina.says("/correct UA-26/001"), "What is right?")
    await after(mina, mina.taps("As before: Execution imminent", message=status), "According to whom?")
    await after(mina, mina.says("Lantern Documentation Group"), "How sure")
    asked = await after(mina, mina.taps("one source only"), "What should readers of")
    while "What should readers of" in asked.text:
        asked = await after(mina, mina.taps("Skip", message=asked), lambda message: "Skip" in message.labels)
    sheet = await after(mina, mina.taps("Skip", message=asked), is_sheet)
    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    await approve(omid, "Arman Sepidkooh")
    told = await emma.hears("Correction:")
    assert told.reply_to == first.message_id
    assert "Arman Sepidkooh" in told.text


@pytest.fixture
async def strict(folder: Path, clock: Clock) -> AsyncIterator[Stage]:
    """Petitions are allowed on one site only."""
    hosts = {"petition_hosts": ["example.org"]}
    async with set_up(folder, clock=clock, tick=TICK, moderation=hosts) as stage:
        await first_reading(stage)
        yield stage


async def test_petitions_only_where_they_are_allowed(strict: Stage) -> None:
    mina, _ = await moderators(strict)
    await list_says(strict, "D-01", "Solitary")
    sheet = await look(mina, ARMAN)
    said = await written(mina, sheet, "Petition link", "https://example.org.attacker.example/arman")
    assert "Petitions on that site are not allowed" in said.text
    await after(mina, mina.says("https://sign.example.org/arman"), "What is the petition called?")
    await after(mina, mina.says("-"), is_sheet)
