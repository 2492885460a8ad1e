"""Updates on bad days: given twice, in the wrong order, a day late, or with the answer lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from bot.emulator import Effect, Fault, Person
from tests.journeys.steps import TICK, answer, wait_until

HOURS = 3600
POLL = "getUpdates"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with set_up(tmp_path, tick=TICK) as made:
        yield made


async def reader(stage: Stage, number: int = 6001) -> Person:
    person = stage.emulator.person(number, first_name=f"Reader {number}")
    await stage.subscribe(person, "en")
    return person


async def test_given_twice(stage: Stage) -> None:
    person = await reader(stage)
    await answer(person, "/help")
    said = [message.text for message in person.messages]
    stage.emulator.repeat_updates()
    last = await answer(person, "/privacy")
    assert [message.text for message in person.messages] == [*said, last.text]


async def test_given_in_the_wrong_order(stage: Stage) -> None:
    person = await reader(stage)
    right = [(await answer(person, command)).text for command in ("/help", "/privacy", "/language")]
    before = len(person.messages)
    await stage.stop_bot()
    stage.emulator.give_newest_first()
    for command in ("/help", "/privacy", "/language"):
        await person.says(command)
    await stage.start_bot()
    await wait_until(lambda: len(person.messages) == before + len(right))
    assert [message.text for message in person.messages[before:]] == right


async def test_given_a_day_late(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    person, other = await reader(stage), await reader(stage, 6002)
    await answer(other, "/help")
    await stage.stop_bot()
    await person.says("/stop")
    await other.says("/language")
    stage.emulator.age_updates(23 * HOURS)
    stage.emulator.expire_taps()
    heard = len(person.messages), len(other.messages)
    await stage.start_bot()
    await wait_until(lambda: (len(person.messages), len(other.messages)) == (heard[0] + 1, heard[1] + 1))
    assert "/resume" in person.messages[-1].text, "the goodbye says how to come back"
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_answer_that_is_lost(stage: Stage) -> None:
    person = await reader(stage)
    for fault in (
        Fault.cut(method=POLL, accepted=True),
        Fault.broken(Effect.RESET, method=POLL, accepted=True),
        Fault.broken(Effect.HALF, method=POLL, accepted=True),
        Fault.broken(Effect.NOISE, method=POLL, accepted=True),
        Fault.bad_gateway(method=POLL),
        Fault.flood(1, method=POLL),
        Fault.refusal(409, "Conflict: terminated by other getUpdates request", method=POLL),
    ):
        said = [message.text for message in person.messages]
        stage.emulator.script(fault)
        told = await answer(person, "/help")
        await wait_until(lambda: stage.emulator.faults == [])
        last = await answer(person, "/privacy")
        assert [message.text for message in person.messages] == [*said, told.text, last.text], fault
