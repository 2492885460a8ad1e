from __future__ import annotations

from bot.demo.stage import Stage
from bot.emulator import Message
from tests.journeys import letters
from tests.journeys.steps import Clock, answer, hears_about, moderators, publish, tap, wait_until

FIRST_LINE = 40


def under_the_veil(message: Message) -> str:
    """What nobody sees before touching it."""
    units = message.text.encode("utf-16-le")
    veils = [each for each in message.entities if each.type == "spoiler"]
    return "".join(
        units[2 * each.offset : 2 * (each.offset + each.length)].decode("utf-16-le") for each in veils
    )


def in_the_open(message: Message) -> str:
    """What a lock screen and a passer-by see."""
    text = message.text
    for part in under_the_veil(message).split("\n"):
        text = text.replace(part, "") if part else text
    return text


async def test_a_lock_screen_shows_nothing(stage: Stage, clock: Clock) -> None:
    parviz = stage.emulator.person(5003, first_name="Parviz", language_code="fa")
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(parviz, "fa", mode="safe")
    await stage.subscribe(emma, "en", mode="safe")
    await publish(stage, mina, "Arman Sepidkuh")
    alerts = [await hears_about(parviz, "Arman Sepidkuh"), await hears_about(emma, "Arman Sepidkuh")]
    await answer(emma, "/actions")
    await answer(emma, "/case 1")
    await answer(emma, "/cases")
    clock.to(18, 1)
    alerts += [await parviz.hears("خلاصه"), await emma.hears("Summary")]

    for message in [*alerts, *emma.messages[-4:]]:
        assert message.protected, message.text
        assert 0 < len(message.text.split("\n")[0]) <= FIRST_LINE
        for word in ("Arman", "آرمان", "xecut", "اعدام", "Kuhpayeh", "prison"):
            assert word not in in_the_open(message), message.text
        assert "Arman" in under_the_veil(message) or "آرمان" in under_the_veil(message)
        assert not any("Arman" in label or "آرمان" in label for label in message.labels)


async def test_what_the_reader_wrote_disappears(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    await stage.subscribe(emma, "en", mode="safe")
    for text in ("/actions", "/cases Sepidkuh", "hello", "/nonsense"):
        written = await emma.says(text)
        await wait_until(lambda mine=written: emma.chat.messages[mine.message_id].deleted)
    sticker = await emma.sends_sticker()
    await wait_until(lambda: emma.chat.messages[sticker.message_id].deleted)
    assert all(
        each.deleted
        for each in emma.chat.messages.values()
        if each.sender == emma.user and each.text != "/start"
    )


async def test_every_answer_lies_under_the_veil(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    parviz = stage.emulator.person(5003, first_name="Parviz", language_code="fa")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", mode="safe")
    await stage.subscribe(parviz, "fa", mode="safe")
    assert under_the_veil(emma.messages[-1]).startswith("You are subscribed")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    await hears_about(parviz, "Arman Sepidkuh")
    for reader, first_line in ((emma, "New message"), (parviz, "پیام تازه")):
        for text in (
            *("/start", "/help", "/privacy", "/topics", "/language", "/safety", "/pause 3", "/resume"),
            *("/follow 1", "/unfollow 1", "/cases nobody", "/case 99", "/letter", "/letter UA-26/009"),
            *("/nonsense", "hello", "/claim x", "/forget", "/stop"),
        ):
            said = await answer(reader, text)
            assert said.protected, text
            assert in_the_open(said).strip() == said.text.split("\n")[0] == first_line, text
        note = await answer(reader, "/letter UA-26/001")
        assert [button.callback_data for button in note.buttons] == ["warned:UA-26/001"]
        assert in_the_open(note).strip() == first_line
    done = await tap(emma, "topic:IR/*:on")
    assert "✓ Iran" in done.labels
    assert in_the_open(done).strip() == "New message"
    assert in_the_open(await tap(emma, "forget:yes")).strip() == "New message"


async def test_a_letter_in_safe_mode_is_protected_but_can_be_copied(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en", mode="safe")
    await publish(stage, mina, "Arman Sepidkuh")
    await hears_about(emma, "Arman Sepidkuh")
    await tap(emma, "letter:UA-26/001")
    before = len(emma.messages)
    await tap(emma, "warned:UA-26/001")
    await wait_until(lambda: len(emma.messages) >= before + 2)
    letter = emma.messages[before:]
    assert "Arman" not in "".join(in_the_open(each) for each in letter)


async def test_changing_to_safe_mode_and_back(stage: Stage) -> None:
    emma = stage.emulator.person(5001, first_name="Emma")
    mina, _ = await moderators(stage)
    await stage.subscribe(emma, "en")
    await answer(emma, "/safety")
    changed = await tap(emma, "mode:safe:c")
    assert in_the_open(changed).strip() == "New message"
    await publish(stage, mina, "Arman Sepidkuh")
    assert (await hears_about(emma, "Arman Sepidkuh")).protected
    await answer(emma, "/safety")
    await tap(emma, "mode:normal:c")
    await publish(stage, mina, "Hiwa Bafrin")
    plain = await hears_about(emma, "Hiwa Bafrin")
    assert not plain.protected
    assert under_the_veil(plain) == ""


async def test_a_reader_in_safe_mode_acts_under_the_veil(stage: Stage) -> None:
    emma = await letters.reader_of_an_alert(stage, mode="safe")
    before = len(emma.messages)
    await letters.first_letter(emma)
    for step in ("change", "points"):
        await letters.taps(emma, step)
    await letters.taps(emma, "sent-in")
    await letters.taps(emma, "did")
    await letters.says(emma, "/actions")
    await letters.taps(emma, "act")
    await letters.taps(emma, "share")
    for message in emma.messages[before:]:
        assert in_the_open(message).strip() in {"", "New message"}
        assert "Arman" not in "".join(message.labels)
