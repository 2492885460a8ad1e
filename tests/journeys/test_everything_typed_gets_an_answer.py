from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Person
from tests.journeys.steps import answer, hears_about, moderators, publish, tap, wait_until

NO_CHAT = "I am a bot and cannot chat."
UNKNOWN = "I do not know that command. /help shows what I can do."


async def test_whatever_a_newcomer_sends(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    nasrin = stage.emulator.person(5002, first_name="Nasrin", language_code="fa")
    await emma.sends_sticker()
    await emma.hears(NO_CHAT)
    await emma.sends_photo(b"\xff\xd8", caption="/help")
    await emma.hears(NO_CHAT)
    await emma.sends_document(b"OggS", "voice.ogg")
    await emma.hears(NO_CHAT)
    for words in ("hello", "سلام", "🙏", "/", "//", "/ start", "1", "UA-26", "/start@another_bot"):
        assert (await answer(emma, words)).text, words
    assert (await answer(emma, "/unheard_of")).text == UNKNOWN
    assert (await answer(nasrin, "سلام")).text.startswith("من یک بات هستم و نمی‌توانم گفت‌وگو کنم.")


async def test_a_moderators_command_does_not_exist_for_others(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    for command in ("/drafts", "/approve 1", "/alert", "/questions", "/return 1 no"):
        assert (await answer(emma, command)).text == UNKNOWN
    shown = await answer(emma, "/help")
    assert "/approve" not in shown.text
    assert "This bot is run by Lantern (demo): desk@lantern.example" in shown.text


async def test_commands_however_they_are_typed(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    bot = stage.emulator.username
    for typed in (
        *("/case 1", "/CASE 1", f"/case@{bot} 1", "/case  1", "/case\n1", "/case ۱", "/case 1 please"),
        *("/Case 1 ", f"/CASE@{bot.upper()} 1"),
    ):
        assert (await answer(emma, typed)).text.startswith("Arman Sepidkuh"), typed
    for typed in (
        "/letter UA-26/001",
        "/letter ua-26/1",
        "/letter 26/1",
        "/letter UA-۲۶/۰۰۱",
        "ua-26/001 please",
    ):
        assert (await answer(emma, typed)).text.startswith("Before your first letter"), typed
    for typed in ("/case", "/case x", "/case -1", "/case 99999999999999999999", "/follow ²"):
        assert (await answer(emma, typed)).text.startswith("Which case?"), typed
    assert (await answer(emma, "/letter")).text.startswith("Which action?")
    assert (await answer(emma, "/letter UA-99/999")).text.startswith("I do not know that action.")


async def test_forwarded_commands(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, omid = await moderators(stage)
    await emma.forwards("/help", origin=mina.user)  # a friend's hint is welcome
    assert (await emma.hears("/actions")).text.startswith("/start")
    await mina.forwards("/approve 1", origin=omid.user)
    await mina.hears("Please type the command yourself: forwarded messages change nothing.")


async def test_an_edited_message_does_nothing(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    written = await emma.says("hello")
    await emma.hears(NO_CHAT)
    await emma.edits(written, "/stop")
    await emma.hears_nothing(within=0.5)
    await publish(stage, mina, "Arman Sepidkuh")
    assert await hears_about(emma, "Arman Sepidkuh")


async def test_a_button_tapped_twice_at_once(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    for command, label, outcome in (
        ("/language", "English", "From now on I write to you in this language."),
        ("/safety", "Only me", "Done. Messages from now on look that way."),
        ("/topics", "Done", "You hear about: everything."),
    ):
        asked = await answer(emma, command)
        heard = len(emma.chat.heard)
        before = len(emma.messages)
        for _ in range(2):
            await emma.taps(label, message=asked)
        await wait_until(lambda: stage.emulator.pending_updates == 0)
        await wait_until(lambda since=heard: len(emma.chat.heard) > since)
        await emma.hears(outcome)
        assert len(emma.messages) == before


async def test_data_that_no_button_ever_held(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en")
    start = await answer(emma, "/topics")
    for data in (
        "topic:XX:s",
        "topic:'; drop:c",
        "lang:xx:s",
        "mode:loud:s",
        "forget",
        "nonsense",
        ":",
        "m:x",
        "case:x",
    ):
        presses(stage, emma, start.message_id, data)
    await emma.hears("Which case?")
    assert (await answer(emma, "/topics")).labels[0] == "✓ Everything"
    await tap(emma, "topic:done:c")


def presses(stage: Stage, person: Person, message_id: int, data: str) -> None:
    """What a changed app can do: send any data in the name of a button."""
    world = stage.emulator.world
    message = person.chat.messages[message_id]
    query = {"id": str(abs(hash(data))), "from": person.user.json(), "message": world.json(message)}
    world.updates.add("callback_query", {**query, "chat_instance": "1", "data": data})
