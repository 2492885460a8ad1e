from __future__ import annotations

import asyncio

import pytest

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.steps import about, hears_about, moderators, publish, wait_until

GOOD = "id,name,name_fa,status,execution_date,born,gender,country,prison,charges,source\n"


def held(moderator: Person) -> list[Message]:
    return [each for each in moderator.messages if "Question about" in each.text]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((404, b"Not here"), "there is nothing at this address (404)"),
        ((500, b"Oops"), "the server has a fault (500)"),
        ((200, b"<!doctype html><title>Log in</title>"), "the address gave a web page or XML, not CSV"),
        ((200, b""), "the document is empty"),
        ((200, GOOD.encode()), "the document has no rows"),
        ((200, (GOOD + 'D-01,Arman Sepidkuh,"ب').encode()), "breaks off"),
        ((200, (GOOD + "D-01,Arman,,Executed,,,,,,,\n").encode("utf-16-le")), "it is not text"),
        (
            (200, GOOD.replace("status", "state").encode() + b"D-01,A,,Executed,,,,,,,\n"),
            "there is no column",
        ),
    ],
    ids=["404", "500", "html", "empty", "header only", "truncated", "wrong encoding", "renamed column"],
)
async def test_held_told_once_and_nothing_lost(stage: Stage, answer: tuple[int, bytes], says: str) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)

    stage.lists.answer = answer
    readings = stage.lists.asked
    await wait_until(lambda: held(mina) and held(omid))
    if answer[0] != 200:
        assert stage.lists.asked >= readings + 2  # one failure is no news yet
    neutral = held(mina)[0].text.replace("\\u2060", "")
    assert "the last good one stays" in neutral
    assert says in neutral
    readings = stage.lists.asked
    await wait_until(lambda: stage.lists.asked > readings + 1)
    await asyncio.sleep(0.3)
    assert (len(held(mina)), len(held(omid))) == (1, 1)
    assert about(emma, "Arman Sepidkuh") == []

    stage.lists.answer = None
    await publish(stage, mina, "Arman Sepidkuh")
    changed = await hears_about(emma, "Arman Sepidkuh")
    assert "from “Death sentence upheld” to “Execution imminent”" in changed.text
    assert len(held(mina)) == 1
