from __future__ import annotations

import asyncio

from bot.demo.stage import Stage
from bot.emulator import Fault, Message, Person
from tests.journeys.steps import about, answer, hears_about, moderators, publish, wait_until

NAME = "Arman Sepidkuh"
MANY = 22
TOO_LONG = "Bad Request: message is too long"
ENDED = "Sending has ended."
BLOCKED = "Forbidden: bot was blocked by the user"


async def many(stage: Stage) -> list[Person]:
    """More readers than a storm needs."""
    people = [stage.emulator.person(6000 + one, first_name=f"Reader {one}") for one in range(MANY)]
    await asyncio.gather(*(stage.subscribe(person, "en") for person in people))
    return people


async def told(moderator: Person, words: str) -> Message:
    """What a moderator was told with these words, before or after anything else."""
    await wait_until(lambda: any(words in each.text for each in moderator.messages))
    return next(each for each in moderator.messages if words in each.text)


def offers_to_delete(message: Message) -> bool:
    """All of them are held, and the buttons to settle it are there."""
    return "refused 22 readers at once" in message.text and bool(message.buttons)


async def test_content_that_telegram_refuses_stops_the_broadcast_and_is_told(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    readers = await many(stage)
    for reader in readers:
        stage.emulator.script(
            Fault.refusal(400, TOO_LONG, method="sendMessage", chat_id=reader.id, times=None)
        )

    await publish(stage, mina, NAME)
    for moderator in (mina, omid):
        assert NAME in (await told(moderator, "was stopped: Telegram refused its content")).text
        report = await told(moderator, ENDED)
        assert "Sent: 0\nFailed: " in report.text
        assert report.text.endswith(f"All readers it was meant for: {MANY}")
    assert not any(about(reader, NAME) for reader in readers)

    for moderator in (mina, omid):
        last = moderator.messages[-1]
        await moderator.hears(lambda each, last=last: each is last)
        await moderator.hears_nothing(within=1.5)


async def test_a_storm_of_refusals_deletes_nobody_until_a_moderator_says_so(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    readers = await many(stage)
    for reader in readers:
        stage.emulator.script(Fault.refusal(403, BLOCKED, method="sendMessage", chat_id=reader.id))

    await publish(stage, mina, NAME)
    heard = await mina.hears(offers_to_delete, within=10)
    await mina.taps("A fault: write to them again", message=heard)
    await mina.hears("22 readers hear from us again.")

    await publish(stage, mina, "Hiwa Bafrin")
    await asyncio.gather(*(hears_about(reader, "Hiwa Bafrin") for reader in readers))
    assert not any(
        about(reader, NAME) for reader in readers
    )  # refused once, and not sent again behind their back


async def test_when_they_have_really_left_they_are_deleted(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    readers = await many(stage)
    for reader in readers:
        stage.emulator.script(
            Fault.refusal(403, BLOCKED, method="sendMessage", chat_id=reader.id, times=None)
        )

    await publish(stage, mina, NAME)
    heard = await mina.hears(offers_to_delete, within=10)
    await told(mina, ENDED)
    await mina.taps("They have left: delete them", message=heard)
    await mina.hears("22 readers are deleted within a minute.")
    await mina.hears_nothing(within=1.5)  # the storm's hour is not over, and yet nobody is held again

    stage.emulator.clear_faults()
    for reader in readers:
        assert (await answer(reader, "/topics")).text == "You are not subscribed yet. /start begins."


async def test_a_word_about_readers_held_counts_once(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    readers = await many(stage)
    for reader in readers:
        stage.emulator.script(Fault.refusal(403, BLOCKED, method="sendMessage", chat_id=reader.id))
    await publish(stage, mina, NAME)
    heard = await mina.hears(offers_to_delete, within=10)
    await mina.taps("A fault: write to them again", message=heard)
    await mina.hears("22 readers hear from us again.")
    for label in ("A fault: write to them again", "They have left: delete them"):
        await mina.taps(label, message=heard)
        await mina.hears("That button is too old")
    assert "✓ Everything" in (await answer(readers[0], "/topics")).labels
