from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from tests.journeys.steps import TICK, answer, hears_about, moderators, publish, tap, wait_until

ARMAN = "Arman Sepidkuh"


async def test_everything_after_a_change_is_in_the_new_language(stage: Stage) -> None:
    nasrin = stage.emulator.person(5002, first_name="Nasrin")  # her phone speaks English
    mina, _ = await moderators(stage)
    await stage.subscribe(nasrin, "en")
    await publish(stage, mina, ARMAN)
    assert (await hears_about(nasrin, ARMAN)).text.startswith(ARMAN)
    await answer(nasrin, "/language")
    done = await tap(nasrin, "lang:fa:c")
    assert done.text == "از این پس به این زبان برایتان می‌نویسم."
    assert done.labels == []
    await publish(stage, mina, ARMAN, "Returned to ward")
    assert (await hears_about(nasrin, ARMAN)).text.startswith("اجرای حکم اعدام آرمان سپیدکوه")
    assert (await answer(nasrin, "/case 1")).text.startswith("آرمان سپیدکوه")


@pytest.fixture
async def newborn(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that has never told Telegram anything."""
    async with set_up(tmp_path, tick=TICK) as stage:
        yield stage


async def test_menus_are_set_once_per_language_and_place(newborn: Stage) -> None:
    emulator = newborn.emulator
    await moderators(newborn)
    private, groups = {"type": "all_private_chats"}, {"type": "all_group_chats"}
    for scope in (private, groups):
        plain = emulator.commands(**scope)
        assert plain is not None
        assert plain == emulator.commands("en", **scope)
        persian = emulator.commands("fa", **scope)
        assert persian is not None
        assert [each["command"] for each in persian] == [each["command"] for each in plain]
        assert not any(each["description"].isascii() for each in persian)
    names = [each["command"] for each in emulator.commands(**private) or []]
    assert "letter" in names
    assert not {"approve", "drafts", "claim"} & set(names)
    assert "letter" not in [each["command"] for each in emulator.commands(**groups) or []]

    def calls() -> int:
        return sum(request.method.startswith("setMy") for request in emulator.record)

    await newborn.stop_bot()
    await newborn.start_bot()
    settled = calls()  # the moderators' own menus were waiting for their chats
    await newborn.stop_bot()
    await newborn.start_bot()
    assert calls() == settled
    assert "approve" in [each["command"] for each in emulator.commands(type="chat", chat_id=9001) or []]


async def test_a_moderator_has_the_menu_from_the_first_start(newborn: Stage) -> None:
    mina, _ = await moderators(newborn)
    await wait_until(lambda: newborn.emulator.commands(type="chat", chat_id=mina.id))
    menu = newborn.emulator.commands(type="chat", chat_id=mina.id) or []
    assert "approve" in [each["command"] for each in menu]
