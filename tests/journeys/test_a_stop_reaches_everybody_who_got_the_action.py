"""Letters would do harm: they are held at once, and everybody who got the action is told, whatever they follow since."""

from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.desk import after, is_sheet, look, offers
from tests.journeys.steps import (
    answer,
    approve,
    cards,
    hears_about,
    list_says,
    moderators,
    publish,
    tap,
    wait_until,
)

ARMAN, NUMBER = "Arman Sepidkuh", "UA-26/001"


async def test_a_stop(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    stranger = stage.emulator.person(5004, first_name="Stranger")
    mina, omid = await moderators(stage)
    await stage.subscribe(emma, "en", topic="IR/*")
    await stage.subscribe(nasrin, "fa")
    await stage.subscribe(stranger, "en", topic="US/*")
    await publish(stage, mina, ARMAN)
    firsts = {reader.id: await hears_about(reader, ARMAN) for reader in (emma, nasrin)}
    await answer(emma, "/topics")
    await tap(emma, "topic:IR/*:off")
    await tap(emma, "topic:done:c")

    await after(mina, mina.says(f"/stop_action {NUMBER}"), "Why should no more letters be sent")
    await after(mina, mina.sends_sticker(), "Please write it as a text")
    await after(mina, mina.says("His family asks for silence."), "The letters are held.")
    assert (await answer(emma, f"/letter {NUMBER}")).text.startswith("The letters of UA-26/001 are held")
    refused = await after(mina, mina.says("/draft 2"), is_sheet)
    assert not offers(refused, "Approve")

    await wait_until(lambda: cards(omid, ARMAN)[-1].text.startswith("Draft 2"))
    await approve(omid, ARMAN)
    for reader, words in ((emma, "Please send no more letters"), (nasrin, "His family asks for silence.")):
        told = await reader.hears(words)
        assert told.reply_to == firsts[reader.id].message_id
        assert "UA-26/001.1" in told.text
        assert not [each for each in told.buttons if "letter" in (each.callback_data or "")]
    assert not [each for each in stranger.messages if ARMAN in each.text]
    assert "is closed" in (await answer(emma, f"/letter {NUMBER}")).text
    first = firsts[emma.id].message_id
    await wait_until(lambda: [m for m in emma.messages if m.message_id == first and not m.buttons])
    card = await after(mina, mina.says(f"/action {NUMBER}"), lambda message: "Correct" in message.labels)
    assert "Letters were stopped." in card.text
    assert card.labels == ["Update", "Correct"]
    await after(mina, mina.says(f"/stop_action {NUMBER}"), "This action is closed")


async def test_with_a_draft_on_its_way_the_letters_are_held_all_the_same(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    await list_says(stage, "D-01", "Solitary", execution_date="2026-03-20")
    await look(mina, ARMAN)
    await after(mina, mina.says(f"/stop_action {NUMBER}"), "Why should no more letters be sent")
    await after(mina, mina.says("His family asks for silence."), "there is a draft about this case already")
    assert (await answer(emma, f"/letter {NUMBER}")).text.startswith("The letters of UA-26/001 are held")
