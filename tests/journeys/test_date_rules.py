from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.demo.stage import Stage
from tests.journeys.desk import look
from tests.journeys.steps import Clock, about, list_says, moderators, wait_until


async def test_a_new_near_date_is_urgent_whatever_the_status_says(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await list_says(stage, "D-02", "Death row", execution_date="2026-03-13")
    await list_says(stage, "D-04", "Death row", execution_date="2026-06-01")
    near = await look(mina, "Samira Golchehreh")
    await look(mina, "Hiwa Bafrin")
    card = {
        name: next(m for m in mina.messages if name in m.text and "Look and decide" in m.labels)
        for name in ("Samira Golchehreh", "Hiwa Bafrin")
    }
    assert "most urgent" in card["Samira Golchehreh"].text
    assert not card["Samira Golchehreh"].silent
    assert "most urgent" not in card["Hiwa Bafrin"].text
    assert card["Hiwa Bafrin"].silent
    assert "Samira Golchehreh (Iran) – Death sentence upheld" in near.text


async def test_a_date_that_comes_while_nothing_is_said_asks_what_happened(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-02", "Date set", execution_date="2026-03-13")
    await look(mina, "Samira Golchehreh")
    clock.forward(timedelta(days=2))
    await asyncio.sleep(0.5)
    assert not [m for m in mina.messages if "What happened?" in m.text]
    clock.forward(timedelta(days=1, hours=10))
    await wait_until(lambda: [m for m in mina.messages if "What happened?" in m.text])
    (asked,) = [m for m in mina.messages if "What happened?" in m.text]
    assert "Samira Golchehreh" in asked.text
    assert "13 March 2026" in asked.text
    clock.forward(timedelta(days=1))
    await wait_until(lambda: stage.emulator.pending_updates == 0)
    assert len([m for m in mina.messages if "What happened?" in m.text]) == 1
    assert about(emma, "Samira Golchehreh") == []
