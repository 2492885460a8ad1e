from __future__ import annotations

import asyncio

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, asks_until
from tests.journeys.steps import about, list_says, moderators, wait_until


def asked(moderator: Person, words: str) -> list[Message]:
    return [each for each in moderator.messages if "Question about" in each.text and words in each.text]


async def test_an_unknown_word_asks_once_and_changes_nothing(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    both = await moderators(stage)
    await list_says(stage, "D-09", "Transferred")
    for moderator in both:
        await wait_until(lambda moderator=moderator: asked(moderator, "Transferred"))
    readings = stage.lists.asked
    stage.lists.row("D-02")["prison"] = "Kuhpayeh"  # another edition with the same word
    await wait_until(lambda: stage.lists.asked > readings + 3)
    await asyncio.sleep(0.4)
    assert [len(asked(moderator, "Transferred")) for moderator in both] == [1, 1]
    assert asked(both[0], "Transferred")[0].silent
    assert about(emma, "Mahan Parvazeh") == []
    open_ones = await after(both[0], both[0].says("/questions"), "1 question is open")
    assert "Transferred" in open_ones.text
    await list_says(stage, "D-09", "Death row")
    await asks_until(both[0], "/questions", "No questions are open.")


async def test_a_vanished_row_is_a_question_never_a_death(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    row = dict(stage.lists.row("D-03"))
    stage.lists.remove("D-03")
    await wait_until(lambda: asked(mina, "Bahram Tizpar"))
    assert "That says nothing by itself" in asked(mina, "Bahram Tizpar")[0].text
    stage.lists.row("D-02")["prison"] = "Kuhpayeh"
    readings = stage.lists.asked
    await wait_until(lambda: stage.lists.asked > readings + 3)
    stage.lists.rows.append(row)
    await wait_until(lambda: stage.lists.asked > readings + 6)
    await asyncio.sleep(0.4)
    assert len(asked(mina, "Bahram Tizpar")) == 1
    await after(mina, mina.says("/drafts"), "No drafts wait.")
    assert about(emma, "Bahram Tizpar") == []
