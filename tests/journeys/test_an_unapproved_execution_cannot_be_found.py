from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.steps import Clock, answer, approve, cards, list_says, moderators, publish, wait_until

ARMAN = "Arman Sepidkuh"


async def test_nothing_shows_what_nobody_has_approved(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await emma.hears(ARMAN)

    await list_says(stage, "D-01", "Executed")
    await list_says(stage, "D-04", "Executed")  # somebody of whom readers have never heard
    await wait_until(lambda: cards(mina, ARMAN) and cards(mina, "Hiwa Bafrin"))

    for question in (
        "/case 1",
        "/cases",
        "/cases Sepidkuh",
        "/actions",
        "/start c_1",
        "/cases Bafrin",
        "/case 4",
    ):
        seen = await answer(emma, question)
        assert "Executed" not in seen.text, question
        assert "Bafrin" not in seen.text, question
        assert not any("letter" in label for label in seen.labels), question
    clock.to(18, 1)
    digest = await emma.hears("Summary of 10 March 2026")
    assert ARMAN in digest.text
    assert "been executed" not in digest.text
    assert "Bafrin" not in digest.text


async def test_its_letters_are_held_at_once(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await emma.hears(ARMAN)

    await list_says(stage, "D-01", "Executed")
    await wait_until(lambda: cards(mina, ARMAN))

    held = (
        "There is news about this case that is being checked."
        " Until then please send no letters for UA-26/001."
    )
    for question in ("/letter UA-26/001", "/start l_26_001", "ua-26/1"):
        assert (await answer(emma, question)).text == held
    await emma.taps("Write a letter")
    await emma.hears(held)

    await approve(mina, ARMAN)
    notice = await emma.hears("has been executed")
    assert notice.silent
    assert notice.labels == ["Details"]
    closed = await answer(emma, "/letter UA-26/001")
    assert closed.text == "UA-26/001 is closed: please send no more letters. /actions shows what is open."
    assert (await answer(emma, "/case 1")).labels == []
