from __future__ import annotations

import json

from bot.demo.stage import Stage


async def test_the_file_holds_what_was_chosen_and_the_chat_itself(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma", username="emma_reads")
    await stage.subscribe(emma, "en", mode="safe", topic="IR/*")
    await emma.says("/export")
    heard = await emma.hears(lambda message: message.file is not None)
    assert (heard.text, heard.protected) == ("New message", True)
    assert heard.file is not None
    stored = json.loads(heard.file.content)
    (row,) = stored["subscriber"]
    assert (row["chat"], row["locale"], row["mode"], row["active"]) == (5001, "en", "safe", True)
    assert [each["key"] for each in stored["subscriptions"]] == ["IR/*"]
    assert "emma" not in heard.file.content.decode().casefold()


async def test_the_file_says_what_it_is(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    await emma.says("/export")
    assert (await emma.hears("Everything that is stored about this chat.")).file is not None


async def test_nothing_is_stored_about_a_stranger(stage: Stage) -> None:
    nobody = stage.emulator.person(5009, first_name="Nobody")
    await nobody.says("/export")
    assert await nobody.hears("Nothing is stored about this chat.")
