from __future__ import annotations

import asyncio

import pytest

from bot.demo.stage import Stage
from tests.journeys.desk import after, asks_until, is_sheet, look, number_of, offers
from tests.journeys.steps import Clock, about, hears_about, list_says, moderators, wait_until


@pytest.mark.parametrize("choice", ["Record only", "Digest only"])
async def test_what_is_not_urgent_disturbs_nobody(stage: Stage, clock: Clock, choice: str) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    triaged = await after(mina, mina.taps(choice, message=sheet), is_sheet)
    assert f"✓ {choice}" in triaged.labels
    assert "Goes to" not in triaged.text
    done = await after(mina, mina.taps("Approve: Arman Sepidkuh", message=triaged), "is approved")
    assert (
        done.text
        == {
            "Record only": f"Draft {number_of(sheet)} is approved for the record; nobody is written to.",
            "Digest only": f"Draft {number_of(sheet)} is approved and comes with the next digest.",
        }[choice]
    )
    found = await asks_until(emma, "/cases sepidkuh", "Arman Sepidkuh")
    assert about(emma, "Arman Sepidkuh") == [found]
    clock.to(18, 1)
    if choice == "Digest only":
        await wait_until(lambda: len(about(emma, "Arman Sepidkuh")) > 1)
    else:
        await asyncio.sleep(0.6)
        assert about(emma, "Arman Sepidkuh") == [found]


@pytest.mark.parametrize(("choice", "letters"), [("Alert", False), ("With letters", True)])
async def test_with_and_without_letters(stage: Stage, choice: str, *, letters: bool) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    await after(mina, mina.taps("Record only", message=sheet), is_sheet)
    triaged = await after(mina, mina.taps(lambda button: button.text == choice), is_sheet)
    await after(mina, mina.taps("Approve: Arman Sepidkuh", message=triaged), "goes out now")
    assert offers(await hears_about(emma, "Arman Sepidkuh"), "Write a letter") is letters


async def test_a_choice_voids_what_was_shown_before(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    sheet = await look(mina, "Arman Sepidkuh")
    await after(mina, mina.taps("Record only", message=sheet), is_sheet)
    told = await after(mina, mina.taps("Approve: Arman Sepidkuh", message=sheet))
    assert told.text == "This draft has changed since you saw it. Please look at it again."


async def test_many_drafts_come_page_by_page_most_urgent_first(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    for number in range(1, 10):
        row = {
            **stage.lists.row("D-03"),
            "id": f"N-{number}",
            "name": f"Nobody Number{number}",
            "name_fa": "",
        }
        stage.lists.rows.append({**row, "status": "Death row", "born": f"19{number + 70}-01-01"})
    stage.lists.row("D-01")["status"] = "Solitary"
    await look(mina, "Nobody Number9")
    first = await after(mina, mina.says("/drafts"), "10 drafts on their way")
    assert first.labels[0].endswith("Arman Sepidkuh")
    assert (len(first.labels), first.labels[-1]) == (9, "More (2)")
    second = await after(mina, mina.taps("More (2)", message=first), "10 drafts on their way")
    assert len(second.labels) == 2
    opened = await after(mina, mina.taps(second.labels[-1], message=second), is_sheet)
    assert offers(opened, "Approve")
