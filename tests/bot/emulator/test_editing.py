"""Editing, deleting, pinning, answering taps."""

from datetime import timedelta
from typing import Any

import pytest

from bot.emulator import Emulator, Person

SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


@pytest.fixture(autouse=True)
def mina(emulator: Emulator) -> Person:
    return emulator.person(7, first_name="Mina", started=True)


async def sent(call: Any, **given: Any) -> int:
    answer = await call("sendMessage", chat_id=7, text="Hello", **given)
    message_id = answer.json()["result"]["message_id"]
    assert isinstance(message_id, int)
    return message_id


async def said(call: Any, method: str, **given: Any) -> str:
    body = (await call(method, chat_id=7, **given)).json()
    return "ok" if body["ok"] else body["description"]


async def test_an_edit_shows(call: Any, emulator: Emulator) -> None:
    message_id = await sent(call, reply_markup=GO)
    answer = await call("editMessageText", chat_id=7, message_id=message_id, text="Bye")
    result = answer.json()["result"]
    assert (result["text"], "edit_date" in result, "reply_markup" in result) == ("Bye", True, False)
    (message,) = emulator.sent_to(7)
    assert (message.text, message.labels) == ("Bye", [])
    assert message.edited is not None


async def test_an_edit_must_change_something(call: Any) -> None:
    message_id = await sent(call, reply_markup=GO)
    same = {"message_id": message_id, "text": "Hello", "reply_markup": GO}
    assert await said(call, "editMessageText", **same) == SAME
    assert await said(call, "editMessageText", **same, link_preview_options={"is_disabled": True}) == SAME
    assert await said(call, "editMessageReplyMarkup", message_id=message_id, reply_markup=GO) == SAME
    assert await said(call, "editMessageReplyMarkup", message_id=message_id) == "ok"
    assert await said(call, "editMessageReplyMarkup", message_id=message_id) == SAME


async def test_what_cannot_be_edited(call: Any, mina: Person) -> None:
    theirs = (await mina.says("Hello")).message_id
    forced = await sent(call, reply_markup={"force_reply": True})
    gone = await sent(call)
    assert await said(call, "deleteMessage", message_id=gone) == "ok"
    reasons = {999: "message to edit not found", gone: "message to edit not found"}
    reasons |= {theirs: "message can't be edited", forced: "message can't be edited"}
    for message_id, reason in reasons.items():
        assert (
            await said(call, "editMessageText", message_id=message_id, text="Bye") == f"Bad Request: {reason}"
        )


async def test_deleting(call: Any, emulator: Emulator, mina: Person) -> None:
    first, second, old = await sent(call), await sent(call), await sent(call)
    assert await said(call, "deleteMessage", message_id=first) == "ok"
    missing = "Bad Request: message to delete not found"
    assert await said(call, "deleteMessage", message_id=first) == missing
    mina.ages(emulator.sent_to(7)[2], timedelta(hours=48))
    assert await said(call, "deleteMessage", message_id=old) == "Bad Request: message can't be deleted"
    assert await said(call, "deleteMessages", message_ids=[first, second, 999]) == "ok"
    assert [message.deleted for message in emulator.sent_to(7)] == [True, True, False]
    assert [message.message_id for message in mina.messages] == [old]
    too_many = list(range(1, 102))
    assert (
        await said(call, "deleteMessages", message_ids=too_many)
        == "Bad Request: too many message identifiers specified"
    )


async def test_pinning(call: Any) -> None:
    first, second = await sent(call), await sent(call)
    for message_id in (first, second):
        assert await said(call, "pinChatMessage", message_id=message_id) == "ok"
    pinned = (await call("getChat", chat_id=7)).json()["result"]["pinned_message"]
    assert pinned["message_id"] == second
    assert await said(call, "unpinChatMessage") == "ok"
    pinned = (await call("getChat", chat_id=7)).json()["result"]["pinned_message"]
    assert pinned["message_id"] == first
    assert await said(call, "pinChatMessage", message_id=999) == "Bad Request: message to pin not found"


async def test_a_tap_is_answered_once_and_in_time(call: Any, emulator: Emulator, mina: Person) -> None:
    await sent(call, reply_markup=GO)
    await mina.taps("Go")
    await mina.taps("Go")
    updates = (await call("getUpdates")).json()["result"]
    first, second = (update["callback_query"]["id"] for update in updates)
    long = await call("answerCallbackQuery", callback_query_id=first, text="x" * 201)
    assert long.json()["description"] == "Bad Request: MESSAGE_TOO_LONG"
    assert (await call("answerCallbackQuery", callback_query_id=first, text="Yes", show_alert=True)).json()[
        "ok"
    ]
    assert [(toast.text, toast.alert) for toast in mina.toasts] == [("Yes", True)]
    emulator.expire_taps()
    for query_id in (first, second, "nonsense"):
        answer = await call("answerCallbackQuery", callback_query_id=query_id)
        assert answer.json()["description"] == TOO_OLD
