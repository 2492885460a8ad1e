from __future__ import annotations

from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.emulator import Message
from tests.journeys.letters import NUMBER, OFFICIALS, first_letter, reader_of_an_alert, says, taps
from tests.journeys.steps import Clock, wait_until
from tests.journeys.test_safe_mode import in_the_open


@pytest.fixture
def sections() -> dict[str, Any]:
    return OFFICIALS


LINE = "My grandfather taught me to write to those in power."


async def test_a_line_of_ones_own_stands_in_the_letter_and_its_mail(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    await taps(emma, "next", until="sent-in")
    (question,) = await taps(emma, "own")
    assert question.text.startswith("Reply to this message with one line of your own, 200 characters at most")
    assert NUMBER in question.text
    assert question.keyboard is not None
    assert question.keyboard.kind == "force_reply"

    before = len(emma.messages)
    await says(emma, LINE, reply_to=question)
    await wait_until(lambda: len(emma.messages) == before + 2)
    letter, menu = emma.messages[before:]
    assert f"\n\n{LINE}\n\n" in letter.text
    assert letter.text.startswith("Dear Sir or Madam,")
    assert any("grandfather" in (each.url or "") for each in menu.buttons)
    again = await says(emma, f"/letter {NUMBER}", until="sent-in")  # nothing of it is kept
    assert not any("grandfather" in message.text for message in again)


async def test_a_line_too_long_is_asked_for_again(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    (question,) = await taps(emma, "own")
    (said,) = await says(emma, "x" * 201, reply_to=question)
    assert said.text == "Please reply with one line, 200 characters at most."


async def test_words_that_are_no_reply_are_not_a_line(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    await taps(emma, "own")
    (said,) = await says(emma, LINE)
    assert said.text.startswith("I am a bot and cannot chat.")


async def test_in_safe_mode_what_was_typed_disappears(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage, mode="safe")
    await first_letter(emma)
    await taps(emma, "next", until="sent-in")
    (question,) = await taps(emma, "own")
    assert in_the_open(question).strip() == "New message"
    written = await emma.says(LINE, reply_to=question)
    await emma.hears(lambda message: LINE in message.text)
    await wait_until(lambda: emma.chat.messages[written.message_id].deleted)
    assert all("grandfather" not in in_the_open(each) for each in emma.messages)


async def test_a_line_after_the_deadline_comes_too_late(stage: Stage, clock: Clock) -> None:
    from datetime import timedelta

    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    (question,) = await taps(emma, "own")
    clock.forward(timedelta(days=8))
    said: Message
    (said,) = await says(emma, LINE, reply_to=question)
    assert "please send no more letters" in said.text
