from __future__ import annotations

from bot.demo.stage import MODERATORS, Stage
from tests.journeys.desk import after
from tests.journeys.steps import list_says, wait_until


async def test_each_is_told_in_the_language_they_write_in(stage: Stage) -> None:
    """Neither subscribes; one of them has not even started the bot when the first draft comes."""
    omid = stage.emulator.person(MODERATORS[1], first_name="Omid")
    mina = stage.emulator.person(MODERATORS[0], first_name="Mina", language_code="fa")
    await after(mina, mina.says("/help"))
    await list_says(stage, "D-01", "Solitary")
    await wait_until(lambda: [message for message in mina.messages if "آرمان سپیدکوه" in message.text])
    assert omid.messages == []

    await after(omid, omid.says("/start"))
    await list_says(stage, "D-04", "Solitary")
    await wait_until(lambda: [message for message in omid.messages if "Hiwa Bafrin" in message.text])
    cards = [
        message
        for message in mina.messages
        if any("m:look" in (b.callback_data or "") for b in message.buttons)
    ]
    assert [("Look and decide" in card.labels, "Draft" in card.text) for card in cards] == [
        (False, False)
    ] * 2


async def test_nobody_listens_yet(stage: Stage) -> None:
    """A draft waits for the first moderator who presses Start; until then Telegram is not asked every moment."""
    await list_says(stage, "D-01", "Solitary")
    refused = stage.emulator.refusals
    await wait_until(lambda: sum(one.method == "sendMessage" for one in refused) >= 4)
    assert sum(one.method == "sendMessage" for one in refused) <= 6
    omid = stage.emulator.person(MODERATORS[1], first_name="Omid")
    await omid.says("/start")
    await omid.hears("Arman Sepidkuh", within=10)
