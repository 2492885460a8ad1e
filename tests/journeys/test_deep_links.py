from __future__ import annotations

import pytest

from bot.demo.stage import Stage
from bot.emulator import Person
from tests.journeys.steps import answer, hears_about, moderators, publish, wait_until

ARMAN = "Arman Sepidkuh"
QUESTION = "Which language?"


@pytest.fixture
async def emma(stage: Stage) -> Person:
    """A subscriber; what she has heard of is out."""
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    return emma


async def test_a_link_to_a_letter_serves_it_and_stores_nothing(stage: Stage, emma: Person) -> None:
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    stranger = stage.emulator.person(5009, first_name="Stranger")
    await stranger.says("/start l_26_001")
    await stranger.hears(QUESTION)

    texts = [each.text.split("\n")[0] for each in stranger.messages]
    assert texts == [
        "Before your first letter",
        "Letter for UA-26/001",
        "Your Excellency,",
        QUESTION,
    ]
    assert (await answer(stranger, "/topics")).text == "You are not subscribed yet. /start begins."
    assert (await answer(stranger, "/forget")).text == "Nothing is stored about this chat."
    await publish(stage, mina, "Hiwa Bafrin")
    await hears_about(emma, "Hiwa Bafrin")
    assert not any("Hiwa" in each.text for each in stranger.messages)


async def test_a_link_to_an_action_shows_what_can_be_done(stage: Stage, emma: Person) -> None:
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    action = await answer(emma, "/start a_26_001")
    assert action.text.startswith("Urgent action UA-26/001\n\nArman Sepidkuh (Iran) – Execution imminent\n")
    assert action.labels == ["Write a letter", "Share", "I acted", "Details"]


async def test_a_link_to_a_case(stage: Stage, emma: Person) -> None:
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    stranger = stage.emulator.person(5009, first_name="Stranger", language_code="fa")
    case = await answer(stranger, "/start c_1")
    assert case.text.startswith("آرمان سپیدکوه")
    assert [button.callback_data for button in case.buttons] == ["letter:UA-26/001"]
    await stranger.hears(QUESTION)


async def test_a_subscriber_who_follows_a_link_is_not_asked_again(stage: Stage, emma: Person) -> None:
    mina, _ = await moderators(stage)
    await publish(stage, mina, ARMAN)
    await hears_about(emma, ARMAN)
    before = len(emma.messages)
    await answer(emma, "/start l_26_001")
    await answer(emma, "/start c_1")
    assert len(emma.messages) == before + 2


async def test_links_to_what_is_not_there(stage: Stage) -> None:
    for number, payload in enumerate(("l_26_999", "c_4", "c_0", "nonsense", "l_26", "ref_partner")):
        stranger = stage.emulator.person(5010 + number, first_name="Stranger")
        await stranger.says(f"/start {payload}")
        await stranger.hears(QUESTION)
        await wait_until(lambda: stage.emulator.pending_updates == 0)
        assert not any("Hiwa" in each.text for each in stranger.messages)
