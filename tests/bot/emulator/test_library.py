"""The library that the bot is built on, over real HTTP: it must not be able to tell the emulator from Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommandScopeChat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.emulator import Emulator, Fault

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    given = " ".join(context.args or [])
    await update.message.reply_text(f"Welcome {given}".strip(), reply_markup=KEYBOARD, do_quote=True)


async def tapped(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Noted")
    await update.callback_query.edit_message_text(f"You said {update.callback_query.data}")


async def took(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert update.message.document is not None
    file = await update.message.document.get_file()
    content = await file.download_as_bytearray()
    await update.message.reply_text(f"{update.message.document.file_name}: {bytes(content).decode()}")


@asynccontextmanager
async def polling(emulator: Emulator) -> AsyncIterator[Application]:
    application = (
        Application.builder()
        .token(emulator.token)
        .base_url(f"{emulator.base_url}/bot")
        .base_file_url(f"{emulator.base_url}/file/bot")
        .build()
    )
    application.add_handlers(
        [
            CommandHandler("start", start),
            CallbackQueryHandler(tapped),
            MessageHandler(filters.Document.ALL, took),
        ]
    )
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(poll_interval=0, timeout=10)
        yield application
        await application.updater.stop()
        await application.stop()


async def test_a_conversation_over_long_polling(emulator: Emulator) -> None:
    reza = emulator.person(42, first_name="Reza", language_code="fa")
    async with polling(emulator):
        asked = await reza.says("/start case-7")
        welcome = await reza.hears("Welcome case-7")
        assert welcome.labels == ["Yes"]
        assert welcome.reply_to == asked.message_id

        await reza.taps("Yes")
        edited = await reza.hears("You said yes")
        assert edited.message_id == welcome.message_id
        assert edited.edited is not None
        assert edited.labels == []
        assert [toast.text for toast in reza.toasts] == ["Noted"]

        await reza.sends_document("نامه".encode(), "letter.txt")
        assert (await reza.hears("letter.txt")).text == "letter.txt: نامه"
    calls = [request.method for request in emulator.record]
    assert calls.count("answerCallbackQuery") == 1
    assert [request.seq for request in emulator.record] == list(range(1, len(calls) + 1))


async def test_a_command_in_a_group(emulator: Emulator) -> None:
    mina = emulator.person(7, first_name="Mina")
    group = emulator.group(-1001234567890, "Family", admins=[mina])
    async with polling(emulator):
        await group.adds_bot(by=mina)
        await mina.says(f"/start@{emulator.username}", chat=group)
        assert (await mina.hears("Welcome", chat=group)).chat_id == group.id
        await mina.taps("Yes", chat=group)
        await mina.hears("You said yes", chat=group)
        assert mina.messages == []


async def test_forbidden_has_its_class(emulator: Emulator, bot: Bot) -> None:
    mina = emulator.person(7, started=True)
    await mina.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(7, "Hello")
    await mina.unblocks()
    await mina.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(7, "Hello")
    emulator.person(8)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(8, "Hello")
    assert [refused.code for refused in emulator.refusals] == [403, 403, 403]


async def test_bad_request_has_its_class(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"^Chat not found$"):
        await bot.send_message(404, "Hello")


async def test_retry_after_carries_the_wait(
    emulator: Emulator, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    emulator.person(7, started=True)
    emulator.script(Fault.flood(35, method="sendMessage"))
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(7, "Hello")
    assert caught.value.retry_after == timedelta(seconds=35)
    assert (await bot.send_message(7, "Hello")).text == "Hello"


async def test_chat_migrated_carries_the_new_id(emulator: Emulator, bot: Bot) -> None:
    mina = emulator.person(7)
    group = emulator.group(-500, "Family", admins=[mina])
    await group.adds_bot(by=mina)
    await group.migrates_to(-1009000000001)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(-500, "Hello")
    assert caught.value.new_chat_id == -1009000000001
    assert (await bot.send_message(caught.value.new_chat_id, "Hello")).chat.type == "supergroup"


@pytest.mark.parametrize("token", ["1:other", "nonsense", "0000000000:INVALID_TOKEN"])
async def test_invalid_token_has_its_class(emulator: Emulator, token: str) -> None:
    stranger = Bot(token, base_url=f"{emulator.base_url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_the_older_of_two_polls_gets_the_conflict(emulator: Emulator, bot: Bot) -> None:
    older = asyncio.ensure_future(bot.get_updates(timeout=5))
    await emulator.polled()
    newer = asyncio.ensure_future(bot.get_updates(timeout=5))
    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot"):
        await older
    await emulator.person(7).says("Hello")
    assert [update.message.text for update in await newer if update.message] == ["Hello"]


async def test_silence_times_out_although_the_message_is_there(emulator: Emulator, bot: Bot) -> None:
    emulator.person(7, started=True)
    emulator.script(Fault.silence(method="sendMessage", chat_id=7))
    with pytest.raises(TimedOut):
        await bot.send_message(7, "Hello", read_timeout=0.2)
    assert [message.text for message in emulator.sent_to(7)] == ["Hello"]
    assert len(emulator.requests("sendMessage", 7)) == 1


@pytest.mark.parametrize(("accepted", "messages"), [(True, 1), (False, 0)])
async def test_a_cut_connection_is_a_network_error(
    emulator: Emulator, bot: Bot, *, accepted: bool, messages: int
) -> None:
    emulator.person(7, started=True)
    emulator.script(Fault.cut(accepted=accepted))
    with pytest.raises(NetworkError):
        await bot.send_message(7, "Hello")
    assert len(emulator.sent_to(7)) == messages
    assert (await bot.send_message(7, "Again")).text == "Again"


@pytest.mark.parametrize("fault", [Fault.refusal(500, "Internal Server Error"), Fault.bad_gateway()])
async def test_server_errors_are_network_errors(emulator: Emulator, bot: Bot, fault: Fault) -> None:
    emulator.person(7, started=True)
    emulator.script(fault)
    with pytest.raises(NetworkError):
        await bot.send_message(7, "Hello")
    assert emulator.sent_to(7) == []


async def test_what_was_asked_for_is_what_is_recorded(emulator: Emulator, bot: Bot) -> None:
    emulator.person(7, started=True)
    bold = MessageEntity(MessageEntity.BOLD, 0, 5)
    sent = await bot.send_message(
        7,
        "Hello",
        entities=[bold],
        reply_markup=ForceReply(),
        protect_content=True,
        disable_notification=True,
    )
    assert sent.entities == (bold,)
    assert sent.has_protected_content
    (message,) = emulator.sent_to(7)
    assert (message.silent, message.protected) == (True, True)
    assert message.keyboard is not None
    assert message.keyboard.kind == "force_reply"
    (request,) = emulator.requests("sendMessage")
    assert (request.method, request.chat_id, request.message_id) == ("sendMessage", 7, sent.message_id)
    assert request.params["entities"] == [{"length": 5, "offset": 0, "type": "bold"}]


async def test_documents_are_kept_reused_and_downloaded(emulator: Emulator, bot: Bot) -> None:
    emulator.person(7, started=True)
    sent = await bot.send_document(7, b"Dear Sir", filename="letter.txt", caption="A letter")
    assert sent.document is not None
    assert sent.document.mime_type == "text/plain"
    again = await bot.send_document(7, sent.document.file_id)
    assert again.document == sent.document
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"Dear Sir"
    assert [message.file.content for message in emulator.sent_to(7) if message.file] == [b"Dear Sir"] * 2
    picture = await bot.send_photo(7, b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\x10\0\0\0\x20")
    assert [(size.width, size.height) for size in picture.photo] == [(16, 32)]
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(7, b"no picture")


async def test_stopping_ends_a_poll_that_waits() -> None:
    async with (
        Emulator.running() as emulator,
        Bot(emulator.token, base_url=f"{emulator.base_url}/bot") as bot,
    ):
        poll = asyncio.ensure_future(bot.get_updates(timeout=30))
        await emulator.polled()
        started = asyncio.get_running_loop().time()
        await emulator.stop()
        assert await poll == ()
        assert asyncio.get_running_loop().time() - started < 1


async def test_stopping_drops_a_call_that_is_kept_waiting(bot: Bot, emulator: Emulator) -> None:
    emulator.person(7, started=True)
    emulator.script(Fault.silence(method="sendMessage"))
    call = asyncio.ensure_future(bot.send_message(7, "Hello", read_timeout=30))
    while not emulator.sent_to(7):  # noqa: ASYNC110 - there is nothing to wait for but the record
        await asyncio.sleep(0.01)
    started = asyncio.get_running_loop().time()
    await emulator.stop()
    with pytest.raises(NetworkError):
        await call
    assert asyncio.get_running_loop().time() - started < 1


async def test_the_library_reads_chats_members_and_registrations(emulator: Emulator, bot: Bot) -> None:
    mina = emulator.person(7, first_name="Mina", started=True)
    group = emulator.group(-1001000000001, "Family", admins=[mina])
    await group.adds_bot(by=mina, admin=True)
    assert (await bot.get_chat(7)).first_name == "Mina"
    assert (await bot.get_chat(group.id)).title == "Family"
    members = [await bot.get_chat_member(group.id, user) for user in (7, bot.id)]
    assert [member.status for member in members] == ["administrator", "administrator"]
    assert {admin.user.id for admin in await bot.get_chat_administrators(group.id)} == {7, bot.id}
    assert await bot.get_chat_member_count(group.id) == 2
    await bot.set_my_commands([("start", "شروع")], scope=BotCommandScopeChat(7), language_code="fa")
    assert emulator.commands("fa", type="chat", chat_id=7) == [{"command": "start", "description": "شروع"}]
    (command,) = await bot.get_my_commands(scope=BotCommandScopeChat(7), language_code="fa")
    assert command.description == "شروع"
    await bot.set_my_short_description("نجات", language_code="fa")
    assert (await bot.get_my_short_description("fa")).short_description == "نجات"
    assert (await bot.get_webhook_info()).url == ""
    sent = await bot.send_message(group.id, "Pin me")
    assert await sent.pin()
    pinned = (await bot.get_chat(group.id)).pinned_message
    assert pinned is not None
    assert pinned.message_id == sent.message_id
    assert await bot.delete_messages(group.id, [sent.message_id])
    assert await bot.leave_chat(group.id)


async def test_the_library_reads_every_kind_of_update(emulator: Emulator, bot: Bot) -> None:
    mina = emulator.person(7, first_name="Mina", language_code="fa")
    basic = emulator.group(-500, "Family", admins=[mina])
    await mina.edits(await mina.says("Hello"), "Hello again")
    await mina.forwards("A rumour", origin=mina.user)
    await mina.sends_sticker()
    await mina.blocks()
    await basic.adds_bot(by=mina)
    await mina.says("/start", chat=basic, anonymously=True)
    await basic.migrates_to(-1001000000001)
    updates = await bot.get_updates()
    kinds = [next(name for name in Update.ALL_TYPES if getattr(update, name)) for update in updates]
    assert (
        kinds
        == ["message", "edited_message", "message", "message", "my_chat_member", "my_chat_member"]
        + ["message"] * 4
    )
    assert [update.update_id for update in updates] == list(range(1, 11))
    assert updates[4].my_chat_member is not None
    assert updates[4].my_chat_member.new_chat_member.status == "kicked"
    assert updates[7].message is not None
    assert updates[7].message.sender_chat == updates[7].message.chat
    assert updates[8].message is not None
    assert updates[8].message.migrate_to_chat_id == -1001000000001


async def test_an_outage_ends(emulator: Emulator, bot: Bot) -> None:
    mina = emulator.person(7, first_name="Mina")
    await mina.says("Before")
    async with emulator.away():
        with pytest.raises(NetworkError):
            await bot.get_updates()
        await mina.says("Meanwhile")
    updates = await bot.get_updates(timeout=1)
    assert [update.message.text for update in updates if update.message] == ["Before", "Meanwhile"]
    assert (await bot.send_message(7, "Back")).text == "Back"
