"""What the bot registers about itself, and its membership of chats."""

from typing import Any

import pytest

from bot.emulator import Emulator

START = [{"command": "start", "description": "Begin"}]


async def said(call: Any, method: str, **given: Any) -> Any:
    body = (await call(method, **given)).json()
    return body["result"] if body["ok"] else body["description"]


async def test_commands_by_scope_and_language(call: Any, emulator: Emulator) -> None:
    emulator.person(7, started=True)
    persian = [{"command": "start", "description": "شروع"}]
    mine = {"type": "chat", "chat_id": 7}
    assert await said(call, "setMyCommands", commands=START) is True
    assert await said(call, "setMyCommands", commands=persian, language_code="fa") is True
    assert await said(call, "setMyCommands", commands=[], scope=mine) is True
    assert await said(call, "getMyCommands", language_code="fa") == persian
    assert await said(call, "getMyCommands", language_code="en") == []
    assert emulator.commands() == START
    assert emulator.commands("fa") == persian
    assert emulator.commands(**mine) == []
    assert emulator.commands("de") is None
    assert await said(call, "deleteMyCommands", language_code="fa") is True
    assert emulator.commands("fa") is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"commands": [{"command": "Start", "description": "Go"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "sta-rt", "description": "Go"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "", "description": "Go"}]}, "command must be non-empty"),
        ({"commands": [{"command": "c" * 33, "description": "Go"}]}, "command length must not exceed 32"),
        ({"commands": [{"command": "c", "description": " "}]}, "command description must be non-empty"),
        (
            {"commands": [{"command": "c", "description": "x" * 257}]},
            "command description length must not exceed 256",
        ),
        ({"commands": START * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": START, "language_code": "ckb"}, "invalid language code specified"),
        ({"commands": START, "language_code": "pt-BR"}, "invalid language code specified"),
        (
            {"commands": START, "scope": {"type": "everyone"}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        ({"commands": START, "scope": {"type": "chat", "chat_id": 404}}, "chat not found"),
    ],
)
async def test_wrong_commands(call: Any, given: dict, reason: str) -> None:
    assert await said(call, "setMyCommands", **given) == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("field", "name", "longest", "reason"),
    [
        ("Name", "name", 64, "BOT_TITLE_INVALID"),
        ("Description", "description", 512, "BOT_DESC_INVALID"),
        ("ShortDescription", "short_description", 120, "BOT_ABOUT_INVALID"),
    ],
)
async def test_texts_by_language(call: Any, field: str, name: str, longest: int, reason: str) -> None:
    assert await said(call, f"setMy{field}", **{name: "x" * (longest + 1)}) == f"Bad Request: {reason}"
    assert await said(call, f"setMy{field}", **{name: "x" * longest}) is True
    assert await said(call, f"setMy{field}", **{name: "متن", "language_code": "fa"}) is True
    assert await said(call, f"getMy{field}", language_code="fa") == {name: "متن"}
    assert await said(call, f"getMy{field}", language_code="de") == {name: "x" * longest}
    assert await said(call, f"setMy{field}", **{name: "", "language_code": "fa"}) is True
    assert await said(call, f"getMy{field}", language_code="fa") == {name: "x" * longest}


async def test_members(call: Any, emulator: Emulator) -> None:
    mina, reza = emulator.person(7, first_name="Mina"), emulator.person(8, first_name="Reza")
    group = emulator.group(-1001000000001, "Family", members=[reza], admins=[mina])
    await group.adds_bot(by=mina)
    admins = await said(call, "getChatAdministrators", chat_id=group.id)
    assert [admin["user"]["first_name"] for admin in admins] == ["Mina"]
    statuses = [
        (await said(call, "getChatMember", chat_id=group.id, user_id=user))["status"] for user in (7, 8, 1)
    ]
    assert statuses == ["administrator", "member", "member"]
    await group.promotes_bot(by=mina)
    await group.leaves(reza)
    assert (await said(call, "getChatMember", chat_id=group.id, user_id=8))["status"] == "left"
    assert (await said(call, "getChatMember", chat_id=group.id, user_id=1))["status"] == "administrator"
    assert await said(call, "getChatMember", chat_id=group.id, user_id=99) == "Bad Request: user not found"
    chat = await said(call, "getChat", chat_id=group.id)
    assert (chat["type"], chat["title"]) == ("supergroup", "Family")


async def test_a_webhook_keeps_polls_away(call: Any, emulator: Emulator) -> None:
    hook = {"url": "https://bot.example.org/hook", "secret_token": "abc_DEF-1"}
    assert await said(call, "setWebhook", **hook) is True
    assert "can't use getUpdates method while webhook is active" in await said(call, "getUpdates")
    await emulator.person(7).says("Hello")
    about = await said(call, "getWebhookInfo")
    assert (about["url"], about["pending_update_count"]) == (hook["url"], 1)
    assert await said(call, "deleteWebhook", drop_pending_updates=True) is True
    assert await said(call, "getUpdates") == []
    wrong = {
        "http://bot.example.org": "bad webhook: An HTTPS URL must be provided for webhook",
        "https://bot.example.org:81": "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    }
    for url, reason in wrong.items():
        assert await said(call, "setWebhook", url=url) == f"Bad Request: {reason}"
    unallowed = "Bad Request: secret token contains unallowed characters"
    assert await said(call, "setWebhook", url=hook["url"], secret_token="a b") == unallowed


async def test_only_some_updates(call: Any, emulator: Emulator) -> None:
    mina = emulator.person(7)
    assert await said(call, "getUpdates", allowed_updates=["my_chat_member"]) == []
    await mina.says("/start")
    await mina.blocks()
    (update,) = await said(call, "getUpdates")
    assert set(update) == {"update_id", "my_chat_member"}
    assert await said(call, "getUpdates", offset=update["update_id"] + 1, allowed_updates=[]) == []
    await mina.unblocks()
    await mina.says("Back")
    assert len(await said(call, "getUpdates")) == 2
    (last,) = await said(call, "getUpdates", offset=-1)
    assert last["message"]["text"] == "Back"
    assert emulator.pending_updates == 1
