"""Sending: what Telegram refuses is refused in Telegram's words, over bare HTTP."""

from typing import Any

import pytest

from bot.emulator import Emulator, Limits

WEB_APP = {"text": "App", "web_app": {"url": "https://example.org/app"}}


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "A", **button}]]}


@pytest.fixture(autouse=True)
def mina(emulator: Emulator):
    return emulator.person(7, first_name="Mina", started=True)


async def refused(call: Any, method: str, **given: Any) -> str:
    answer = await call(method, **given)
    body = answer.json()
    assert body["ok"] is False
    assert body["error_code"] == answer.status_code
    return f"{answer.status_code} {body['description']}"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"chat_id": 7}, "message text is empty"),
        ({"chat_id": 7, "text": ""}, "message text is empty"),
        ({"chat_id": 404}, "message text is empty"),
        ({"chat_id": 7, "text": " \n "}, "text must be non-empty"),
        ({"chat_id": 7, "text": "\u2066\u2069\u200b"}, "text must be non-empty"),
        ({"chat_id": 7, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": 7, "text": "🕯" * 2049}, "message is too long"),
        ({"text": "Hello"}, "chat_id is empty"),
        ({"chat_id": "", "text": "Hello"}, "chat_id is empty"),
        ({"chat_id": 404, "text": "Hello"}, "chat not found"),
        ({"chat_id": "@nobody", "text": "Hello"}, "chat not found"),
        ({"chat_id": "Mina", "text": "Hello"}, "chat not found"),
        ({"chat_id": 7, "text": "Hello", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"chat_id": 7, "text": "Hello", "message_thread_id": 5}, "message thread not found"),
        (
            {"chat_id": 7, "text": "Hello", "reply_parameters": "{"},
            "can't parse reply parameters JSON object",
        ),
        ({"chat_id": 7, "text": "Hello", "reply_parameters": {}}, 'can\'t find field "message_id"'),
        (
            {"chat_id": 7, "text": "Hello", "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
        (
            {"chat_id": 7, "text": "Hello", "reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        ({"chat_id": 7, "text": "Hello", "reply_markup": [1]}, "object expected as reply markup"),
    ],
)
async def test_texts_and_chats(call: Any, emulator: Emulator, given: dict, reason: str) -> None:
    assert await refused(call, "sendMessage", **given) == f"400 Bad Request: {reason}"
    assert emulator.record == []


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (inline(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (inline(callback_data="ی" * 33), "BUTTON_DATA_INVALID"),
        (
            inline(callback_data=""),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"inline_keyboard": [[{"callback_data": "x"}]]},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (inline(copy_text={"text": "x" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (inline(copy_text={"text": ""}), "BUTTON_COPY_TEXT_INVALID"),
        (inline(pay=True), "BUTTON_TYPE_INVALID"),
        (inline(url="not-a-url"), "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
        (
            inline(url="ftp://example.com"),
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (
            inline(url="mailto:a@example.org"),
            "inline keyboard button URL 'mailto:a@example.org' is invalid: Unsupported URL protocol",
        ),
        (
            inline(url="tel:+981234567"),
            "inline keyboard button URL 'tel:+981234567' is invalid: Wrong port number specified in the URL",
        ),
        (
            inline(web_app={"url": "http://example.com"}),
            "inline keyboard button Web App URL 'http://example.com' is invalid: Only HTTPS links are allowed",
        ),
        ({"inline_keyboard": "bad"}, 'field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "a"}] * 9]}, "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]] * 101}, "reply markup is too long"),
        ({"keyboard": "bad"}, 'field "keyboard" must be of type Array'),
        ({"force_reply": "yes"}, 'field "force_reply" must be of type Boolean'),
        ({"force_reply": True, "input_field_placeholder": "x" * 65}, "INPUT_FIELD_PLACEHOLDER_INVALID"),
    ],
)
async def test_keyboards(call: Any, markup: dict, reason: str) -> None:
    given = {"chat_id": 7, "text": "Hello", "reply_markup": markup}
    assert await refused(call, "sendMessage", **given) == f"400 Bad Request: {reason}"


async def test_limits_are_reached_exactly(call: Any, emulator: Emulator) -> None:
    rows = [[{"text": "A", "callback_data": "ی" * 32}] * 8] * 12 + [
        [{"text": "B", "copy_text": {"text": "x" * 256}}]
    ]
    answer = await call(
        "sendMessage", chat_id=7, text="🕯" * 2048 + "\n ", reply_markup={"inline_keyboard": rows}
    )
    assert answer.json()["ok"]
    (message,) = emulator.sent_to(7)
    assert message.text == "🕯" * 2048
    assert len(message.buttons) == 97


async def test_links_are_rewritten_as_telegram_does(call: Any, emulator: Emulator) -> None:
    for url in ("https://Example.org", "example.org/a b", "tg://resolve?domain=x", "https://e.org?q=1"):
        assert (await call("sendMessage", chat_id=7, text="Go", reply_markup=inline(url=url))).json()["ok"]
    assert [message.buttons[0].url for message in emulator.sent_to(7)] == [
        "https://example.org/",
        "http://example.org/a%20b",
        "tg://resolve?domain=x",
        "https://e.org/?q=1",
    ]


async def test_web_apps_are_for_private_chats(call: Any, emulator: Emulator, mina: Any) -> None:
    group = emulator.group(-1001000000001, members=[mina])
    await group.adds_bot(by=mina)
    markup = {"inline_keyboard": [[WEB_APP]]}
    assert (await call("sendMessage", chat_id=7, text="Go", reply_markup=markup)).json()["ok"]
    reason = await refused(call, "sendMessage", chat_id=group.id, text="Go", reply_markup=markup)
    assert reason == "400 Bad Request: BUTTON_TYPE_INVALID"


async def test_people_who_cannot_be_reached(call: Any, emulator: Emulator, mina: Any) -> None:
    emulator.person(8)
    hello = {"text": "Hello"}
    never = await refused(call, "sendMessage", chat_id=8, **hello)
    assert never == "403 Forbidden: bot can't initiate conversation with a user"
    await mina.blocks()
    blocked = await refused(call, "sendMessage", chat_id=7, **hello)
    assert blocked == "403 Forbidden: bot was blocked by the user"
    await mina.deletes_account()
    assert await refused(call, "sendMessage", chat_id=7, **hello) == "403 Forbidden: user is deactivated"


@pytest.mark.parametrize(("chat_id", "kind"), [(-500, "group"), (-1001000000001, "supergroup")])
async def test_groups_that_cannot_be_reached(
    call: Any, emulator: Emulator, mina: Any, chat_id: int, kind: str
) -> None:
    group = emulator.group(chat_id, "Family", admins=[mina])
    given = {"chat_id": chat_id, "text": "Hello"}
    assert await refused(call, "sendMessage", **given) == "400 Bad Request: chat not found"
    await group.adds_bot(by=mina)
    await group.mutes()
    muted = "400 Bad Request: not enough rights to send text messages to the chat"
    assert await refused(call, "sendMessage", **given) == muted
    await group.removes_bot(by=mina)
    assert (
        await refused(call, "sendMessage", **given) == f"403 Forbidden: bot was kicked from the {kind} chat"
    )
    await group.adds_bot(by=mina)
    assert (await call("leaveChat", chat_id=chat_id)).json()["result"] is True
    assert (
        await refused(call, "sendMessage", **given)
        == f"403 Forbidden: bot is not a member of the {kind} chat"
    )


async def test_a_reply_may_do_without(call: Any, emulator: Emulator, mina: Any) -> None:
    asked = await mina.says("Hello")
    reply = {"message_id": asked.message_id}
    answer = await call("sendMessage", chat_id=7, text="Yes?", reply_parameters=reply)
    assert answer.json()["result"]["reply_to_message"]["text"] == "Hello"
    lenient = {"message_id": 99, "allow_sending_without_reply": True}
    answer = await call("sendMessage", chat_id=7, text="Yes?", reply_parameters=lenient)
    assert "reply_to_message" not in answer.json()["result"]
    assert [message.reply_to for message in emulator.sent_to(7)] == [asked.message_id, None]


async def test_topics(call: Any, emulator: Emulator, mina: Any) -> None:
    group = emulator.group(-1001000000001, members=[mina])
    await group.adds_bot(by=mina)
    thread = await group.opens_topic("Alerts")
    answer = await call("sendMessage", chat_id=group.id, text="Hello", message_thread_id=thread)
    result = answer.json()["result"]
    assert (result["message_thread_id"], result["is_topic_message"]) == (thread, True)
    assert result["chat"]["is_forum"] is True


async def test_captions_and_documents(call: Any) -> None:
    assert (
        await refused(call, "sendDocument", chat_id=7, caption="x" * 1025)
        == "400 Bad Request: message caption is too long"
    )
    for document, reason in {
        "": "there is no document in the request",
        "unknown": "wrong file identifier/HTTP URL specified",
        "https://example.org/a.pdf": "failed to get HTTP URL content",
    }.items():
        assert (
            await refused(call, "sendDocument", chat_id=7, document=document) == f"400 Bad Request: {reason}"
        )
    assert await refused(call, "getFile", file_id="unknown") == "400 Bad Request: invalid file_id"


async def test_parse_modes_are_not_emulated(call: Any) -> None:
    answer = await refused(call, "sendMessage", chat_id=7, text="<b>Hello</b>", parse_mode="HTML")
    assert answer == "501 Not Implemented: the emulator reads entities, not parse modes"


async def test_limits_can_be_enforced(call: Any, emulator: Emulator) -> None:
    emulator.enforce(Limits(a_second=3))
    for person in (11, 12, 13, 14):
        emulator.person(person, started=True)
    assert (await call("sendMessage", chat_id=11, text="Hello")).status_code == 200
    again = await call("sendMessage", chat_id=11, text="Hello")
    assert again.json()["parameters"] == {"retry_after": 1}
    codes = [(await call("sendMessage", chat_id=person, text="Hello")).status_code for person in (12, 13, 14)]
    assert codes == [200, 200, 429]
    assert (await call("sendChatAction", chat_id=14, action="typing")).status_code == 200
    emulator.enforce(None)
    assert (await call("sendMessage", chat_id=14, text="Hello")).status_code == 200
