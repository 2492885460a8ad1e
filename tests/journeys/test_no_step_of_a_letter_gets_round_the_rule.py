"""After a deadline or a stop, while letters are held or an outcome waits, and for who only reads: no button helps.

Only whoever has written already may still say so, for two days, and never after a death.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from bot.demo.stage import Stage
from bot.emulator import Button, Message, Person
from tests.journeys.letters import (
    ARMAN,
    NUMBER,
    OFFICIALS,
    first_letter,
    reader_of_an_alert,
    says,
    taps,
    verb,
)
from tests.journeys.steps import Clock, approve, key_of, list_says, tap, wait_until

LATE: Final = (
    "The deadline of UA-26/001 has passed: please send no more letters. /actions shows what is open."
)
CLOSED: Final = "UA-26/001 is closed: please send no more letters. /actions shows what is open."
CHECKED: Final = (
    "There is news about this case that is being checked. Until then please send no letters for UA-26/001."
)
HELD: Final = "The letters of UA-26/001 are held while we find out what helps now. Please send none until we write again."
READ_ONLY: Final = "You chose to read only, so I offer you no letters. /safety changes that."
ACTS: Final = ("sent", "sent-in", "did")
STEPS: Final = frozenset(
    {"letter", "lt", "lang-lt", "next", "change", "own", "mail", "pdf", "points", "failed", "bad", "home"}
    | {"from", "act", "sign", "share", "card", "sent", "sent-in", "did"}
)


@pytest.fixture
def sections() -> dict[str, Any]:
    return OFFICIALS


async def everything_tapped(reader: Person) -> dict[str, tuple[str, Message]]:
    """One button of every step, from messages that stay before the reader, and the question for their own line."""
    await first_letter(reader)
    await taps(reader, "change")
    await taps(reader, "home")
    (question,) = await taps(reader, "own")
    await taps(reader, "failed")
    await taps(reader, "share")
    await taps(reader, "sent")
    await taps(reader, "sent-in")
    found = {verb(each): each.callback_data or "" for sent in reader.messages for each in sent.buttons}
    found["sign"] = f"sign:{NUMBER}"
    held = {step: (data, question) for step, data in found.items() if step in STEPS}
    assert held.keys() == STEPS
    return held


async def acts_are_refused(reader: Person, steps: dict[str, tuple[str, Message]], words: str) -> None:
    """Nothing that was done is counted any more; these words and nothing else."""
    for step in ACTS:
        assert await new_words(reader, _tapped(reader, steps, step)) == words, step


async def acts_are_heard(reader: Person, steps: dict[str, tuple[str, Message]]) -> None:
    """Who wrote on the last evening says so: thanks, and nothing to share or to reach."""
    for step in ACTS[:2]:
        assert await new_words(reader, _tapped(reader, steps, step)) == "How did you act?", step
    heard, start = reader.chat.heard, len(reader.chat.heard)
    await reader.taps(lambda button: verb(button) == "did")
    await wait_until(lambda: any(each.text == "Thank you." for each in heard[start:]))
    thanks = next(each for each in heard[start:] if each.text == "Thank you.")  # buttons may go meanwhile
    assert [verb(each) for each in thanks.buttons] == ["undo", "news", "answer"]


def _tapped(reader: Person, steps: dict[str, tuple[str, Message]], step: str) -> Awaitable[object]:
    data = steps[step][0]
    under = next(m for m in reader.messages if data in [b.callback_data for b in m.buttons])
    return reader.taps(_with(data), message=under)


async def is_refused(reader: Person, steps: dict[str, tuple[str, Message]], words: str) -> None:
    """Every old button to a letter, every command, link and reply is answered with these words and nothing else."""
    for step, (data, _) in steps.items():
        if step in ACTS:
            continue
        under = next((m for m in reader.messages if data in [b.callback_data for b in m.buttons]), None)
        if under is not None:  # an alert that has ended loses its buttons
            assert await new_words(reader, reader.taps(_with(data), message=under)) == words, step
    for text in (f"/letter {NUMBER}", f"/petition {NUMBER}", "/start l_26_001", "/start a_26_001", NUMBER):
        assert await new_words(reader, reader.says(text)) == words, text
    question = next(iter(steps.values()))[1]
    assert await new_words(reader, reader.says("A line of mine.", reply_to=question)) == words


def _with(data: str) -> Callable[[Button], bool]:
    return lambda button: button.callback_data == data


async def new_words(reader: Person, deed: Awaitable[object]) -> str:
    """The one message that comes of it; edits of older ones are not it."""
    known = {each.message_id for each in reader.messages}

    def new() -> list[Message]:
        return [each for each in reader.messages if each.message_id not in known]

    await deed
    await wait_until(new)
    return "\n".join(each.text for each in new())


@pytest.fixture
async def emma(stage: Stage) -> Person:
    emma = await reader_of_an_alert(stage)
    await says(emma, "/actions")
    await taps(emma, "act")
    return emma


async def test_after_the_deadline(stage: Stage, emma: Person, clock: Clock) -> None:
    steps = await everything_tapped(emma)
    clock.forward(timedelta(days=8))
    said = ""
    while said != CLOSED:  # closed by itself a moment later
        said = (await says(emma, f"/letter {NUMBER}"))[0].text
        assert said in {LATE, CLOSED}
    await is_refused(emma, steps, CLOSED)
    await acts_are_heard(emma, steps)
    clock.forward(timedelta(hours=49))
    await acts_are_refused(emma, steps, CLOSED)
    assert await new_words(emma, emma.says("/pack")) == "There are no open urgent actions now."


async def test_while_an_outcome_waits(stage: Stage, emma: Person) -> None:
    steps = await everything_tapped(emma)
    mina = stage.emulator.person(9001, first_name="Mina")
    await list_says(stage, key_of(ARMAN), "Executed")
    await mina.hears("Executed")
    await is_refused(emma, steps, CHECKED)
    await acts_are_heard(emma, steps)
    assert await new_words(emma, emma.says("/pack")) == "There are no open urgent actions now."


async def test_while_letters_are_held(stage: Stage, emma: Person) -> None:
    steps = await everything_tapped(emma)
    mina = stage.emulator.person(9001, first_name="Mina")
    await list_says(stage, key_of(ARMAN), "Returned to ward")
    await approve(mina, ARMAN)
    await wait_until(lambda: any("has been stayed" in each.text for each in emma.messages))
    await is_refused(emma, steps, HELD)
    await acts_are_heard(emma, steps)
    assert await new_words(emma, emma.says("/pack")) == "There are no open urgent actions now."


async def test_after_a_death(stage: Stage, emma: Person) -> None:
    steps = await everything_tapped(emma)
    mina = stage.emulator.person(9001, first_name="Mina")
    await list_says(stage, key_of(ARMAN), "Executed")
    await approve(mina, ARMAN)
    await wait_until(lambda: any("has been executed" in each.text for each in emma.messages))
    assert [verb(each) for each in emma.messages[-1].buttons] == ["case"]
    await is_refused(emma, steps, CLOSED)
    await acts_are_refused(emma, steps, CLOSED)
    assert not any("Thank" in each.text for each in emma.messages)


async def test_for_who_only_reads(stage: Stage, emma: Person) -> None:
    steps = await everything_tapped(emma)
    await says(emma, "/safety")
    await tap(emma, "mode:read_only:c")
    await is_refused(emma, steps, READ_ONLY)
    await acts_are_refused(emma, steps, READ_ONLY)
    assert await new_words(emma, emma.says("/pack")) == READ_ONLY
    assert (await says(emma, "/actions"))[0].buttons == ()
