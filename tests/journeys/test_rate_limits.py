from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from bot.emulator import Fault, Limits, Person
from tests.journeys.steps import (
    TICK,
    Clock,
    about,
    answer,
    approve,
    cards,
    hears_about,
    list_says,
    moderators,
    publish,
    tap,
    wait_until,
)

ARMAN, HIWA = "Arman Sepidkuh", "Hiwa Bafrin"


async def audience(stage: Stage, size: int) -> list[Person]:
    readers = [stage.emulator.person(6000 + n, first_name=f"Reader {n}") for n in range(size)]
    await asyncio.gather(*(stage.subscribe(reader, "en") for reader in readers))
    return readers


def copies(readers: list[Person], name: str) -> Counter[int]:
    return Counter(len(about(reader, name)) for reader in readers)


async def test_everybody_hears_although_telegram_says_wait(stage: Stage) -> None:
    readers = await audience(stage, 10)
    mina, _ = await moderators(stage)
    unlucky = readers[7]
    stage.emulator.script(
        Fault.flood(1, method="sendMessage", chat_id=unlucky.id),
        Fault.flood(1, method="sendMessage", chat_id=readers[3].id, times=2),
    )
    await publish(stage, mina, ARMAN)
    await wait_until(lambda: not copies(readers, ARMAN)[0])
    assert copies(readers, ARMAN) == {1: len(readers)}
    assert len([each for each in stage.emulator.refusals if each.code == 429]) == 3


@pytest.fixture
async def slow(folder: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with set_up(folder, clock=clock, tick=TICK, telegram={"rate": 8}) as stage:
        yield stage


async def test_an_urgent_alert_overtakes_the_digest(slow: Stage, clock: Clock) -> None:
    mina, _ = await moderators(slow)
    await publish(slow, mina, ARMAN)
    readers = await audience(slow, 16)

    clock.to(17, 55)
    await list_says(slow, "D-04", "Solitary")
    await wait_until(lambda: cards(mina, HIWA))
    clock.to(18, 1)
    await wait_until(lambda: any("Summary" in each.text for reader in readers for each in reader.messages))
    await approve(mina, HIWA)
    await wait_until(lambda: not copies(readers, HIWA)[0])
    await wait_until(lambda: all("Summary" in "".join(m.text for m in reader.messages) for reader in readers))
    order = [
        "digest" if "Summary" in request.params["text"] else "alert"
        for request in slow.emulator.requests("sendMessage")
        if "Summary" in request.params["text"] or HIWA in request.params["text"]
        if request.chat_id is not None and 6000 <= request.chat_id < 7000
    ]
    last_alert = len(order) - 1 - order[::-1].index("alert")
    assert "digest" in order[last_alert:]  # some digests had to wait for the last alert


async def test_answers_wait_too(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    await asyncio.sleep(1)
    stage.emulator.enforce(Limits())
    await tap(emma, "letter:UA-26/001")
    await tap(emma, "warned:UA-26/001")
    await emma.hears("Your Excellency,")
    assert (await answer(emma, "/actions")).text.startswith("Open urgent actions")
