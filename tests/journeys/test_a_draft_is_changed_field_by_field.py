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
    return await after(moderator, moderator.taps(name, message=menu), lambda message: bool(message.buttons))


async def turned(moderator: Person, message: Message, label: str, becomes: str) -> Message:
    """Tap a button that changes its own message; that message afterwards."""
    tap = moderator.taps(lambda button: button.text == label, message=message)
    return await after(moderator, tap, lambda each: becomes in each.labels)


async def test_what_is_written_anew(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, ARMAN)
    for wrong in ("soon", "2026-03", "2026-03-09", "-"):
        assert "not a day ahead of us" in (await written(mina, sheet, "Deadline", wrong)).text, wrong
    await after(mina, mina.says("2026-03-20"), is_sheet)
    assert "not a number of letters" in (await written(mina, sheet, "Letters hoped for", "many")).text
    await after(mina, mina.says("800"), is_sheet)
    languages = await chosen(mina, sheet, "Background")
    await after(mina, mina.taps("English", message=languages), "Write it anew")
    await after(mina, mina.says("x" * 3501), "at most 3,500 characters fit")
    edited = await after(mina, mina.says("He was arrested in 2020.\n" * 20), is_sheet)
    await after(mina, mina.taps("Hand in for approval", message=edited), "is not out yet")
    shown = await seen_by(omid, sheet)
    for words in (
        "Deadline: 20 March 2026, 23:59 (Tehran time)",
        "Letters hoped for: 800",
        "He was arrested in 2020.",
    ):
        assert words in shown, words


async def test_the_background_is_one_tap_away_from_the_alert(stage: Stage) -> None:
    readers = {}
    for number, locale in enumerate(("en", "de"), start=5001):
        readers[locale] = stage.emulator.person(number, first_name=f"Reader {number}", language_code=locale)
        await stage.subscribe(readers[locale], locale)
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, ARMAN)
    languages = await chosen(mina, sheet, "Background")
    await after(mina, mina.taps("English", message=languages), "Write it anew")
    edited = await after(mina, mina.says("He was arrested in 2020.\nHis family waits."), is_sheet)
    await after(mina, mina.taps("Hand in for approval", message=edited), "is not out yet")
    await approve(omid, ARMAN)
    for locale, says in (
        ("en", "Background\n\nHe was arrested in 2020.\nHis family waits."),
        ("de", "Hintergrund\n\nNoch nicht übersetzt:\nHe was arrested in 2020.\nHis family waits."),
    ):
        alert = await hears_about(readers[locale], ARMAN)
        assert "arrested" not in alert.text
        details = readers[locale].taps(lambda button: (button.callback_data or "").startswith("case:"))
        assert (await after(readers[locale], details, "arrested")).text == says


async def test_what_is_chosen_by_buttons(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, ARMAN)
    asks = await chosen(mina, sheet, "What is asked for")
    asks = await turned(mina, asks, "✓ Stop the execution", "Stop the execution")
    asks = await turned(mina, asks, "Suspend all executions", "✓ Suspend all executions")
    await after(mina, mina.taps("Take it so", message=asks), is_sheet)
    marks = await chosen(mina, sheet, "Marks of the case")
    marks = await turned(mina, marks, "Political case: yes", "✓ Political case: yes")
    marks = await turned(mina, marks, "Torture reported: yes", "✓ Torture reported: yes")
    await after(mina, mina.taps("Show the draft", message=marks), is_sheet)
    said = await chosen(mina, sheet, "Announced or not")
    edited = await after(mina, mina.taps("not announced", message=said), is_sheet)
    await after(mina, mina.taps("Hand in for approval", message=edited), "is not out yet")

    shown = await seen_by(omid, sheet)
    for words in (
        "suspend all executions",
        "Political case: now “yes”",
        "Torture reported: now “yes”",
        "Announced: now “not announced”",
    ):
        assert words in shown, words
    assert "stop the execution" not in shown.casefold()
    await approve(omid, ARMAN)
    await hears_about(emma, ARMAN)


async def seen_by(moderator: Person, sheet: Message) -> str:
    """All that a moderator is shown of the draft before deciding."""
    start = len(moderator.messages)
    await after(moderator, moderator.says(f"/draft {number_of(sheet)}"), is_sheet)
    return "\n".join(each.text for each in moderator.messages[start:])


async def test_a_correction_of_a_name_reaches_who_got_the_wrong_one(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await publish(stage, mina, ARMAN)
    first = await hears_about(emma, ARMAN)
    await list_says(stage, "D-01", "Solitary", name="Arman Sepidkooh")
    question = await mina.hears(lambda message: "No need" in message.labels)
    assert "the list now writes the name as Arman Sepidkooh" in question.text
    assert question.labels == ["Write an update", "No need"]
    await after(mina, mina.taps("No need", message=question), "The letters stay as they are.")

    status = await after(mina, mina.says("/correct UA-26/001"), "What is right?")
    await after(mina, mina.taps("As before: Execution imminent", message=status), "According to whom?")
    await after(mina, mina.says("Lantern Documentation Group"), "How sure")
    asked = await after(mina, mina.taps("one source only"), "What should readers know besides?")
    asked = await after(mina, mina.taps("Go on", message=asked), "Is there a petition")
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
