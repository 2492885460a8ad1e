"""A stay thanks and asks to go on, but only once a moderator has said so; nobody answers a review: letters are held."""

from __future__ import annotations

from datetime import timedelta

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, offers
from tests.journeys.steps import Clock, answer, hears_about, moderators, publish, wait_until

ARMAN, NUMBER = "Arman Sepidkuh", "UA-26/001"
HELD = "The letters of UA-26/001 are held"


async def card(moderator: Person) -> Message:
    """The action as moderators see it."""
    return await after(
        moderator, moderator.says(f"/action {NUMBER}"), lambda message: "Correct" in message.labels
    )


async def is_served(reader: Person) -> bool:
    """Whether a letter is to be had; the first one comes after a note."""
    said = await answer(reader, f"/letter {NUMBER}")
    return offers(said, "I understand")


async def test_letters_go_on_in_one_tap_and_nobody_is_written_to(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    await publish(stage, mina, ARMAN, "Returned to ward")
    await emma.hears("has been stayed")
    assert (await answer(emma, f"/letter {NUMBER}")).text.startswith(HELD)

    shown = await card(omid)
    assert "Letters are held until a moderator lets them go on." in shown.text
    heard = len(emma.messages)
    await after(omid, omid.taps("Resume letters", message=shown), "Letters are served for UA-26/001 again.")
    assert len(emma.messages) == heard
    assert await is_served(emma)
    shown = await card(mina)
    assert "Letters are served." in shown.text
    await after(mina, mina.taps("Hold letters", message=shown), "No letters are served for UA-26/001")
    assert (await answer(emma, f"/letter {NUMBER}")).text.startswith(HELD)


async def test_an_unanswered_review_holds_the_letters_and_its_answer_lets_them_go_on(
    stage: Stage, clock: Clock
) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    clock.forward(timedelta(hours=24))
    question = await mina.hears(lambda message: "It still stands" in message.labels)
    theirs = await omid.hears(lambda message: "It still stands" in message.labels)
    assert "Does the action still stand?" in question.text
    assert question.labels == ["It still stands", "There is news"]
    assert await is_served(emma)
    clock.forward(timedelta(hours=48))
    said = [await answer(emma, f"/letter {NUMBER}")]
    while not said[-1].text.startswith(HELD):
        said.append(await answer(emma, f"/letter {NUMBER}"))

    await after(mina, mina.taps("It still stands", message=question), "Noted: UA-26/001 stands.")
    assert await is_served(emma)
    await after(omid, omid.taps("It still stands", message=theirs), "answered already")


async def test_strangers_learn_nothing_of_it(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    for command in ("action", "update", "correct", "stop_action"):
        said = await answer(emma, f"/{command} {NUMBER}")
        assert said.text == "I do not know that command. /help shows what I can do."
        for typed in ("", "UA-26/099"):
            told = await after(mina, mina.says(f"/{command} {typed}"), "action")
            assert not told.buttons, told.text
    await wait_until(lambda: emma.messages)
