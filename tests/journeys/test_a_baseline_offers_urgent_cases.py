from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.demo import people
from bot.demo.stage import set_up
from tests.journeys.desk import after, is_sheet
from tests.journeys.steps import TICK, Clock, hears_about, moderators, wait_until


async def test_who_is_in_danger_at_the_first_reading_is_one_tap_away_even_in_the_morning(
    folder: Path, clock: Clock
) -> None:
    rows = people.rows()
    for key, status, date in (
        ("D-01", "Solitary", ""),
        ("D-06", "Date set", "2026-03-20"),
        ("D-07", "Date set", "2027-01-01"),
    ):
        row = next(row for row in rows if row["id"] == key)
        row.update(status=status, execution_date=date)
    async with set_up(folder, rows, clock=clock, tick=TICK) as stage:
        emma = stage.emulator.person(5001, first_name="Emma")
        await stage.subscribe(emma, "en")
        mina, omid = await moderators(stage)
        for name in ("Arman Sepidkuh", "Yaghub Naranjestan"):
            await wait_until(
                lambda name=name: [m for m in omid.messages if "Make a draft" in m.labels and name in m.text]
            )
        offered = [message for message in mina.messages if "Make a draft" in message.labels]
        assert [message.text.splitlines()[1].split(" (")[0] for message in offered] == [
            "Arman Sepidkuh",
            "Yaghub Naranjestan",
        ]
        await emma.hears_nothing()

        clock.forward(timedelta(hours=9))
        sheet = await after(mina, mina.taps("Make a draft", message=offered[0]), is_sheet)
        await after(omid, omid.taps("Make a draft"), is_sheet)
        await after(
            mina, mina.taps("Make a draft", message=offered[0]), "There is a draft about this case already"
        )
        await after(mina, mina.taps("Approve: Arman Sepidkuh", message=sheet), "is approved")
        await hears_about(emma, "Arman Sepidkuh")

        await stage.stop_bot()
        await stage.start_bot()
        await after(mina, mina.says("/questions"), "No questions are open.")
        assert len([message for message in mina.messages if "Make a draft" in message.labels]) == 2
