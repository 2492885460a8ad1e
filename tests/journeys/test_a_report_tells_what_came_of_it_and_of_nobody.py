from __future__ import annotations

import asyncio

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.alerts.render.report.samples import tables
from tests.alerts.render.typeset.samples import read
from tests.journeys.steps import answer, hears_about, moderators, publish, wait_until


async def files_of(moderator: Person, command: str) -> list[Message]:
    """What /report gives: two files."""
    start = len(moderator.chat.heard)
    await moderator.says(command)
    await wait_until(lambda: sum(each.file is not None for each in moderator.chat.heard[start:]) == 2)
    return [each for each in moderator.chat.heard[start:] if each.file is not None]


async def test_a_moderator_gets_a_pdf_and_a_table(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    readers = [stage.emulator.person(5001 + number, first_name=f"Zizi {number}") for number in range(5)]
    for reader in readers:
        await stage.subscribe(reader, "en")
    await publish(stage, mina, "Arman Sepidkuh")
    for reader in readers:
        await hears_about(reader, "Arman Sepidkuh")
    await asyncio.sleep(1)  # the ledger records a moment later what has arrived

    pdf, table = await files_of(mina, "/report UA-26/001")
    assert pdf.file is not None
    assert table.file is not None
    assert (pdf.text, pdf.file.name) == ("What came of UA-26/001", "UA-26-001.pdf")
    assert (table.text, table.file.name) == ("What came of UA-26/001, as a table", "UA-26-001.csv")

    paper = read(pdf.file.content)
    assert paper.title == "What came of UA-26/001"
    assert "Arman Sepidkuh" in paper.text
    found = tables(table.file.content)
    assert found["Timeline"][1][1:] == ["UA-26/001", "Urgent action", "Execution imminent", "1"]
    assert found["Reach, at least"][1] == ["UA-26/001", "5", "5", "<5", "<5", "<5", "<5", "<5"]
    summary = dict(row for row in found["Summary"] if len(row) == 2)
    assert (summary["Readers reached"], summary["Letters and signatures reported"]) == ("5", "<5")
    everything = paper.text + table.file.content.decode()
    people = ["Mina", "Zizi", *(str(person.id) for person in (mina, *readers))]
    assert [word for word in people if word in everything] == []


async def test_an_action_that_does_not_exist_and_none_at_all(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    assert (await answer(mina, "/report")).text == "Which action? For example: /report UA-26/014."
    unknown = await answer(mina, "/report UA-26/099")
    assert unknown.text == "I do not know that action. /actions shows the open ones."


async def test_a_reader_gets_no_report(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    assert (await answer(emma, "/report UA-26/001")).file is None
