"""People: what they do reaches the bot as from Telegram, and they hear what the bot does."""

import asyncio
from typing import Any

import pytest

from bot.emulator import Emulator, Fault, Group, ImpossibleError, Person

GO = {
    "inline_keyboard": [
        [{"text": "Go on", "callback_data": "go"}, {"text": "Copy", "copy_text": {"text": "ABC"}}]
    ]
}


@pytest.fixture
def mina(emulator: Emulator) -> Person:
    return emulator.person(7, first_name="Mina", username="mina", language_code="fa")


@pytest.fixture
async def group(emulator: Emulator, mina: Person) -> Group:
    made = emulator.group(-1001000000001, "Family", admins=[mina])
    await made.adds_bot(by=mina)
    return made


async def updates(call: Any) -> list[dict[str, Any]]:
    """Fetches and acknowledges all updates; gives them without what changes from run to run."""
    found = (await call("getUpdates")).json()["result"]
    if found:
        await call("getUpdates", offset=found[-1]["update_id"] + 1)
    for update in found:
        update.pop("update_id")
        for body in update.values():
            body.pop("date", None)
            body.pop("edit_date", None)
    return found


async def test_a_command_in_private(call: Any, mina: Person) -> None:
    await mina.says("  /start UA-26 ")
    user = {"id": 7, "is_bot": False, "first_name": "Mina", "username": "mina", "language_code": "fa"}
    assert await updates(call) == [
        {
            "message": {
                "message_id": 1,
                "from": user,
                "chat": {"id": 7, "type": "private", "first_name": "Mina", "username": "mina"},
                "text": "/start UA-26",
                "entities": [{"offset": 0, "length": 6, "type": "bot_command"}],
            }
        }
    ]


async def test_edits_forwards_stickers_and_files(call: Any, mina: Person) -> None:
    first = await mina.says("Hello")
    await mina.edits(first, "Hello again")
    await mina.forwards("A rumour")
    await mina.sends_sticker()
    await mina.sends_document(b"name,age\n", "list.csv", caption="The list")
    await mina.sends_photo(b"\xff\xd8\xff")
    got = await updates(call)
    assert [next(iter(update)) for update in got] == ["message", "edited_message"] + ["message"] * 4
    assert got[1]["edited_message"]["text"] == "Hello again"
    assert got[2]["message"]["forward_origin"]["type"] == "hidden_user"
    assert got[3]["message"]["sticker"]["type"] == "regular"
    document = got[4]["message"]["document"]
    assert (document["mime_type"], got[4]["message"]["caption"]) == ("text/csv", "The list")
    assert got[5]["message"]["photo"][0]["file_size"] == 3


async def test_hearing_goes_forward(call: Any, mina: Person) -> None:
    await mina.says("/start")
    for text in ("One", "Two", "Three"):
        await call("sendMessage", chat_id=7, text=text)
    assert (await mina.hears("Two")).text == "Two"
    assert (await mina.hears(lambda message: message.text.startswith("T"))).text == "Three"
    with pytest.raises(TimeoutError, match=r"Mina did not hear 'One' within 0.05 s, but nothing"):
        await mina.hears("One", within=0.05)
    await call("sendMessage", chat_id=7, text="Four")
    with pytest.raises(TimeoutError, match=r"but \['Four'\]"):
        await mina.hears("One", within=0.05)
    with pytest.raises(ImpossibleError, match="silence was expected, but Mina heard 'Four'"):
        await mina.hears_nothing(within=0.05)
    await mina.hears_nothing(within=0.05)
    assert [message.text for message in mina.messages] == ["One", "Two", "Three", "Four"]


async def test_hearing_waits_for_what_is_to_come(call: Any, mina: Person) -> None:
    await mina.says("/start")
    waiting = asyncio.ensure_future(mina.hears("later"))
    await call("sendMessage", chat_id=7, text="See you later")
    assert (await waiting).text == "See you later"


async def test_taps(call: Any, mina: Person) -> None:
    await mina.says("/start")
    await call("sendMessage", chat_id=7, text="Old", reply_markup=GO)
    await call("sendMessage", chat_id=7, text="New", reply_markup=GO)
    await updates(call)
    old, new = mina.messages
    await mina.taps("Go on")
    await mina.taps("Go", message=old)
    await mina.taps(lambda button: button.copied is not None)
    assert mina.clipboard == "ABC"
    taps = [update["callback_query"] for update in await updates(call)]
    assert [(tap["data"], tap["message"]["message_id"]) for tap in taps] == [
        ("go", new.message_id),
        ("go", old.message_id),
    ]
    assert len({tap["id"] for tap in taps}) == 2
    with pytest.raises(ImpossibleError, match=r"no button 'Stop' to tap; there are \[\['Go on', 'Copy'\]"):
        await mina.taps("Stop")


