"""Two people moved to solitary in one prison become one action; one of them is executed, and letters for the other go on."""

from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, asks_until, is_sheet, look, number_of, offers
from tests.journeys.steps import answer, approve, hears_about, list_says, moderators, publish, wait_until

ARMAN, MAHAN, NUMBER = "Arman Sepidkuh", "Mahan Parvazeh", "UA-26/001"


async def both_drafted(stage: Stage, moderator: Person) -> tuple[Message, Message]:
    """Both are in solitary; the sheets of both drafts."""
    await list_says(stage, "D-01", "Solitary")
    await list_says(stage, "D-09", "Solitary")
    first = await look(moderator, ARMAN)
    second = await look(moderator, MAHAN)
    while not offers(first, "Put together"):  # the other one's draft came a moment later
        first = await after(moderator, moderator.says(f"/draft {number_of(first)}"), is_sheet)
    return first, second


async def test_one_action_for_both_and_one_is_executed(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    follower = stage.emulator.person(5003, first_name="Follower")
    await stage.subscribe(emma, "en")
    await stage.subscribe(follower, "en", topic="US/*")
    mina, omid = await moderators(stage)
    sheet, other = await both_drafted(stage, mina)
    joint = await after(
        mina, mina.taps(f"Put together with draft {number_of(other)}: {MAHAN}", message=sheet), is_sheet
    )
    assert not offers(joint, "Approve")
    assert offers(joint, f"Without {MAHAN}")
    gone = await after(mina, mina.says(f"/draft {number_of(other)}"), f"Draft {number_of(other)}, revision")
    assert not gone.buttons
    await approve(omid, ARMAN)
    alert = await hears_about(emma, ARMAN)
    assert MAHAN in alert.text
    assert (await answer(follower, "/case 1")).text.count(NUMBER) == 1
    assert (await answer(follower, "/case 9")).text.count(NUMBER) == 1

    heard = len(emma.messages)
    await publish(stage, omid, ARMAN, "Executed")
    await wait_until(lambda: any("has been executed" in each.text for each in emma.messages[heard:]))
    notice = next(each for each in emma.messages if "Arman Sepidkuh (Iran) has been executed" in each.text)
    assert notice.reply_to == alert.message_id
    assert not offers(notice, "Write a letter")
    assert not offers(await answer(emma, "/case 1"), "Write a letter")
    assert offers(await answer(emma, "/case 9"), "Write a letter")
    assert offers(await answer(emma, f"/letter {NUMBER}"), "I understand")
    card = await after(mina, mina.says(f"/action {NUMBER}"), NUMBER)
    assert MAHAN in card.text
    assert ARMAN not in card.text

    await publish(stage, omid, MAHAN, "Commuted")
    await asks_until(emma, f"/letter {NUMBER}", "is closed")


async def test_whoever_is_taken_out_waits_alone_again(stage: Stage) -> None:
    mina, omid = await moderators(stage)
    sheet, other = await both_drafted(stage, mina)
    joint = await after(mina, mina.taps("Put together", message=sheet), is_sheet)
    alone = await after(mina, mina.taps(f"Without {MAHAN}", message=joint), is_sheet)
    assert not offers(alone, "Without")
    theirs = await after(omid, omid.says(f"/draft {number_of(other)}"), is_sheet)
    assert offers(theirs, f"Approve: {MAHAN}")
    await after(mina, mina.taps(f"Without {MAHAN}", message=joint), "has changed since you saw it")


async def test_news_of_one_takes_him_out_before_it_is_approved(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)
    sheet, _ = await both_drafted(stage, mina)
    await after(mina, mina.taps("Put together", message=sheet), is_sheet)
    await list_says(stage, "D-09", "Returned to ward")
    await omid.hears(lambda message: "to “Execution stayed”" in message.text and MAHAN in message.text)
    await approve(omid, ARMAN)
    alert = await hears_about(emma, ARMAN)
    assert MAHAN not in alert.text
