from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.steps import about, hears_about, moderators, publish


async def test_each_hears_what_they_asked_for_in_their_language(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    ursula = stage.emulator.person(5003, first_name="Ursula")
    hesitant = stage.emulator.person(5004, first_name="Hesitant")
    await stage.subscribe(emma, "en")
    await stage.subscribe(nasrin, "fa", topic="IR/*")
    await stage.subscribe(ursula, "en", topic="US/*")
    await hesitant.says("/start")
    mina, omid = await moderators(stage)

    await publish(stage, mina, "Arman Sepidkuh")
    english = await hears_about(emma, "Arman Sepidkuh")
    persian = await hears_about(nasrin, "Arman Sepidkuh")
    await publish(stage, omid, "Thomas Quillfeather", "Date set")
    american = await hears_about(ursula, "Thomas Quillfeather")
    await hears_about(emma, "Thomas Quillfeather")

    assert english.text.startswith("Arman Sepidkuh (Iran) may be executed at any moment")
    assert persian.text.startswith("حکم اعدام آرمان سپیدکوه (ایران) هر لحظه ممکن است اجرا شود")
    assert american.text.startswith("Thomas Quillfeather (United States) is scheduled to be executed")
    assert not any(each.silent for each in (english, persian, american))
    assert about(ursula, "Arman Sepidkuh") == []
    assert about(nasrin, "Thomas Quillfeather") == []
    assert len(hesitant.messages) == 1
