from __future__ import annotations

from datetime import timedelta

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.steps import Clock, answer, hears_about, moderators, publish, wait_until


def digests(person: Person) -> list[Message]:
    return [each for each in person.messages if each.text.startswith(("Summary of", "خلاصهٔ"))]


async def test_one_a_day_whatever_restarts(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    assert digests(emma) == []

    for day in (10, 11):
        clock.to(17, 59)
        await stage.stop_bot()
        await stage.start_bot()
        await emma.hears_nothing(within=0.5)
        clock.forward(timedelta(minutes=2))
        await emma.hears(f"Summary of {day} March 2026")
        await stage.stop_bot()
        await stage.start_bot()
        await emma.hears_nothing(within=0.5)
    assert len(digests(emma)) == 2


async def test_it_says_what_changed_and_what_can_be_done(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    reader = stage.emulator.person(5003, first_name="Reader")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(nasrin, "fa", topic="IR/*")
    await stage.subscribe(reader, "en", mode="read_only")
    await publish(stage, mina, "Arman Sepidkuh")
    await publish(stage, mina, "Thomas Quillfeather", "Stayed")
    await publish(stage, mina, "Hiwa Bafrin", "Executed")

    clock.to(18, 1)
    source = "According to Lantern Documentation Group (confirmed by independent sources)."
    english = await emma.hears("Summary of 10 March 2026")
    assert english.text.splitlines() == [
        "Summary of 10 March 2026",
        "",
        "In mourning",
        f"• Hiwa Bafrin (Iran) has been executed. {source}",
        "",
        "In danger",
        f"• Arman Sepidkuh (Iran) may be executed at any moment. {source}",
        "",
        "Open urgent actions",
        "• Arman Sepidkuh (Iran) – Execution imminent (UA-26/001): until 17 March 2026, 23:59 (Tehran time), 7 days left",
        "",
        "Good news",
        f"• The execution of Thomas Quillfeather (United States) has been stayed. {source}",
    ]
    assert english.silent
    assert english.labels == ["Write a letter: UA-26/001"]
    persian = await nasrin.hears("خلاصهٔ")
    assert persian.text.startswith("خلاصهٔ ۱۹ اسفند ۱۴۰۴ (۱۰ مارس ۲۰۲۶)")
    assert "Thomas" not in persian.text
    assert (await reader.hears("Summary")).labels == []


async def test_nothing_to_say_is_not_said(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    paused = stage.emulator.person(5002, first_name="Paused")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", topic="US/*")
    await stage.subscribe(paused, "en")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(paused, "Arman Sepidkuh")
    await answer(paused, "/pause 2")
    before = len(paused.messages)

    clock.to(18, 1)
    await emma.hears_nothing(within=1)
    assert len(paused.messages) == before
    clock.forward(timedelta(days=2))
    await wait_until(lambda: len(digests(paused)) == 1)
    assert digests(emma) == []
