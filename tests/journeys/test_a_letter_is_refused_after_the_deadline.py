from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from alerts.tables import ActionRow
from bot.demo.stage import Stage
from tests.journeys.steps import Clock, answer, hears_about, moderators, publish, tap


async def is_looked_after(stage: Stage, until: datetime) -> None:
    """Moderators said each day that it still stands; otherwise its letters would be held after 48 hours."""
    assert stage.running is not None
    async with stage.running.services.sessions.begin() as session:
        await session.execute(update(ActionRow).values(reviewed_at=until))


async def test_no_letter_is_served_after_the_deadline(stage: Stage, clock: Clock) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    stranger = stage.emulator.person(5009, first_name="Stranger")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await publish(stage, mina, "Arman Sepidkuh")
    alert = await hears_about(emma, "Arman Sepidkuh")
    assert "Deadline: 17 March 2026, 23:59 (Tehran time)" in alert.text

    await is_looked_after(stage, clock() + timedelta(days=7))
    clock.forward(timedelta(days=7, hours=11))  # half an hour before, there
    await tap(emma, "letter:UA-26/001")
    letter = await tap(emma, "warned:UA-26/001")
    assert letter.text.startswith(
        "Letter for UA-26/001\nTo: Head of the Judiciary\nSend it by 17 March 2026, 23:59 (Tehran time)."
    )

    await emma.hears("Your Excellency,")
    clock.forward(timedelta(hours=1))
    late = "please send no more letters. /actions shows what is open."
    for question in ("/letter UA-26/001", "/start l_26_001", "UA-26/001"):
        assert (await answer(emma, question)).text.endswith(late), question
    await emma.taps("Write a letter", message=alert)
    await emma.hears(late)
    await stranger.says("/start l_26_001")
    await stranger.hears(late)
    assert (await answer(emma, "/actions")).text == "There are no open urgent actions now."
    assert "letter" not in "".join((await answer(emma, "/case 1")).labels)
