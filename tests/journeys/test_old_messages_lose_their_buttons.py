from __future__ import annotations

from datetime import timedelta

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.steps import Clock, about, hears_about, moderators, publish, wait_until

ARMAN = "Arman Sepidkuh"


def standing(person: Person, message: Message) -> Message:
    """A message as it is in the chat now."""
    return next(each for each in about(person, ARMAN) if each.message_id == message.message_id)


async def test_an_update_answers_the_first_message_and_takes_its_buttons(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(nasrin, "fa", topic="IR/*")
    await publish(stage, mina, ARMAN)
    firsts = {person.id: await hears_about(person, ARMAN) for person in (emma, nasrin)}
    assert "Write a letter" in firsts[emma.id].labels

    await publish(stage, mina, ARMAN, "Returned to ward")
    for person in (emma, nasrin):
        first, news = firsts[person.id], await hears_about(person, ARMAN)
        assert news.reply_to == first.message_id
        await wait_until(lambda person=person, first=first: not standing(person, first).buttons)
        assert standing(person, first).text == first.text, "what was said stands"
        assert standing(person, news).buttons


async def test_after_the_deadline_there_is_no_button_to_write(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await publish(stage, mina, ARMAN)
    first = await hears_about(emma, ARMAN)
    assert standing(emma, first).buttons
    clock.forward(timedelta(days=8))
    await wait_until(lambda: not standing(emma, first).buttons)
