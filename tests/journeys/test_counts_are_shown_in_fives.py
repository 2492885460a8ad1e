"""How many letters were served is told to moderators in fives too: one more must not point to who was there just now."""

from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.desk import after
from tests.journeys.letters import NUMBER, first_letter, reader_of_an_alert, says


async def test_the_card_of_an_action_rounds_as_the_report_does(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    mina = stage.emulator.person(9001)
    await first_letter(emma)
    for more, words in ((3, "fewer than 5"), (1, "5"), (4, "5"), (1, "10")):
        for _ in range(more):
            await says(emma, f"/letter {NUMBER}", until="sent-in")
        card = await after(mina, mina.says(f"/action {NUMBER}"), "Letters served")
        assert f"Letters served: {words}" in card.text.splitlines()
