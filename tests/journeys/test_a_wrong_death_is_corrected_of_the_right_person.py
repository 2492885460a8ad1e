"""Of two people in one action one is said to be dead, wrongly: the correction is of them, and says so at each step."""

from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.desk import after, is_sheet, look, number_of, offers
from tests.journeys.steps import approve, hears_about, list_says, moderators, publish, wait_until

ARMAN, MAHAN, NUMBER = "Arman Sepidkuh", "Mahan Parvazeh", "UA-26/001"


async def test_who_has_left_can_be_corrected(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    await list_says(stage, "D-09", "Solitary")
    sheet, other = await look(mina, ARMAN), await look(mina, MAHAN)
    while not offers(sheet, "Put together"):
        sheet = await after(mina, mina.says(f"/draft {number_of(sheet)}"), is_sheet)
    label = f"Put together with draft {number_of(other)}"
    await after(mina, mina.taps(label, message=sheet), is_sheet)
    await approve(omid, ARMAN)
    await hears_about(emma, ARMAN)
    heard = len(emma.messages)
    await publish(stage, omid, ARMAN, "Executed")
    await wait_until(lambda: any("has been executed" in each.text for each in emma.messages[heard:]))

    # An update is about who is still in it; a correction may be about either of them.
    update = await after(mina, mina.says(f"/update {NUMBER}"), "What has happened?")
    assert update.text.splitlines()[0].strip("\u2068\u2069") == MAHAN
    asked = await after(mina, mina.says(f"/correct {NUMBER}"), "Whom is the news about?")
    assert asked.labels == [MAHAN, ARMAN]
    status = await after(mina, mina.taps(ARMAN, message=asked), "What is right?")
    assert status.text.splitlines()[0].strip("\u2068\u2069") == ARMAN
    assert status.labels[0] == "As before: Executed"

    await after(mina, mina.taps("solitary", message=status), "According to whom?")
    await after(mina, mina.says("Lantern Documentation Group"), "How sure")
    asked = await after(mina, mina.taps("one source only"), "What should readers know besides?")
    asked = await after(mina, mina.taps("Go on", message=asked), "Is there a petition")
    sheet = await after(mina, mina.taps("Skip", message=asked), is_sheet)
    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    await approve(omid, ARMAN)
    assert ARMAN in (await emma.hears("Correction:")).text
    card = await after(mina, mina.says(f"/action {NUMBER}"), NUMBER)
    assert ARMAN in card.text
    assert MAHAN in card.text
