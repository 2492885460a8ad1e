"""An address of an attacker would collect readers' letters: nobody brings one into use alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from bot.emulator import Message, Person
from tests.alerts.officials import DEMO
from tests.journeys.desk import after, offers
from tests.journeys.steps import TICK, Clock, first_reading, moderators, wait_until

NEW = "desk@judiciary.example"
BLOCK = """\
[[targets]]
key = “ir-leader”
country = "IR"
kind = "head_of_state"
emails = ["leader@office.example"]
sources = ["https://office.example/contact"]
"""


@pytest.fixture
async def stage(folder: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with set_up(folder, clock=clock, tick=TICK, targets=DEMO) as stage:
        await first_reading(stage)
        yield stage


async def card(moderator: Person, key: str = "ir-judiciary") -> Message:
    return await after(moderator, moderator.says(f"/targets {key}"), lambda each: offers(each, "Change"))


async def propose_new_address(moderator: Person) -> None:
    menu = await after(
        moderator, moderator.taps("Change", message=await card(moderator)), "What should change?"
    )
    await after(moderator, moderator.taps("E-mail", message=menu), "one a line")
    shown = await after(moderator, moderator.says(NEW), lambda each: offers(each, "Propose"))
    assert "Proposed change" in shown.text
    assert NEW in shown.text
    await after(moderator, moderator.taps("Propose", message=shown), "Proposed.")


async def offered_to(moderator: Person) -> Message:
    """The proposal with the buttons that decide, once the moderator has been told of it."""
    await wait_until(lambda: [each for each in moderator.messages if "a proposal waits" in each.text])
    told = [each for each in moderator.messages if "Look and decide" in each.labels][-1]
    return await after(
        moderator, moderator.taps("Look and decide", message=told), lambda each: offers(each, "Agree")
    )


async def test_a_change_is_used_only_after_somebody_else_agreed(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    await propose_new_address(mina)
    assert NEW not in (await card(mina)).text
    own = await after(mina, mina.says("/targets ir-judiciary"), lambda each: offers(each, "Take it back"))
    assert not offers(own, "Agree")

    theirs = await offered_to(omid)
    assert NEW in theirs.text
    await after(omid, omid.taps("Agree: I have checked it", message=theirs), "in use from now on")
    agreed = await card(omid)
    assert NEW in agreed.text
    assert "office@judiciary.example" not in agreed.text
    assert not offers(await card(mina), "I checked it today")
    assert offers(agreed, "I checked it today")


async def test_agreeing_counts_once_and_for_what_was_shown(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    await propose_new_address(mina)
    stale = await offered_to(omid)
    own = await after(mina, mina.says("/targets ir-judiciary"), lambda each: offers(each, "Take it back"))
    await after(mina, mina.taps("Take it back", message=own), "off the table")
    told = await after(omid, omid.taps("Agree: I have checked it", message=stale))
    assert "has changed since you saw it" in told.text
    assert NEW not in (await card(omid)).text


async def test_a_new_official_is_sent_as_in_the_configuration(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    page = await after(mina, mina.says("/targets"), "officials are kept")
    assert "Iran" in page.text
    await after(mina, mina.taps("Add an official", message=page), "[[targets]]")
    wrong = BLOCK.replace("leader@office.example", "leader at office")
    told = await after(mina, mina.says(wrong), "text:")
    assert (
        told.text
        == "text:5: [[targets]] ir-leader: emails: 'leader at office' is not an e-mail address such as office@example.org"
    )
    shown = await after(mina, mina.says(BLOCK), lambda each: offers(each, "Propose"))
    assert "Proposed: a new official to write to: Head of State (Iran)" in shown.text
    await after(mina, mina.taps("Propose", message=shown), "Proposed.")
    await after(mina, mina.taps("Propose", message=shown), "too old")

    theirs = await offered_to(omid)
    await after(omid, omid.taps("Agree: I have checked it", message=theirs), "in use from now on")
    assert "leader@office.example" in (await card(omid, "ir-leader")).text


async def test_an_official_nobody_has_checked_is_asked_about_until_somebody_has(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await wait_until(
        lambda: [each for each in mina.messages if "nobody has checked this address yet" in each.text]
    )
    shown = await card(mina)
    assert "must be checked" in shown.text
    checked = await after(mina, mina.taps("I checked it today", message=shown), "Noted: checked today.")
    assert checked
    assert "must be checked" not in (await card(mina)).text
    open_ones = await after(mina, mina.says("/questions"), "questions are open")
    assert "ir-judiciary" not in open_ones.text


async def test_an_address_can_be_marked_and_an_official_retired(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    shown = await card(mina)
    asked = await after(
        mina,
        mina.taps("What became of its addresses", message=shown),
        lambda each: "What became of the addresses" in each.text and offers(each, "1 failed"),
    )
    marked = await after(mina, mina.taps("1 failed", message=asked), lambda each: offers(each, "Change"))
    assert "office@judiciary.example (failed)" in marked.text
    assert "an address failed" in marked.text
    await after(mina, mina.taps("Retire", message=marked), "no reader is given it any more")
    again = await card(mina)
    assert "retired" in again.text
    assert not offers(again, "Retire")


async def test_readers_know_no_such_command(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    told = await after(emma, emma.says("/targets"))
    assert told.text.startswith("I do not know that command.")
