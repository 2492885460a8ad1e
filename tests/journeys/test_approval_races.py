from __future__ import annotations

from pathlib import Path

from bot.demo.stage import Stage, set_up
from tests.journeys.desk import after, is_sheet, look, number_of, offers
from tests.journeys.steps import (
    TICK,
    Clock,
    about,
    cards,
    first_reading,
    hears_about,
    list_says,
    moderators,
    wait_until,
)


async def test_what_arrives_between_look_and_approve_is_not_approved_unseen(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    stale = await look(mina, "Arman Sepidkuh")
    await list_says(stage, "D-01", "Solitary", execution_date="2026-03-12")
    await wait_until(lambda: len(cards(mina, "Arman Sepidkuh")) == 2)
    await after(mina, mina.taps("Approve: Arman Sepidkuh", message=stale), "has changed since you saw it")
    assert about(emma, "Arman Sepidkuh") == []
    fresh = await look(mina, "Arman Sepidkuh")
    assert fresh.text.startswith(f"Draft {number_of(stale)}, revision 2")
    await after(mina, mina.taps("Approve: Arman Sepidkuh", message=fresh), "is approved")
    assert "12 March 2026" in (await hears_about(emma, "Arman Sepidkuh")).text


async def test_news_does_not_vanish_with_a_draft_that_was_turned_down_meanwhile(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-05", "Death row")
    stale = await look(mina, "Delara Kuhnavard")
    await after(mina, mina.taps("Turn down", message=stale), "Why?")
    await list_says(stage, "D-05", "Solitary")
    await wait_until(lambda: len(cards(mina, "Delara Kuhnavard")) == 2)
    await after(mina, mina.says("old news"), "has changed since you saw it")
    fresh = await look(mina, "Delara Kuhnavard")
    await after(mina, mina.taps("Approve: Delara Kuhnavard", message=fresh), "is approved")
    assert "Delara Kuhnavard (Iran) may be executed at any moment" in (await hears_about(emma, "Delara")).text


async def test_a_stay_while_the_warning_waits(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    stale = await look(mina, "Arman Sepidkuh")
    stage.lists.row("D-01")["status"] = "Returned to ward"
    await wait_until(lambda: len(cards(mina, "Arman Sepidkuh")) == 2)
    await after(mina, mina.taps("Approve: Arman Sepidkuh", message=stale), "Please look at")
    await emma.hears_nothing(within=0.5)
    newest = await look(mina, "Arman Sepidkuh")
    assert "Arman Sepidkuh (Iran) – Execution stayed" in newest.text


async def test_two_approvals_by_two_people(folder: Path, clock: Clock) -> None:
    moderation = {"moderators": [9001, 9002, 9003], "approvals": 2}
    async with set_up(folder, clock=clock, tick=TICK, moderation=moderation) as stage:
        await first_reading(stage)
        emma = stage.emulator.person(5001, first_name="Emma")
        await stage.subscribe(emma, "en")
        mina, omid = await moderators(stage)
        await list_says(stage, "D-01", "Solitary")
        sheet = await look(mina, "Arman Sepidkuh")
        assert "Approvals: 0 of 2" in sheet.text
        first = await after(mina, mina.taps("Approve: Arman Sepidkuh", message=sheet))
        assert first.text == f"Noted. Draft {number_of(sheet)} is not out yet; approvals it still needs: 1."
        twice = await after(mina, mina.taps("Approve: Arman Sepidkuh", message=sheet))
        assert twice.text == "You have approved this already; another moderator is needed too."
        again = await after(mina, mina.says(f"/approve {number_of(sheet)}"), is_sheet)
        assert not offers(again, "Approve:")
        await emma.hears_nothing(within=0.5)
        second = await look(omid, "Arman Sepidkuh")
        assert "Approvals: 1 of 2" in second.text
        await after(
            omid, omid.taps("Approve: Arman Sepidkuh", message=second), "is approved and goes out now"
        )
        await hears_about(emma, "Arman Sepidkuh")