async def test_links(call: Any, emulator: Emulator, mina: Person) -> None:
    await mina.says("/start")
    rows = [
        [{"text": "Follow", "url": f"https://t.me/{emulator.username}?start=case_7"}],
        [{"text": "Read", "url": "https://example.org"}],
        [{"text": "Too much", "url": f"https://t.me/{emulator.username}?start=case:7"}],
    ]
    await call("sendMessage", chat_id=7, text="Links", reply_markup={"inline_keyboard": rows})
    await updates(call)
    await mina.taps("Follow")
    (update,) = await updates(call)
    assert update["message"]["text"] == "/start case_7"
    with pytest.raises(ImpossibleError, match=r"'Read' leads out of the chat: https://example.org/"):
        await mina.taps("Read")
    with pytest.raises(ImpossibleError, match="Telegram drops the payload 'case:7'"):
        await mina.taps("Too much")


async def test_reply_keyboards_write_their_labels(call: Any, mina: Person) -> None:
    await mina.says("/start")
    await call("sendMessage", chat_id=7, text="Where?", reply_markup={"keyboard": [["Iran", "Texas"]]})
    await updates(call)
    await mina.taps("Texas")
    (update,) = await updates(call)
    assert update["message"]["text"] == "Texas"


async def test_blocking(call: Any, mina: Person) -> None:
    await mina.says("/start")
    await updates(call)
    await mina.blocks()
    await mina.blocks()
    (update,) = await updates(call)
    changed = update["my_chat_member"]
    assert changed["chat"]["type"] == "private"
    assert changed["from"]["id"] == 7
    assert changed["old_chat_member"]["status"] == "member"
    assert changed["new_chat_member"]["status"] == "kicked"
    with pytest.raises(ImpossibleError, match="Mina has blocked the bot"):
        await mina.says("Hello")
    await mina.unblocks()
    (update,) = await updates(call)
    assert update["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert (await call("sendMessage", chat_id=7, text="Welcome back")).status_code == 200


async def test_what_the_bot_sees_of_a_group(
    call: Any, emulator: Emulator, mina: Person, group: Group
) -> None:
    joined, welcomed = await updates(call)
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert welcomed["message"]["new_chat_members"][0]["id"] == emulator.bot_id
    answer = await call("sendMessage", chat_id=group.id, text="Hello all")
    await mina.says("private matters", chat=group)
    await mina.says("/start@another_bot", chat=group)
    await mina.says("/start", chat=group)
    await mina.says(f"/start@{emulator.username}", chat=group)
    said = await mina.hears("Hello all", chat=group)
    assert said.message_id == answer.json()["result"]["message_id"]
    await mina.says("a reply", chat=group, reply_to=said)
    texts = [update["message"]["text"] for update in await updates(call)]
    assert texts == ["/start", f"/start@{emulator.username}", "a reply"]
    await group.promotes_bot(by=mina)
    await mina.says("private matters", chat=group)
    assert [next(iter(update)) for update in await updates(call)] == ["my_chat_member", "message"]


async def test_an_anonymous_administrator(call: Any, emulator: Emulator, mina: Person, group: Group) -> None:
    await updates(call)
    await mina.says("/settings", chat=group, anonymously=True)
    (update,) = await updates(call)
    assert update["message"]["from"] == {
        "id": 1087968824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }
    assert update["message"]["sender_chat"] == update["message"]["chat"]
    reza = emulator.person(8, first_name="Reza")
    await group.joins(reza)
    with pytest.raises(ImpossibleError, match="Reza is no administrator"):
        await reza.says("/settings", chat=group, anonymously=True)
    await group.leaves(reza)
    with pytest.raises(ImpossibleError, match="Reza is not in 'Family'"):
        await reza.says("/settings", chat=group)


async def test_removal_and_migration(call: Any, emulator: Emulator, mina: Person, group: Group) -> None:
    await updates(call)
    await group.removes_bot(by=mina)
    (update,) = await updates(call)
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    basic = emulator.group(-500, "Friends", members=[mina])
    await basic.adds_bot(by=mina)
    await updates(call)
    moved = await basic.migrates_to(-1009000000001)
    old, new = (update["message"] for update in await updates(call))
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (-500, moved.id)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (moved.id, -500)
    answer = await call("sendMessage", chat_id=-500, text="Hello")
    assert answer.json() == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": moved.id},
    }
    await mina.says("/start", chat=emulator.group(moved.id))
    assert [update["message"]["text"] for update in await updates(call)] == ["/start"]


async def test_faults_meet_the_calls_that_fit(call: Any, emulator: Emulator) -> None:
    for person in (7, 8):
        emulator.person(person, started=True)
    emulator.script(
        Fault.refusal(400, "Bad Request: no", method="sendMessage", chat_id=8, times=2, skip=1),
        Fault.delay(0.05, method="getMe"),
    )
    codes = [(await call("sendMessage", chat_id=at, text="Hello")).status_code for at in (7, 8, 7, 8, 8, 8)]
    assert codes == [200, 200, 200, 400, 400, 200]
    before = asyncio.get_running_loop().time()
    assert (await call("getMe")).status_code == 200
    assert asyncio.get_running_loop().time() - before >= 0.05
    assert emulator.faults == []
    emulator.script(Fault.refusal(403, "Forbidden: no", times=None))
    assert [(await call("getMe")).status_code for _ in range(3)] == [403] * 3
    emulator.clear_faults()
    assert (await call("getMe")).status_code == 200
