from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Fault, Person
from tests.journeys.steps import hears_about, moderators, publish, wait_until

BLOCKED = "Forbidden: bot was blocked by the user"


def tried(stage: Stage, person: Person) -> int:
    """Messages that the bot tried to send to somebody who does not want them."""
    return sum(each.chat_id == person.id for each in stage.emulator.refusals)


async def test_whoever_blocks_the_bot_is_forgotten(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    quinn = stage.emulator.person(5004, first_name="Quinn")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(quinn, "en")
    await quinn.blocks()

    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    assert tried(stage, quinn) == 0

    await quinn.unblocks()
    await publish(stage, mina, "Hiwa Bafrin")
    await hears_about(emma, "Hiwa Bafrin")
    await quinn.says("/topics")
    await quinn.hears("You are not subscribed yet.")
    assert len(stage.emulator.sent_to(quinn.id)) == 2


async def test_whoever_is_refused_without_warning_is_tried_once(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    ghost = stage.emulator.person(5004, first_name="Ghost")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(ghost, "en")
    stage.emulator.script(Fault.refusal(403, BLOCKED, method="sendMessage", chat_id=ghost.id, times=None))

    for name in ("Arman Sepidkuh", "Hiwa Bafrin", "Samira Golchehreh"):
        await publish(stage, mina, name)
        await hears_about(emma, name)
    await wait_until(lambda: tried(stage, ghost))

    await stage.stop_bot()
    await stage.start_bot()
    await publish(stage, mina, "Mahan Parvazeh")
    await hears_about(emma, "Mahan Parvazeh")
    assert tried(stage, ghost) == 1


async def test_a_deleted_account_is_tried_once(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    gone = stage.emulator.person(5004, first_name="Gone")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(gone, "en")
    await gone.deletes_account()

    for name in ("Arman Sepidkuh", "Hiwa Bafrin"):
        await publish(stage, mina, name)
        await hears_about(emma, name)
    await wait_until(lambda: tried(stage, gone))
    assert tried(stage, gone) == 1
