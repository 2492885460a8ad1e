from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.steps import Clock, about, answer, hears_about, moderators, publish, tap


async def test_who_asks_to_be_forgotten_hears_nothing_more(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(nasrin, "fa")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(nasrin, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    await tap(nasrin, "letter:UA-26/001")
    await tap(nasrin, "warned:UA-26/001")
    await nasrin.hears("ریاست محترم قوهٔ قضاییه")

    await answer(nasrin, "/forget")
    done = await tap(nasrin, "forget:yes")
    assert done.text == "همهٔ اطلاعات این گفت‌وگو پاک شد. با \u2066/start\u2069 می‌توانید از نو آغاز کنید."
    assert done.labels == []
    before = len(stage.emulator.sent_to(nasrin.id))

    await publish(stage, mina, "Hiwa Bafrin")
    await hears_about(emma, "Hiwa Bafrin")
    await publish(stage, mina, "Arman Sepidkuh", "Returned to ward")  # a chain that had reached her
    await emma.hears("stayed")
    clock.to(18, 1)
    await emma.hears("Summary")
    assert len(stage.emulator.sent_to(nasrin.id)) == before


async def test_who_comes_back_begins_anew(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", topic="IR/*")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    await tap(emma, "letter:UA-26/001")
    await answer(emma, "/forget")
    await tap(emma, "forget:yes")

    assert (await answer(emma, "/topics")).text == "You are not subscribed yet. /start begins."
    assert (await answer(emma, "/forget")).text == "Nothing is stored about this chat."
    await stage.subscribe(emma, "en", topic="US/*")
    await publish(stage, mina, "Thomas Quillfeather", "Date set")
    await hears_about(emma, "Thomas Quillfeather")
    topics = await answer(emma, "/topics")
    assert topics.labels == ["Everything", "Iran", "✓ United States", "Done"]
    warning = await tap(emma, "letter:UA-26/002")
    assert warning.text.startswith("Before your first letter")


async def test_buttons_of_a_forgotten_chat_store_nothing(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    languages, topics = await answer(emma, "/language"), await answer(emma, "/topics")
    await answer(emma, "/forget")
    await tap(emma, "forget:yes")

    for message in (languages, topics):
        for button in message.buttons:
            await emma.taps(button.text, message=message)
            await emma.hears("You are not subscribed yet.")
    assert about(emma, "From now on") == []
    assert (await answer(emma, "/start")).text.startswith("Which language?")
