from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.steps import Clock, answer, hears_about, moderators, publish

REFUSED = "You chose to read only, so I offer you no letters. /safety changes that."


async def test_who_only_reads_is_offered_no_sending_tools(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", mode="read_only")
    await stage.subscribe(nasrin, "fa", mode="read_only")
    await publish(stage, mina, "Arman Sepidkuh")

    for reader in (emma, nasrin):
        alert = await hears_about(reader, "Arman Sepidkuh")
        for word in ("send a", "Tap", "petition", "please act", "بفرستید", "بزنید", "دادخواست", "اقدام کنید"):
            assert word not in alert.text
        assert [button.callback_data for button in alert.buttons] == ["case:1"]
    for question in ("/letter UA-26/001", "/start l_26_001", "UA-26/001"):
        assert (await answer(emma, question)).text == REFUSED
    assert (await answer(emma, "/actions")).labels == []
    assert (await answer(emma, "/case 1")).labels == ["Follow this case"]
    clock.to(18, 1)
    digest = await emma.hears("Summary")
    assert digest.labels == []
    assert "Tap" not in digest.text
