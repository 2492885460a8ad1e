"""What people send the bot is done once, whatever ends in between, comes twice, late, or in the wrong order."""

from __future__ import annotations

from pathlib import Path

from bot.demo.stage import Stage
from bot.emulator import Fault
from tests.journeys.steps import about, answer, hears_about, moderators, publish, wait_until

ARMAN, HIWA = "Arman Sepidkuh", "Hiwa Bafrin"
SILENT = "I am silent from now on."


async def test_a_stop_that_was_sent_while_nobody_listened(stage: Stage) -> None:
    emma, darius = (
        stage.emulator.person(5001 + n, first_name=name) for n, name in enumerate(("Emma", "Darius"))
    )
    for reader in (emma, darius):
        await stage.subscribe(reader, "en")
    mina, _ = await moderators(stage)
    await stage.stop_bot()
    await emma.says("/stop")
    stage.emulator.age_updates(20 * 3600)
    await stage.start_bot()
    await emma.hears(SILENT)
    await publish(stage, mina, ARMAN)
    await hears_about(darius, ARMAN)
    assert about(emma, ARMAN) == []


async def test_what_telegram_gives_again_is_not_done_again(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    assert SILENT in (await answer(emma, "/stop")).text
    assert "hear alerts again" in (await answer(emma, "/resume")).text
    before = [message.text for message in emma.messages]
    stage.emulator.repeat_updates()
    assert "screen reader" in (await answer(emma, "/plain")).text.lower()
    stage.emulator.repeat_updates()
    await stage.stop_bot()
    stage.emulator.repeat_updates()
    await stage.start_bot()
    await answer(emma, "/language")
    assert [message.text for message in emma.messages][: len(before)] == before
    assert len(emma.messages) == len(before) + 2


async def test_a_choice_that_is_tapped_twice_is_made_once(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en", topic="IR/*")
    menu = await answer(emma, "/topics")
    for _ in range(2):
        await emma.taps("✓ Iran", message=menu)
    await wait_until(lambda: "Iran" in emma.messages[-1].labels)
    await emma.taps("Done", message=menu)
    assert (await emma.hears("You hear about")).text == "You hear about: nothing yet."


async def test_what_comes_in_the_wrong_order_is_done_in_the_right_one(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    stage.emulator.give_newest_first()
    await stage.stop_bot()
    for text in ("/stop", "/resume", "/stop"):
        await emma.says(text)
    await stage.start_bot()
    assert [(await emma.hears(lambda _: True)).text for _ in range(2)] == [
        "You hear alerts again.",
        "I am silent from now on. /resume brings me back, /forget deletes what is stored.",
    ]


async def test_a_reader_whose_answer_fails_keeps_nobody_waiting(stage: Stage) -> None:
    emma, darius = (
        stage.emulator.person(5001 + n, first_name=name) for n, name in enumerate(("Emma", "Darius"))
    )
    for reader in (emma, darius):
        await stage.subscribe(reader, "en")
    stage.emulator.script(
        Fault.refusal(500, "Internal Server Error", method="sendMessage", chat_id=emma.id, times=2)
    )
    await emma.says("/stop")
    assert "/stop" in (await answer(darius, "/help")).text
    await emma.hears(SILENT)


async def test_a_flood_gets_an_answer_a_second_and_no_release_waits_for_it(
    stage: Stage, folder: Path
) -> None:
    emma, mallory = (
        stage.emulator.person(5001 + n, first_name=name) for n, name in enumerate(("Emma", "Mallory"))
    )
    for reader in (emma, mallory):
        await stage.subscribe(reader, "en")
    mina, _ = await moderators(stage)
    heard = len(mallory.messages)
    start = stage.emulator.record[-1].at
    for _ in range(300):
        await mallory.says("/help")
    assert "/stop" in (await answer(emma, "/help")).text
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    for _ in range(100):
        await mallory.says("/help")
    await mallory.says("/stop")
    await mallory.hears(SILENT)
    answers = [each.at for each in stage.emulator.requests("sendMessage", mallory.id) if each.at > start]
    assert len(answers) == len([each for each in mallory.messages if each.text]) - heard
    assert len(answers) <= 5 + (answers[-1] - start)
    await wait_until(lambda: stage.emulator.world.updates.pending == 0)
