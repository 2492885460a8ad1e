"""Default deny, over the whole table of commands and every kind of button: what a stranger tries, nothing does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands import COMMANDS, Who
from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, is_sheet, look
from tests.journeys.steps import Clock, about, list_says, moderators, wait_until

MODERATORS_ONLY = [command.name for command in COMMANDS if command.who is Who.MODERATOR]
ANONYMOUS = "I cannot tell who is asking. Please write as yourself, not as the group."
UNKNOWN = "I do not know that command. /help shows what I can do."


def presses(person: Person, message: Message, data: str) -> None:
    """Send callback data as a changed client can: any text, as if from under any message."""
    person._presses(message, data)


async def settled(person: Person) -> None:
    """Until the bot has dealt with everything so far: it takes one thing after the other."""
    await after(person, person.says("/help"), "This bot is run by")


async def check_still_waits(moderator: Person) -> None:
    """One draft, in its first revision, waiting for approval."""
    shown = await after(moderator, moderator.says("/drafts"), "1 draft on its way")
    assert "waits for approval" in shown.text
    sheet = await after(moderator, moderator.taps(shown.labels[0], message=shown), is_sheet)
    assert sheet.text.startswith("Draft 1, revision 1")


def test_there_are_commands_to_try() -> None:
    assert len(MODERATORS_ONLY) >= 10


async def test_commands_of_moderators_do_nothing_for_others(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    await look(mina, "Arman Sepidkuh")
    group = stage.emulator.group(-1001000000088, admins=[emma, mina])
    await group.adds_bot(by=emma)
    greeting = await emma.hears("Thank you for inviting me", chat=group)

    for name in MODERATORS_ONLY:
        words = f"/{name} 1 because"
        told = await after(emma, emma.says(words))
        assert (told.text, told.labels) == (UNKNOWN, []), name
        own = await emma.says("a word")
        await emma.edits(own, words)
        await emma.forwards(words, origin=mina.user)
        for writer in (emma, mina):
            await writer.says(words, chat=group)
            await writer.says(f"/{name}@{stage.emulator.username} 1 because", chat=group)
        await mina.says(words, chat=group, anonymously=True)
        await settled(emma)
        assert {each.text for each in group.messages} <= {greeting.text, ANONYMOUS}, name
    assert about(emma, "Arman Sepidkuh") == []
    await check_still_waits(mina)


async def test_forwarded_and_edited_commands_do_nothing_even_for_moderators(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    await look(mina, "Arman Sepidkuh")
    for name in MODERATORS_ONLY:
        await after(
            mina, mina.forwards(f"/{name} 1 because", origin=emma.user), "forwarded messages change nothing"
        )
    own = await mina.says("a word")
    await mina.edits(own, "/reject 1 because")
    await settled(mina)
    await check_still_waits(omid)


async def test_buttons_of_moderators_do_nothing_for_others(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    datas = [button.callback_data or "" for message in mina.messages for button in message.buttons]
    datas = [data for data in datas if data.startswith("m:")]
    assert {data.split(":")[1] for data in datas} >= {
        "look",
        "approve",
        "return",
        "reject",
        "edit",
        "as-record",
    }

    hers = emma.messages[-1]
    silence = len(emma.chat.heard)
    for data in datas:
        presses(emma, hers, data)
        presses(emma, sheet, data)
        await settled(emma)
    assert len(emma.chat.heard) == silence + len(datas)  # the help each time; not even an answer to the rest

    for data in datas:
        await _check_refused(omid, omid.messages[-1], data)
    approve = next(data for data in datas if data.startswith("m:approve"))
    for altered in (
        approve.replace("approve:1:1", "approve:2:1"),
        approve.replace("approve", "submit"),
        approve[:-1] + ("0" if approve[-1] != "0" else "1"),
        "m:approve:1:1",
        "m:",
    ):
        await _check_refused(mina, sheet, altered)
    clock.forward(timedelta(minutes=16))
    for label in ("Approve: Arman Sepidkuh", "Turn down", "Send back", "Record only"):
        await after(mina, mina.taps(label, message=sheet), "That button is too old")
    await check_still_waits(omid)


async def _check_refused(moderator: Person, message: Message, data: str) -> None:
    told = len(moderator.chat.heard)
    presses(moderator, message, data)
    await wait_until(lambda: len(moderator.chat.heard) > told)
    assert "was not meant for you" in moderator.chat.heard[-1].text, data


async def test_a_tap_that_arrives_twice_decides_once(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    await after(mina, mina.taps("Approve: Arman Sepidkuh", message=sheet), "is approved")
    again = await after(mina, mina.taps("Approve: Arman Sepidkuh", message=sheet))
    assert "does not fit where this draft stands" in again.text
    await wait_until(lambda: about(emma, "Arman Sepidkuh"))
    await emma.hears("Arman Sepidkuh")
    await emma.hears_nothing()


@pytest.mark.parametrize(
    "data", ["letter", "letter:", "topic:x", "lang:zz:s", "mode:boss:s", "case:x", "nonsense", ":"]
)
async def test_readers_data_that_no_button_held_harm_nobody(stage: Stage, data: str) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    presses(emma, emma.messages[-1], data)
    await settled(emma)
    assert "You are subscribed" in (await after(emma, emma.says("/start"))).text
