from __future__ import annotations

from bot.demo.stage import Stage
from tests.journeys.desk import after, is_sheet, look, number_of, offers, write_alert
from tests.journeys.steps import about, approve, hears_about, moderators


async def test_an_author_cannot_approve_and_another_can(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    mina, omid = await moderators(stage)

    sheet = await write_alert(mina, "Hiwa Bafrin")
    assert not offers(sheet, "Approve")
    told = await after(mina, mina.taps("Hand in for approval", message=sheet), "is not out yet")
    assert told.text.splitlines()[-1] == "1 person may approve it."

    number = number_of(sheet)
    own = await after(mina, mina.says(f"/approve {number}"), is_sheet)
    assert not offers(own, "Approve")
    assert "You wrote or edited this, so somebody else must approve it." in own.text
    assert [m for m in mina.messages if "Look and decide" in m.labels] == []

    theirs = await look(omid, "Hiwa Bafrin")
    assert offers(theirs, "Approve: Hiwa Bafrin")
    assert about(emma, "Hiwa Bafrin") == []
    await approve(omid, "Hiwa Bafrin")
    await hears_about(emma, "Hiwa Bafrin")


async def test_nobody_else_is_there(stage: Stage) -> None:
    mina, _ = await moderators(stage)
    sheet = await write_alert(mina, "Hiwa Bafrin")
    number = number_of(sheet)
    await after(mina, mina.says(f"/submit {number}"), "waits for approval by somebody else")
    again = await after(mina, mina.says(f"/submit {number}"), "does not fit where this draft stands")
    assert "/drafts" in again.text
