"""Before anybody approves a draft with letters: whom they go to, what is wrong with that, and the letter itself."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, look, offers
from tests.journeys.letters import ARMAN, JUDICIARY, NUMBER, OFFICIALS, first_letter
from tests.journeys.steps import approve, hears_about, list_says, moderators, wait_until

_JUDICIARY, *_OTHERS = OFFICIALS["targets"]
EMBASSY = _OTHERS[-1]
BY_EMBASSY = "No official is kept for this country: readers are sent by way of the embassy."
NOBODY = "Attention: none of the officials kept for this country can be written to by every reader"
ENDED = "Attention: the term of office of Head of the Lantern Judiciary ended on 9 March 2026."


@pytest.fixture
def sections(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"targets": getattr(request, "param", OFFICIALS["targets"])}


async def drafted(stage: Stage) -> tuple[Person, Message]:
    """Mina, and the sheet of a draft with letters; marks of direction left out."""
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    return mina, await look(mina, ARMAN)


def plain(message: Message) -> str:
    return message.text.replace("\u2068", "").replace("\u2069", "")


async def shown(moderator: Person, sheet: Message, parts: int) -> list[Message]:
    """What the bot answers to the tap; a question about an official may come in between."""
    heard, start = moderator.chat.heard, len(moderator.chat.heard)

    def answers() -> list[Message]:
        return [each for each in heard[start:] if "Question about" not in each.text]

    await moderator.taps("Show the letter", message=sheet)
    await wait_until(lambda: len(answers()) >= parts)
    return answers()


async def test_the_letter_in_its_language_and_in_ones_own_and_nothing_is_counted(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma", language_code="en")
    await stage.subscribe(emma, "en")
    mina, sheet = await drafted(stage)
    assert "Letters go to: Head of the Lantern Judiciary (فارسی)" in plain(sheet)
    assert "Attention" not in sheet.text
    for _ in range(2):
        head, cover, body, translation = await shown(mina, sheet, parts=4)
        assert head.text.startswith("Draft 1, revision 1")
        assert f"Letter for {NUMBER}" in plain(cover)
        assert JUDICIARY in cover.text
        assert "آرمان" in body.text
        assert "In your language" in translation.text
        assert ARMAN in translation.text
        assert not any(each.buttons for each in (head, cover, body, translation))
    await approve(mina, ARMAN)
    await hears_about(emma, ARMAN)
    card = await after(mina, mina.says(f"/action {NUMBER}"), "Letters served")
    assert "Letters served: fewer than 5" in card.text
    letter = await first_letter(emma)
    assert letter[1].text == body.text  # the very letter that was shown is the first that is dealt
    decided = await after(mina, mina.taps("Show the letter", message=sheet))
    assert decided.text == "This draft asks for no letters, or is decided already."


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        ([], [BY_EMBASSY]),
        ([EMBASSY], [NOBODY]),
        ([{**_JUDICIARY, "active_until": "2026-03-09"}], [NOBODY, ENDED]),
        (
            [{**_JUDICIARY, "active_until": "2026-03-09"}, *_OTHERS],
            ["Letters go to: Prosecutor (English)", ENDED],
        ),
        ([{**_JUDICIARY, "active_until": "2026-03-11"}], ["Letters go to: Head of the Lantern Judiciary"]),
    ],
    indirect=["sections"],
    ids=["nobody", "embassy", "ended", "ended-and-another", "still"],
)
async def test_what_is_wrong_with_the_addressees_stands_on_the_sheet(stage: Stage, says: list[str]) -> None:
    mina, sheet = await drafted(stage)
    lines = [
        line for line in plain(sheet).splitlines() if "fficial" in line or "term" in line or "go to" in line
    ]
    assert [any(line.startswith(words) for line in lines) for words in says] == [True] * len(says)
    assert len(lines) == len(says)
    _, cover, *_ = await shown(mina, sheet, parts=3)
    by_embassy = "Send it to the embassy of Iran" in plain(cover)
    assert by_embassy == says[0].startswith((BY_EMBASSY, NOBODY))


async def test_a_draft_without_letters_has_none_to_show(stage: Stage) -> None:
    mina, sheet = await drafted(stage)
    alert = await after(mina, mina.taps("Alert", message=sheet), lambda each: offers(each, "✓ Alert"))
    assert not offers(alert, "Show the letter")
    assert "Letters go to" not in alert.text
