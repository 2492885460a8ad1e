from __future__ import annotations

from datetime import timedelta

from bot.demo.stage import Stage
from tests.journeys.steps import Clock, about, answer, hears_about, moderators, publish

ARMAN, HIWA, SAMIRA = "Arman Sepidkuh", "Hiwa Bafrin", "Samira Golchehreh"


async def test_a_pause_is_silence_until_its_day(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    other = stage.emulator.person(5002, first_name="Other")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(other, "en")
    assert (await answer(emma, "/pause")).text == "Silence until 17 March 2026. /resume ends it earlier."
    assert (await answer(emma, "/pause ۳")).text == "Silence until 13 March 2026. /resume ends it earlier."
    for wrong in ("/pause long", "/pause 0", "/pause -1", "/pause 9999", "/pause 2.5"):
        assert (await answer(emma, wrong)).text == "For how many days? For example: /pause 7", wrong
    paused = await answer(emma, "/start")
    assert paused.text == "You are subscribed, with silence until 13 March 2026. /resume ends it."

    await publish(stage, mina, ARMAN)
    await hears_about(other, ARMAN)
    assert about(emma, ARMAN) == []
    clock.forward(timedelta(days=3, minutes=1))
    await publish(stage, mina, HIWA)
    await hears_about(emma, HIWA)


async def test_resume_ends_a_pause(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await answer(emma, "/pause 30")
    assert (await answer(emma, "/resume")).text == "You hear alerts again."
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)


async def test_stop_is_silence_until_resume(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    other = stage.emulator.person(5002, first_name="Other")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", topic="IR/*")
    await stage.subscribe(other, "en")
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    stopped = "I am silent from now on. /resume brings me back, /forget deletes what is stored."
    assert (await answer(emma, "/STOP")).text == stopped
    before = len(emma.messages)

    await publish(stage, mina, HIWA)
    await hears_about(other, HIWA)
    await publish(stage, mina, ARMAN, "Returned to ward")  # not even how it went on
    await other.hears("stayed")
    clock.to(18, 1)
    await other.hears("Summary")
    assert len(emma.messages) == before

    await answer(emma, "/resume")
    assert (await answer(emma, "/topics")).labels[1] == "✓ Iran"
    await publish(stage, mina, SAMIRA)
    await hears_about(emma, SAMIRA)
    assert about(emma, HIWA) == []


async def test_who_comes_back_by_start_still_follows_their_cases(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", topic="IR/*")
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    await answer(emma, "/follow 1")
    await answer(emma, "/stop")
    await stage.subscribe(emma, "en", topic="US/*")
    assert (await answer(emma, "/unfollow 1")).text == "You no longer follow this case."


async def test_before_subscribing(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    for command in ("/pause", "/resume", "/topics", "/safety"):
        assert (await answer(emma, command)).text == "You are not subscribed yet. /start begins."
    stopped = await answer(emma, "/stop")
    assert stopped.text == "You are not subscribed, so I send you nothing. /start begins."
