"""A death that a moderator turns down: letters do not go on until somebody says so."""

from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.desk import after, look, number_of, offers
from tests.journeys.letters import ARMAN, NUMBER, reader_of_an_alert
from tests.journeys.steps import answer, list_says


async def test_letters_stay_held_until_they_are_let_go_on(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    mina, omid = (stage.emulator.person(number) for number in (9001, 9002))
    await list_says(stage, "D-01", "Executed")
    await mina.hears(lambda message: "Look and decide" in message.labels and "Executed" in message.text)
    sheet = await look(mina, ARMAN)
    told = await after(mina, mina.says(f"/reject {number_of(sheet)} his lawyer spoke to him"), "turned down")
    assert told.text.splitlines()[-1] == (
        f"The letters of {NUMBER} are held until somebody lets them go on: /action"
    )
    assert (await answer(emma, f"/letter {NUMBER}")).text.startswith(f"The letters of {NUMBER} are held")
    card = await after(
        omid, omid.says(f"/action {NUMBER}"), lambda message: "Resume letters" in message.labels
    )
    await after(omid, omid.taps("Resume letters", message=card), "Letters are served")
    assert offers(await answer(emma, f"/letter {NUMBER}"), "I understand")
