from __future__ import annotations

from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.emulator import Person
from tests.journeys.letters import (
    ARMAN,
    NUMBER,
    OFFICIALS,
    first_letter,
    reader_of_an_alert,
    says,
    taps,
    verb,
)
from tests.journeys.steps import hears_about, publish


@pytest.fixture
def sections() -> dict[str, Any]:
    return OFFICIALS


HIWA = "Hiwa Bafrin"


async def sent_it(reader: Person, channel: str = "email") -> str:
    await taps(reader, "sent-in")
    heard, start = reader.chat.heard, len(reader.chat.heard)
    await reader.taps(lambda each: (each.callback_data or "").startswith(f"did:{NUMBER}:{channel}:"))
    await reader.hears("Thank you.")
    return heard[start].text


async def test_thanks_undo_and_what_is_next(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    assert await sent_it(emma) == "Thank you.\nGoal: 500 letters"  # one alone is not shown
    thanks = emma.messages[-1]
    assert [verb(each) for each in thanks.buttons] == ["undo", "news", "answer"]
    (followed,) = await taps(emma, "news")
    assert followed.text == "You follow this case now and hear everything about it."
    (noted,) = await taps(emma, "answer")
    assert noted.text.startswith("Noted: an answer came.")
    (undone,) = await taps(emma, "undo", under=thanks)
    assert undone.text == "Taken back."


async def test_from_five_on_it_is_told_how_many(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    for number in range(5002, 5006):
        reader = stage.emulator.person(number, first_name="Reader")
        await stage.subscribe(reader, "en")
        await says(reader, f"/letter {NUMBER}", until="warned")
        await taps(reader, "warned", until="sent-in")
        assert await sent_it(reader) == "Thank you.\nGoal: 500 letters"
    await first_letter(emma)
    told = "Thank you.\n5 people have acted by now.\n░░░░░░░░░░ 5 of 500"
    assert await sent_it(emma) == told
    assert await sent_it(emma) == told  # once per reader and way
    assert (await sent_it(emma, "post")).endswith(" 6 of 500")
    await says(emma, "/plain")
    await taps(emma, "plain")
    assert (await sent_it(emma)).endswith("\n6 of 500")


async def test_the_next_action_is_one_not_yet_acted_on(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await publish(stage, stage.emulator.person(9001, first_name="Mina"), HIWA)
    await hears_about(emma, HIWA)
    await says(emma, f"/letter {NUMBER}", until="warned")
    await taps(emma, "warned", until="sent-in")
    await sent_it(emma)
    (action,) = await taps(emma, "next-action")
    assert action.text.startswith("Urgent action UA-26/002\n")
    assert HIWA in action.text
    assert ARMAN not in action.text
    assert [verb(each) for each in action.buttons] == ["letter", "share", "sent", "case"]


async def test_who_is_no_subscriber_is_thanked_and_not_counted(stage: Stage) -> None:
    await reader_of_an_alert(stage)
    visitor = stage.emulator.person(5009, first_name="Visitor")
    await says(visitor, "/start l_26_001", until="lang")
    await taps(visitor, "sent-in")
    (said,) = await taps(visitor, "did")
    assert said.text.startswith("Thank you. I count only what subscribers tell me")
    (stored,) = await says(visitor, "/forget")
    assert stored.text == "Nothing is stored about this chat."
