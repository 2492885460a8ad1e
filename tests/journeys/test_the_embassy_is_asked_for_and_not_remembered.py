from __future__ import annotations

from typing import Any

import pytest

from bot.demo.stage import Stage
from tests.journeys.letters import OFFICIALS, button, first_letter, reader_of_an_alert, says, taps, verb
from tests.journeys.steps import answer


@pytest.fixture
def sections() -> dict[str, Any]:
    return OFFICIALS


async def test_a_country_is_asked_for_and_forgotten(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    await taps(emma, "change")
    (question,) = await taps(emma, "home")
    assert question.labels == ["Germany", "Remember this"]
    cover, _, *_ = await taps(emma, "from", until="sent-in")
    assert "To: Embassy, Embassy in Berlin (fictional)\n" in cover.text
    assert button(emma.messages[-1], "pdf").callback_data == "pdf:UA-26/001:3:en:11:DE"
    await taps(emma, "next", until="sent-in")  # the country goes along in the buttons
    assert (button(emma.messages[-1], "pdf").callback_data or "").endswith(":DE")

    cover, *_ = await says(emma, "/letter UA-26/001", until="sent-in")
    assert (button(emma.messages[-1], "pdf").callback_data or "").endswith(":")
    exported = await answer(emma, "/export")
    assert exported.file is not None
    assert b'"country": null' in exported.file.content


async def test_a_country_is_remembered_when_asked(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    await taps(emma, "change")
    (question,) = await taps(emma, "home")
    (question,) = await taps(emma, "home")
    assert question.labels == ["Germany", "✓ Remember this"]
    await taps(emma, "from", until="sent-in")
    exported = await answer(emma, "/export")
    assert exported.file is not None
    assert b'"country": "DE"' in exported.file.content


async def test_of_a_visitor_nothing_could_be_remembered(stage: Stage) -> None:
    await reader_of_an_alert(stage)
    visitor = stage.emulator.person(5009, first_name="Visitor")
    await says(visitor, "/start l_26_001", until="lang")
    await taps(visitor, "change")
    (question,) = await taps(visitor, "home")
    assert question.labels == ["Germany"]
    assert question.text == "Where do you live? I store nothing of it."
    await taps(visitor, "from", until="sent-in")
    assert [verb(each) for each in visitor.messages[-1].buttons][:2] == ["mail", "pdf"]
    (said,) = await says(visitor, "/export")
    assert said.text == "Nothing is stored about this chat."
