from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.steps import answer, hears_about, moderators, publish


async def test_a_case_is_found_however_its_name_is_typed(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    assert (await answer(emma, "/cases")).text.startswith("No case has been published yet.")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    for name in ("Samira Golchehreh", "Arman Sepidkuh"):
        await publish(stage, mina, name)
        await hears_about(emma, name)

    english = "2: Samira Golchehreh (Iran) – Execution imminent"
    for typed in (
        "Samira",
        "samira",
        "GOLCHEHREH",
        "golcheh",
        "Golchehreh Samira",
        "سمیرا",
        "گل‌چهره",
        "گل چهره",
        "سميرا",
    ):
        assert (await answer(emma, f"/cases {typed}")).text == english, typed
    persian = await answer(nasrin, "/cases Golchehreh")
    assert "سمیرا گل‌چهره" in persian.text
    assert [button.callback_data for button in persian.buttons] == ["case:2"]
    assert (await answer(emma, "/cases")).text.splitlines() == [
        "1: Arman Sepidkuh (Iran) – Execution imminent",
        english,
    ]
    for typed in ("Nobody", "%", "_", "'; DROP TABLE cases; --", "سمیرا Arman", "Hiwa"):
        assert (await answer(emma, f"/cases {typed}")).text.startswith("I found no case by that name."), typed
