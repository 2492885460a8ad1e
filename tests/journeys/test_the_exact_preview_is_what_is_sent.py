from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Message, Person
from tests.journeys.desk import after, is_sheet, look, number_of
from tests.journeys.steps import about, hears_about, list_says, moderators, wait_until

LANGUAGES = 10


def previews(moderator: Person, sheet: Message) -> list[Message]:
    """The messages that look as if they were sent: English before the decision; after it the others, by a tap."""
    shown = [each for each in moderator.messages if "UA-26/" in each.text and not each.labels]
    before = [each for each in shown if each.message_id < sheet.message_id][-1:]
    return before + [each for each in shown if each.message_id > sheet.message_id]


async def test_text_and_entities_byte_for_byte_in_every_language(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    await stage.subscribe(emma, "en")
    await stage.subscribe(nasrin, "fa")
    mina, omid = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")

    sheet = await look(mina, "Arman Sepidkuh")
    await after(mina, mina.says(f"/edit {number_of(sheet)}"), "What should change")
    await after(mina, mina.taps("Text: English"), "Write it anew")
    edited = await after(mina, mina.says("Line one @somebody\n/stop example.org 🕯"), is_sheet)
    await after(mina, mina.taps("Hand in for approval", message=edited), "is not out yet")
    seen = await after(omid, omid.says(f"/draft {number_of(sheet)}"), is_sheet)
    await omid.taps("Other languages", message=seen)
    await wait_until(lambda: len(previews(omid, seen)) == LANGUAGES)
    english, *others = previews(omid, seen)
    persian = next(each for each in others if "آرمان سپیدکوه (ایران)" in each.text)
    assert len({each.text for each in (english, *others)}) == LANGUAGES
    await after(omid, omid.taps("Approve: Arman Sepidkuh", message=seen), "is approved")

    for reader, preview in ((emma, english), (nasrin, persian)):
        sent = await hears_about(reader, "Arman Sepidkuh")
        assert (sent.text, sent.entities) == (preview.text, preview.entities)
        assert "UA-26/001" in sent.text


async def test_two_drafts_looked_at_side_by_side_keep_the_numbers_they_showed(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, _ = await moderators(stage)
    await list_says(stage, "D-01", "Solitary")
    await list_says(stage, "D-04", "Solitary")
    names = ("Arman Sepidkuh", "Hiwa Bafrin")
    sheets = [await look(mina, name) for name in names]
    shown = [previews(mina, sheet)[0] for sheet in sheets]
    for name, sheet in reversed(list(zip(names, sheets, strict=True))):
        await after(mina, mina.taps(f"Approve: {name}", message=sheet), "is approved")
    for name, preview in zip(names, shown, strict=True):
        await wait_until(lambda name=name: about(emma, name))
        assert [each.text for each in about(emma, name)] == [preview.text]
    assert ["UA-26/001" in shown[0].text, "UA-26/002" in shown[1].text] == [True, True]
