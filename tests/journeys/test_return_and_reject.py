from __future__ import annotations

import pytest

from bot.demo.stage import Stage
from tests.journeys.desk import after, is_sheet, look, number_of, offers, write_alert
from tests.journeys.steps import about, approve, hears_about, list_says, moderators


async def test_a_draft_comes_back_with_a_reason_and_goes_out_in_the_end(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    sheet = await write_alert(mina, "Hiwa Bafrin")
    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")

    theirs = await look(omid, "Hiwa Bafrin")
    await after(omid, omid.taps("Send back", message=theirs), "Why?")
    await after(omid, omid.sends_sticker(), "Please write the reason as a text")
    came_back = await after(mina, omid.says("The prison is another one."), "came back")
    assert came_back.text.splitlines() == [
        f"Draft {number_of(sheet)} came back",
        "Hiwa Bafrin (Iran) – Execution imminent",
        "Why: The prison is another one.",
    ]
    again = await after(mina, mina.taps("Look at it again", message=came_back), is_sheet)
    assert "Why: The prison is another one." in again.text
    assert not offers(again, "Approve")

    await after(mina, mina.taps("Change it", message=again), "What should change")
    await after(mina, mina.taps("Prison"), "Write it anew")
    changed = await after(mina, mina.says("Kuhpayeh"), is_sheet)
    assert about(emma, "Hiwa Bafrin") == []
    await after(mina, mina.taps("Hand in for approval", message=changed), "is not out yet")
    await look(omid, "Hiwa Bafrin")
    await approve(omid, "Hiwa Bafrin")
    assert "Kuhpayeh" in (await hears_about(emma, "Hiwa Bafrin")).text


async def test_handed_in_again_unchanged_the_others_are_told_again(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    sheet = await write_alert(mina, "Hiwa Bafrin")
    number = number_of(sheet)
    await after(mina, mina.says(f"/submit {number}"), "is not out yet")
    await look(omid, "Hiwa Bafrin")
    await after(mina, omid.says(f"/return {number} who says so?"), "came back")
    card = await after(
        omid, mina.says(f"/submit {number}"), lambda message: "Look and decide" in message.labels
    )
    assert card.text.startswith(f"Draft {number}")


async def test_a_rejected_draft_is_over_and_its_author_knows_why(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    sheet = await write_alert(mina, "Hiwa Bafrin")
    number = number_of(sheet)
    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    await look(omid, "Hiwa Bafrin")
    told = await after(omid, omid.says(f"/reject {number}"), "Please add why")
    assert "/return 5" in told.text
    turned_down = await after(mina, omid.says(f"/reject {number} he was released in May"), "was turned down")
    assert turned_down.text.splitlines()[-1] == "Why: he was released in May"
    await after(omid, omid.says("/drafts"), "No drafts wait.")
    for command in (f"/submit {number}", f"/edit {number}", f"/reject {number} again"):
        await after(mina, mina.says(command), "does not fit where this draft stands")


@pytest.mark.parametrize("label", ["Send back", "Turn down"])
async def test_no_reason_is_asked_where_there_is_nothing_to_turn_down(stage: Stage, label: str) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    await after(mina, mina.taps("Approve: Arman Sepidkuh", message=sheet), "is approved")
    await hears_about(emma, "Arman Sepidkuh")
    told = await after(mina, mina.taps(label, message=sheet))
    assert "does not fit where this draft stands" in told.text
    await after(mina, mina.says("Good night!"), "I am a bot and cannot chat")


async def test_a_reason_left_open_for_long_is_no_reason(stage: Stage, clock) -> None:
    from datetime import timedelta

    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    await after(mina, mina.taps("Turn down", message=sheet), "Why?")
    clock.forward(timedelta(minutes=20))
    await after(mina, mina.says("Good night!"), "I am a bot and cannot chat")
    waiting = await after(mina, mina.says("/drafts"), "1 draft on its way")
    assert "Arman Sepidkuh (Iran) – Execution imminent" in waiting.text
