"""A moderator's button counts once, under its own message, for the revision that was shown (safety.md 15)."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, is_sheet, look, number_of, write_alert
from tests.journeys.steps import cards, list_says, moderators, wait_until

ARMAN = "Arman Sepidkuh"
STALE = "has changed since you saw it"
DONE = "does not fit where this draft stands"


async def shown(stage: Stage, moderator: Person) -> Message:
    """The sheet of a draft that waits."""
    await list_says(stage, "D-01", "Solitary")
    return await look(moderator, ARMAN)


async def test_a_draft_is_approved_once(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    sheet = await shown(stage, mina)
    await after(mina, mina.taps(f"Approve: {ARMAN}", message=sheet), "is approved")
    assert DONE in (await after(mina, mina.taps(f"Approve: {ARMAN}", message=sheet))).text


@pytest.mark.parametrize("label", ["Record only", "Digest only", "Alert"])
async def test_how_far_it_goes_is_chosen_once(stage: Stage, label: str) -> None:
    mina, _ = await moderators(stage)
    sheet = await shown(stage, mina)
    chosen = await after(mina, mina.taps(label, message=sheet), is_sheet)
    assert chosen.text.startswith("Draft 1, revision 2")
    assert STALE in (await after(mina, mina.taps(label, message=sheet))).text


@pytest.mark.parametrize("label", ["Send back", "Turn down"])
async def test_a_draft_is_turned_down_once(stage: Stage, label: str) -> None:
    mina, _ = await moderators(stage)
    sheet = await shown(stage, mina)
    await after(mina, mina.taps(label, message=sheet), "Why?")
    await after(mina, mina.says("the prison is wrong"), "Draft 1")
    await wait_until(lambda: _verdict_was_told(mina, label))
    assert DONE in (await after(mina, mina.taps(label, message=sheet))).text


def _verdict_was_told(moderator: Person, label: str) -> bool:
    """A list's draft that goes back is everybody's; one that is turned down has no author to tell."""
    return label == "Turn down" or any("came back" in each.text for each in moderator.messages)


async def test_a_draft_is_handed_in_once(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    sheet = await write_alert(mina, "Hiwa Bafrin")
    await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    assert DONE in (await after(mina, mina.taps("Hand in for approval", message=sheet))).text


async def test_a_draft_that_was_changed_is_not_changed_from_the_old_sheet(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    sheet = await shown(stage, mina)
    menu = await after(mina, mina.taps("Change it", message=sheet), "What should change")
    await after(mina, mina.taps("Prison", message=menu), "Write it anew")
    await after(mina, mina.says("Kuhpayeh"), is_sheet)
    told = await after(mina, mina.taps("Change it", message=sheet), STALE)
    assert not told.buttons


@pytest.mark.parametrize("label", [f"Approve: {ARMAN}", "Record only", "Send back", "Turn down", "Change it"])
async def test_news_makes_every_button_of_the_old_sheet_stale(stage: Stage, label: str) -> None:
    mina, _ = await moderators(stage)
    stale = await shown(stage, mina)
    await list_says(stage, "D-01", "Solitary", execution_date="2026-03-12")
    await wait_until(lambda: len(cards(mina, ARMAN)) == 2)
    assert STALE in (await after(mina, mina.taps(label, message=stale))).text
    await after(mina, mina.says("Good night!"), "I am a bot and cannot chat")


async def test_what_is_handed_in_is_what_was_shown(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    stale = await write_alert(mina, "Hiwa Bafrin")
    theirs = await after(omid, omid.says(f"/draft {number_of(stale)}"), is_sheet)
    await after(omid, omid.taps("Record only", message=theirs), is_sheet)
    assert STALE in (await after(mina, mina.taps("Hand in for approval", message=stale))).text


ONLY_SHOW = ("Other languages", "Show the letter")


async def test_a_decision_counts_only_under_its_own_message(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    first = await shown(stage, mina)
    second = await after(mina, mina.says("/draft 1"), is_sheet)
    assert first.labels == second.labels
    card = cards(mina, ARMAN)[-1]
    deciding = [button for button in first.buttons if button.text not in ONLY_SHOW]
    assert len(deciding) == len(first.buttons) - len(ONLY_SHOW)
    for button in deciding:
        for place in (second, card):
            told = await after(mina, _presses(mina, place, button.callback_data or ""))
            assert "was not meant for you" in told.text, button.text
    look_button = card.buttons[0]
    await after(mina, _presses(mina, first, look_button.callback_data or ""), is_sheet)
    await after(mina, mina.taps(f"Approve: {ARMAN}", message=second), "is approved")


async def _presses(person: Person, message: Message, data: str) -> None:
    """As a changed client can: any data, as if from under any message."""
    person._presses(message, data)
