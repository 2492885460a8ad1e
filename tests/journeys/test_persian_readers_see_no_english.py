from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Person
from tests.journeys.steps import Clock, answer, hears_about, moderators, publish, tap, wait_until

ARMAN = "Arman Sepidkuh"
MARK = "[en]"


def offered(reader: Person, start: str) -> list[str]:
    """The data of buttons that begin so, newest first."""
    datas = (button.callback_data or "" for each in reader.messages[::-1] for button in each.buttons)
    return [data for data in datas if data.startswith(start)]


async def ask_everything(reader: Person, *, subscribed: bool) -> None:
    commands = (
        *(
            "/help",
            "/privacy",
            "/actions",
            "/cases",
            "/cases Nobody",
            "/case",
            "/case 1",
            "/case 99",
            "/letter",
        ),
        *(
            "/letter UA-26/001",
            "/letter UA-99/1",
            "/follow",
            "/follow 1",
            "/unfollow 1",
            "/unfollow 1",
            "/pause x",
        ),
        *("/pause 3", "/start", "/resume", "/topics", "/safety", "/language", "/unknown", "/forget", "hello"),
    )
    for command in commands:
        said = await reader.says(command)
        await wait_until(lambda said=said: any(each.message_id > said.message_id for each in reader.messages))
    if subscribed:
        for start in ("mode:normal:c", "topic:US/*:o", "topic:done:c", "lang:fa:c"):
            await wait_until(lambda start=start: offered(reader, start))
            await tap(reader, offered(reader, start)[0])


async def test_nothing_is_left_untranslated(stage: Stage, clock: Clock) -> None:
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    parviz = stage.emulator.person(5003, first_name="Parviz", language_code="fa")
    stranger = stage.emulator.person(5004, first_name="Stranger", language_code="fa")
    mina, _ = await moderators(stage)
    await ask_everything(stranger, subscribed=False)
    await stage.subscribe(nasrin, "fa")
    await stage.subscribe(parviz, "fa", mode="safe")
    await ask_everything(nasrin, subscribed=True)

    for status in ("Solitary", "Returned to ward", "Date set", "Commuted"):
        await publish(stage, mina, ARMAN, status)
    await publish(stage, mina, "Hiwa Bafrin")
    await hears_about(nasrin, "Hiwa Bafrin")
    await tap(nasrin, "letter:UA-26/002")
    await tap(nasrin, "warned:UA-26/002")
    await ask_everything(nasrin, subscribed=True)
    await publish(stage, mina, "Hiwa Bafrin", "Executed")
    await ask_everything(nasrin, subscribed=True)
    clock.to(18, 1)
    await nasrin.hears("خلاصهٔ")
    await answer(nasrin, "/stop")
    await answer(nasrin, "/forget")
    await tap(nasrin, "forget:yes")

    for reader in (nasrin, parviz, stranger):
        untranslated = [
            text
            for each in stage.emulator.sent_to(reader.id)
            for text in (each.text, *each.labels)
            if MARK in text
        ]
        assert untranslated == []
