from __future__ import annotations

import asyncio

import pytest

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, is_sheet, look, number_of, offers
from tests.journeys.steps import approve, cards, hears_about, list_says, moderators


async def change(moderator: Person, sheet: Message, field: str, words: str) -> Message:
    """Change one field of the draft; the sheet afterwards."""
    menu = await after(moderator, moderator.taps("Change it", message=sheet), "What should change")
    assert "Who changes a draft cannot approve it" in menu.text
    await after(moderator, moderator.taps(field, message=menu), "Write it anew")
    return await after(moderator, moderator.says(words), is_sheet)


async def test_who_writes_into_a_draft_cannot_approve_it(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    edited = await change(
        mina, await look(mina, "Arman Sepidkuh"), "Text: English", "His mother asks for help."
    )
    assert not offers(edited, "Approve")
    await after(mina, mina.taps("Hand in for approval", message=edited), "is not out yet")

    await after(omid, omid.says(f"/approve {number_of(edited)}"), is_sheet)
    await approve(omid, "Arman Sepidkuh")
    assert "His mother asks for help." in (await hears_about(emma, "Arman Sepidkuh")).text


async def test_who_writes_into_a_draft_is_not_told_to_decide_on_it(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    edited = await change(
        mina, await look(mina, "Arman Sepidkuh"), "Text: English", "His mother asks for help."
    )
    hers = len(cards(mina, "Arman Sepidkuh"))
    told = await after(omid, mina.taps("Hand in for approval", message=edited), "Arman Sepidkuh")
    assert "Look and decide" in told.labels
    await asyncio.sleep(0.5)
    assert len(cards(mina, "Arman Sepidkuh")) == hers


async def test_where_everybody_has_written_somebody_is_told_all_the_same(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    edited = await change(mina, await look(mina, "Arman Sepidkuh"), "Text: English", "His mother asks.")
    theirs = await after(omid, omid.says(f"/draft {number_of(edited)}"), is_sheet)
    edited = await change(omid, theirs, "Text: English", "His mother asks for help.")
    told = await after(mina, omid.taps("Hand in for approval", message=edited), "Arman Sepidkuh")
    assert "Look and decide" in told.labels


@pytest.mark.parametrize(
    ("field", "words"), [("Prison", "Qasr-e Kuhpayeh"), ("According to whom", "Harbour Documentation Centre")]
)
async def test_putting_right_prison_or_source_does_not_bar(stage: Stage, field: str, words: str) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    put_right = await change(mina, await look(mina, "Arman Sepidkuh"), field, words)
    await after(mina, mina.taps("Approve: Arman Sepidkuh", message=put_right), "is approved")
    assert words in (await hears_about(emma, "Arman Sepidkuh")).text


async def test_what_cannot_be_taken_is_asked_again_and_nothing_changes(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    menu = await after(mina, mina.says(f"/edit {number_of(sheet)}"), "What should change")
    await after(mina, mina.taps("Petition link", message=menu), "Write it anew")
    await after(mina, mina.says("javascript:alert(1)"), "That is not a link I can use")
    await after(mina, mina.sends_sticker(), "Please write it as a text")
    await after(mina, mina.says("https://petition.example.org/arman"), "What is the petition called?")
    changed = await after(mina, mina.says("Stop the execution of Arman"), is_sheet)
    assert changed.text.startswith(f"Draft {number_of(sheet)}, revision 2")
    await after(mina, mina.taps("Change it", message=changed), "What should change")
    await after(mina, mina.taps("Text: English"), "Write it anew")
    await after(mina, mina.says("Far too long. " * 200), "at most 300 characters fit")
    await after(mina, mina.says("/cancel"), "Left. Nothing was stored of it.")
    await after(mina, mina.says("/cancel"), "There is nothing to leave.")
    again = await after(mina, mina.says(f"/draft {number_of(sheet)}"), is_sheet)
    assert again.text.startswith(f"Draft {number_of(sheet)}, revision 2")
