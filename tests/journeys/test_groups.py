from __future__ import annotations

import asyncio

import pytest

from bot.demo.stage import Stage
from bot.emulator import Group, Person
from tests.journeys.steps import Clock, about, answer, moderators, publish, tap, wait_until

ARMAN = "Arman Sepidkuh"


@pytest.fixture
def host(stage: Stage) -> Person:
    return stage.emulator.person(5005, first_name="Hanna")


@pytest.fixture
def guest(stage: Stage) -> Person:
    return stage.emulator.person(5006, first_name="Guest")


@pytest.fixture
async def group(stage: Stage, host: Person, guest: Person) -> Group:
    group = stage.emulator.group(-77, "Readers' circle", admins=[host], members=[guest])
    await group.adds_bot(by=host)
    await host.hears("An administrator of this group writes /start", chat=group)
    return group


async def test_a_group_hears_alerts_whose_buttons_are_links(
    stage: Stage, host: Person, guest: Person, group: Group, clock: Clock
) -> None:
    mina, _ = await moderators(stage)
    await stage.subscribe(host, "en", topic="IR/*", group=group)
    await publish(stage, mina, ARMAN)
    alert = await host.hears(ARMAN, chat=group)
    assert alert.labels == ["Write a letter", "Details"]
    clock.to(18, 1)
    digest = await host.hears("Summary", chat=group)
    actions = await answer(host, "/actions", group)
    case = await answer(host, "/case 1", group)
    cases = await answer(host, "/cases", group)
    for message in (alert, digest, actions, case, cases):
        assert all(button.url for button in message.buttons), message.text

    before = len(group.messages)
    await guest.taps("Write a letter", message=alert)
    await guest.hears("Before your first letter")
    await guest.hears("Letter for UA-26/001")
    assert len(group.messages) == before  # the letter did not spill into the group


async def test_only_administrators_are_obeyed(
    stage: Stage, host: Person, guest: Person, group: Group
) -> None:
    question = await answer(host, "/start", group)
    await guest.taps("English", message=question)
    for text in ("/start", "/stop", "/topics", "/letter UA-26/001", "/drafts", "hello"):
        await guest.says(text, chat=group)
    await host.hears_nothing(within=0.5, chat=group)
    await tap(host, "lang:en:s", group)
    await tap(host, "topic:IR/*:en", group)
    topics = await answer(host, "/topics", group)
    await guest.taps("✓ Iran", message=topics)
    await guest.says("/stop", chat=group)
    await host.hears_nothing(within=0.5, chat=group)

    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    assert await host.hears(ARMAN, chat=group)


@pytest.mark.parametrize(
    "data",
    ["letter:UA-26/001", "warned:UA-26/001", "letter:", "case:1", "follow:1", "mode:safe:c", "forget:no"],
)
async def test_what_no_button_in_a_group_holds_does_nothing_there(
    stage: Stage, host: Person, group: Group, data: str
) -> None:
    mina, _ = await moderators(stage)
    await stage.subscribe(host, "en", group=group)
    await publish(stage, mina, ARMAN)
    alert = await host.hears(ARMAN, chat=group)
    before = len(group.messages)
    host._presses(alert, data)
    topics = await answer(host, "/topics", group)  # one thing after the other: the tap has been dealt with
    assert "✓ Everything" in topics.labels
    assert len(group.messages) == before + 1
    assert not topics.protected


async def test_an_administrator_forgets_the_group(stage: Stage, host: Person, group: Group) -> None:
    await stage.subscribe(host, "en", group=group)
    await answer(host, "/forget", group)
    await tap(host, "forget:yes", group)
    assert (await answer(host, "/topics", group)).text == "You are not subscribed yet. /start begins."


async def test_a_moderator_is_nobody_special_in_a_group(stage: Stage, host: Person, group: Group) -> None:
    mina, _ = await moderators(stage)
    await group.joins(mina, admin=True)
    before = len(group.messages)
    for text in ("/drafts", "/questions", "/approve 1"):
        await mina.says(text, chat=group)
    await asyncio.sleep(0.5)
    assert len(group.messages) == before
    assert (await answer(host, "/letter UA-26/001", group)).text == "Please ask me in a private chat."
    await mina.says("/start", chat=group, anonymously=True)
    await mina.hears("Please write as yourself, not as the group.", chat=group)


async def test_a_group_that_becomes_a_supergroup_hears_on(stage: Stage, host: Person, group: Group) -> None:
    mina, _ = await moderators(stage)
    await stage.subscribe(host, "en", group=group)
    larger = await group.migrates_to(-1001000000077)
    labels: list[str] = []
    while not labels:  # the move and what is said after it are two chats' matters, done side by side
        labels = (await answer(host, "/topics", larger)).labels
    assert labels[0] == "✓ Everything"
    await publish(stage, mina, ARMAN)
    await host.hears(ARMAN, chat=larger)
    assert len([each for each in larger.messages if ARMAN in each.text]) == 1


async def test_a_move_that_the_bot_was_not_told_of(stage: Stage, host: Person, group: Group) -> None:
    mina, _ = await moderators(stage)
    await stage.subscribe(host, "en", group=group)
    await stage.stop_bot()
    larger = await group.migrates_to(-1001000000077)
    await stage.start_bot()
    await publish(stage, mina, ARMAN)
    assert await host.hears(ARMAN, chat=larger)


async def test_thrown_out_of_a_group(stage: Stage, host: Person, group: Group) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await stage.subscribe(host, "en", group=group)
    before = len(stage.emulator.sent_to(group.id))
    await group.removes_bot(by=host)
    await publish(stage, mina, ARMAN)
    await emma.hears(ARMAN)
    assert len(stage.emulator.sent_to(group.id)) == before
    assert [each for each in stage.emulator.refusals if each.chat_id == group.id] == []

    await group.adds_bot(by=host)
    await host.hears("Thank you for inviting me.", chat=group)
    assert (await answer(host, "/topics", group)).text == "You are not subscribed yet. /start begins."


async def test_a_group_in_which_the_bot_may_not_write(stage: Stage, host: Person) -> None:
    silent = stage.emulator.group(-78, "Announcements", admins=[host])
    await silent.mutes()
    await silent.adds_bot(by=host)
    await wait_until(lambda: stage.emulator.refusals)
    assert about(host, "Thank you") == []
