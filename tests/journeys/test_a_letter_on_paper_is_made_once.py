from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.letters import NUMBER, OFFICIALS, first_letter, reader_of_an_alert, says, taps, verb
from tests.journeys.steps import Clock, hears_about, publish, wait_until
from tests.journeys.test_safe_mode import in_the_open

HIWA = "Hiwa Bafrin"


@pytest.fixture
def sections() -> dict[str, Any]:
    return OFFICIALS


def uploads(stage: Stage) -> int:
    """How often the bytes of a document travelled, and not only its id."""
    named = [str(each.params["document"]) for each in stage.emulator.requests("sendDocument")]
    return sum(not name.startswith("BQACAg") for name in named)


async def paper(reader: Person) -> Message:
    (sent,) = await taps(reader, "pdf")
    assert sent.file is not None
    return sent


async def test_a_pdf_is_sent_once_and_named_by_its_id_afterwards(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    first, second = await paper(emma), await paper(emma)
    assert first.file is not None
    assert first.file.name == "UA-26-001-fa.pdf"
    assert first.file.content.startswith(b"%PDF-")
    assert first.text == "To print, sign and post."
    assert not first.protected
    assert second.file is first.file
    assert uploads(stage) == 1


async def test_in_safe_mode_a_file_says_nothing_by_its_name(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage, mode="safe")
    await first_letter(emma)
    sent = await paper(emma)
    assert sent.file is not None
    assert (sent.file.name, in_the_open(sent)) == ("file.pdf", "New message")


async def test_a_pack_has_all_that_is_open(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    (note,) = await says(emma, "/pack")
    assert note.text.startswith("Before your first letter")
    (sent,) = await taps(emma, "warned", under=note)
    assert sent.text == "1 letter to print, sign and post."
    assert sent.file is not None
    assert sent.file.content.startswith(b"%PDF-")


async def test_what_the_post_would_bring_too_late_is_named(stage: Stage, clock: Clock) -> None:
    emma = await reader_of_an_alert(stage)
    clock.forward(timedelta(days=1))
    readings = stage.lists.asked  # one that began before would say that the news is of the day before
    await wait_until(lambda: stage.lists.asked > readings + 1)
    await publish(stage, stage.emulator.person(9001, first_name="Mina"), HIWA)
    await hears_about(emma, HIWA)
    await emma.says("/pack")  # a digest may come in between, since days pass
    note = await emma.hears("Before your first letter")
    await emma.taps(lambda button: verb(button) == "warned", message=note)
    await emma.hears("1 letter to print, sign and post.")
    late = "Nobody is reached by post in time for %s. Please send these by e-mail: /actions"
    assert (await emma.hears("Nobody is reached")).text == late % NUMBER
    clock.forward(timedelta(days=1))
    await emma.says("/pack")
    said = await emma.hears("There is nothing to print")
    assert said.text == f"There is nothing to print and post now.\n{late % f'{NUMBER} and UA-26/002'}"


async def test_an_empty_pack_is_a_sentence(stage: Stage, clock: Clock) -> None:
    emma = await reader_of_an_alert(stage)
    clock.forward(timedelta(days=8))
    (said,) = await says(emma, "/pack")
    assert said.text == "There are no open urgent actions now."
