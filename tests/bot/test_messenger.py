"""Deliveries through Telegram: from what is raised to an outcome, and from an envelope to what a chat shows.

What servers and networks do to a request is tests/bot/test_error_table.py.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from telegram import Bot, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from alerts.render.message import Button, Entity, Message
from bot import messenger as under_test
from bot.emulator import Emulator
from bot.messenger import TelegramMessenger, as_markup, as_parameters
from bot.outcomes import outcome_of
from bot.transport import BulkBot, NeverLeft, Unanswered, open_bulk_bot
from subscribers.delivery import Envelope, Operation, Outcome, OutcomeKind
from tests.bot.raw_server import SENT, RawServer, answers

READER = 5001
NOT_JSON = TelegramError("Invalid server response")
TOKEN = "7001:the-token-of-a-bot-that-is-not-there"


def raised(error: TelegramError, cause: BaseException | None = None) -> TelegramError:
    error.__cause__ = cause
    return error


def not_sent(reason: str = "not_connected") -> Outcome:
    return Outcome(OutcomeKind.NOT_SENT, reason=reason)


def ambiguous(reason: str = "no_clear_answer") -> Outcome:
    return Outcome(OutcomeKind.AMBIGUOUS, reason=reason)


def gone(reason: str) -> Outcome:
    return Outcome(OutcomeKind.GONE, reason=reason)


def wait(seconds: int) -> Outcome:
    return Outcome(OutcomeKind.WAIT, wait=timedelta(seconds=seconds), reason="too_many_requests")


TABLE = [
    # certainly not sent
    (raised(NetworkError("httpx.ConnectError: "), httpx.ConnectError("refused")), not_sent()),
    (raised(TimedOut(), httpx.ConnectTimeout("late")), not_sent()),
    (raised(TimedOut("Pool timeout: …"), httpx.PoolTimeout("full")), not_sent()),
    (raised(NetworkError("aiohttp.ClientConnectorError"), NeverLeft("ClientConnectorError")), not_sent()),
    (raised(TimedOut("ConnectionTimeoutError"), NeverLeft("ConnectionTimeoutError")), not_sent()),
    # refused, wait
    (RetryAfter(7), wait(7)),
    (RetryAfter(timedelta(seconds=9)), wait(9)),
    (NetworkError("Too Many Requests (429)"), wait(5)),
    (raised(NetworkError("Too Many Requests (429). Parsing the server response …"), NOT_JSON), wait(5)),
    # refused, final
    (Forbidden("Forbidden: bot was blocked by the user"), gone("blocked")),
    (Forbidden("Forbidden: user is deactivated"), gone("deactivated")),
    (Forbidden("Forbidden: bot was kicked from the supergroup chat"), gone("kicked")),
    (Forbidden("Forbidden: bot can't initiate conversation with a user"), gone("initiate")),
    (Forbidden("Forbidden: something new"), gone("forbidden")),
    (BadRequest("Chat not found"), gone("chat_not_found")),
    (BadRequest("not enough rights to send text messages to the chat"), gone("chat_not_found")),
    (BadRequest("Chat_write_forbidden"), gone("chat_not_found")),
    # wrong content
    (BadRequest("Can't parse entities"), Outcome(OutcomeKind.BAD_CONTENT, reason="bad_request")),
    (NetworkError("Request Entity Too Large (413)"), Outcome(OutcomeKind.BAD_CONTENT, reason="too_large")),
    (NetworkError("Content Too Large (413)"), Outcome(OutcomeKind.BAD_CONTENT, reason="too_large")),
    # already as it should be
    (BadRequest("Message is not modified"), Outcome(OutcomeKind.SENT, reason="already_so")),
    (BadRequest("Message to edit not found"), Outcome(OutcomeKind.SENT, reason="already_so")),
    (BadRequest("Message_id_invalid"), Outcome(OutcomeKind.SENT, reason="already_so")),
    (BadRequest("Message can't be deleted for everyone"), Outcome(OutcomeKind.SENT, reason="already_so")),
    # moved
    (ChatMigrated(-1001), Outcome(OutcomeKind.MOVED, new_chat=-1001, reason="migrated")),
    # ambiguous
    (raised(TimedOut(), httpx.ReadTimeout("late")), ambiguous("timed_out")),
    (raised(TimedOut(), httpx.WriteTimeout("late")), ambiguous("timed_out")),
    (raised(NetworkError("httpx.ReadError: "), httpx.ReadError("cut")), ambiguous()),
    (raised(NetworkError("httpx.RemoteProtocolError: "), httpx.RemoteProtocolError("cut")), ambiguous()),
    (raised(TimedOut("TimeoutError"), Unanswered("TimeoutError")), ambiguous("timed_out")),
    (raised(NetworkError("aiohttp.ClientOSError"), Unanswered("ClientOSError")), ambiguous()),
    (NetworkError("Bad Gateway (502)"), ambiguous()),
    (NetworkError("Internal Server Error (500)"), ambiguous()),
    (TelegramError("Invalid server response"), ambiguous()),
    # answered by something that is not Telegram: marks nobody, halts nothing
    (raised(Forbidden("Forbidden (403). Parsing the server response …"), NOT_JSON), ambiguous()),
    (raised(InvalidToken("Not Found (404). Parsing the server response …"), NOT_JSON), ambiguous()),
    (raised(BadRequest("Bad Request (400). Parsing the server response …"), NOT_JSON), ambiguous()),
    (raised(EndPointNotFound("…"), raised(InvalidToken("Not Found (404). …"), NOT_JSON)), ambiguous()),
    # stop everything
    (
        raised(EndPointNotFound("…"), InvalidToken("Not Found")),
        Outcome(OutcomeKind.HALT, reason="invalidtoken"),
    ),
    (
        raised(InvalidToken("…"), InvalidToken("Unauthorized")),
        Outcome(OutcomeKind.HALT, reason="invalidtoken"),
    ),
    (InvalidToken("Unauthorized"), Outcome(OutcomeKind.HALT, reason="invalidtoken")),
    (Conflict("terminated by other getUpdates request"), Outcome(OutcomeKind.HALT, reason="conflict")),
]


@pytest.mark.parametrize(("error", "outcome"), TABLE, ids=lambda one: type(one).__name__)
def test_what_an_error_means(error: TelegramError, outcome: Outcome):
    assert outcome_of(error) == outcome


def test_every_error_of_the_library_is_in_the_table():
    def classes(base: type[TelegramError]) -> set[type[TelegramError]]:
        return {base}.union(*(classes(one) for one in base.__subclasses__()))

    there = {type(error) for error, _ in TABLE}
    sending = {one for one in classes(TelegramError) if one.__module__ == "telegram.error"}
    never_from_sending = {"PassportDecryptionError"}
    assert {one.__name__ for one in sending - there} == never_from_sending


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running() as emulator:
        emulator.person(READER, started=True)
        yield emulator


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[BulkBot]:
    async with open_bulk_bot(emulator.token, emulator.base_url, 4, timedelta(seconds=3)) as bot:
        yield bot


@pytest.fixture
async def messenger(bot: BulkBot) -> TelegramMessenger:
    return TelegramMessenger(bot)


def envelope(
    operation: Operation = Operation.SEND, reply_to: int | None = None, chat: int = READER
) -> Envelope:
    message = Message(
        "Arman may be executed", (Entity("bold", 0, 5),), ((Button("Details", data="case:1"),),), silent=True
    )
    return Envelope(1, 1, operation, 1, chat, message, reply_to, 1, is_alert=True)


async def test_a_person_who_blocked_a_stranger_and_one_who_is_gone(
    messenger: TelegramMessenger, emulator: Emulator
):
    await emulator.person(READER).blocks()
    emulator.person(5002)
    emulator.person(5003, started=True).chat.deactivated = True
    done = [await messenger.perform(envelope(chat=chat)) for chat in (READER, 5002, 5003, 5999)]
    assert done == [gone("blocked"), gone("initiate"), gone("deactivated"), gone("chat_not_found")]


async def test_a_group_that_silenced_us(messenger: TelegramMessenger, emulator: Emulator):
    host = emulator.person(5005, started=True)
    group = emulator.group(-1001000000077, admins=[host])
    await group.adds_bot(by=host)
    await group.mutes()
    assert await messenger.perform(envelope(chat=group.id)) == gone("chat_not_found")


async def test_each_operation(messenger: TelegramMessenger, emulator: Emulator):
    sent = await messenger.perform(envelope())
    assert sent.kind is OutcomeKind.SENT
    (message,) = emulator.sent_to(READER)
    assert (message.text, message.silent, message.labels) == ("Arman may be executed", True, ["Details"])
    assert sent.message_id == message.message_id
    for operation in (
        Operation.EDIT,
        Operation.UNBUTTON,
        Operation.UNBUTTON,
        Operation.DELETE,
        Operation.DELETE,
    ):
        done = await messenger.perform(envelope(operation, reply_to=message.message_id))
        assert done.kind is OutcomeKind.SENT, operation
    assert [one.deleted for one in emulator.sent_to(READER)] == [True]


WORDS = Message(
    "آرمان may be executed",
    (
        Entity("bold", 0, 5),
        Entity("text_link", 6, 3, start="c1"),
        Entity("text_link", 6, 3, url="https://x.example"),
    ),
    (
        (Button("Details", data="case:1"), Button("Act", start="a1")),
        (Button("Copy", copy="a@b.example"), Button("Sign", url="https://x.example/s")),
    ),
)
PLAIN = Message("Nothing to press")


@pytest.fixture
async def wire() -> AsyncIterator[RawServer]:
    async with RawServer.running(answers("200 OK", SENT)) as server:
        yield server


@pytest.fixture
async def pair(wire: RawServer) -> AsyncIterator[tuple[BulkBot, Bot]]:
    """Our bot and the library's, of one name, on one server."""
    who = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
    wire.script = answers("200 OK", {"ok": True, "result": who}, "Connection: close")
    requests = [HTTPXRequest(httpx_kwargs={"trust_env": False}) for _ in range(2)]
    theirs = Bot(TOKEN, base_url=f"{wire.url()}/bot", request=requests[0], get_updates_request=requests[1])
    async with open_bulk_bot(TOKEN, wire.url(), 4) as ours, theirs:
        wire.requests.clear()
        wire.script = answers("200 OK", SENT)
        yield ours, theirs


def called(server: RawServer, number: int) -> tuple[str, dict[str, Any]]:
    """The method and the parameters of a call, as Telegram reads them: JSON or a form with JSON in it."""
    head, body = server.requests[number]
    if b"application/json" in head:
        given = json.loads(body)
    else:
        given = {name: _read(value) for name, value in parse_qsl(body.decode(), strict_parsing=True)}
    return head.decode().split(" ")[1].rpartition("/")[2].lower(), given  # in any letters, says Telegram


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


@pytest.mark.parametrize("message", [WORDS, PLAIN], ids=["all there is", "plain"])
@pytest.mark.parametrize("is_silent", [True, False], ids=["silent", "loud"])
@pytest.mark.parametrize("is_protected", [True, False], ids=["protected", "open"])
@pytest.mark.parametrize("reply_to", [12, None])
async def test_a_delivery_says_what_the_library_would(
    wire: RawServer,
    pair: tuple[BulkBot, Bot],
    message: Message,
    *,
    is_silent: bool,
    is_protected: bool,
    reply_to: int | None,
):
    bulk, library = pair
    message = replace(message, silent=is_silent, protected=is_protected)
    sent = await TelegramMessenger(bulk).perform(replace(envelope(reply_to=reply_to), message=message))
    assert sent == Outcome(OutcomeKind.SENT, message_id=77)
    await library.send_message(
        READER,
        disable_notification=is_silent,
        protect_content=is_protected,
        reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
        **as_parameters(message, "a_bot"),
    )
    (method, ours), (their_method, theirs) = called(wire, 0), called(wire, 1)
    unsaid = {"disable_notification": False, "protect_content": False, "entities": []}
    assert (method, unsaid | ours) == (their_method, unsaid | theirs)


async def test_other_operations_say_what_the_library_would(wire: RawServer, pair: tuple[BulkBot, Bot]):
    bulk, library = pair
    messenger = TelegramMessenger(bulk, paid=True)
    for operation in (Operation.EDIT, Operation.UNBUTTON, Operation.DELETE):
        done = await messenger.perform(replace(envelope(operation, reply_to=12), message=WORDS))
        assert done == Outcome(OutcomeKind.SENT, message_id=12)
    await library.edit_message_text(chat_id=READER, message_id=12, **as_parameters(WORDS, "a_bot"))
    await library.edit_message_reply_markup(READER, 12, reply_markup=as_markup((), "a_bot"))
    await library.delete_message(READER, 12)
    assert [called(wire, number) for number in range(3)] == [called(wire, number) for number in range(3, 6)]


async def test_only_new_messages_are_paid_for(wire: RawServer, pair: tuple[BulkBot, Bot]):
    bulk, _ = pair
    for is_paid in (True, False):
        for operation in Operation:
            await TelegramMessenger(bulk, paid=is_paid).perform(envelope(operation, reply_to=12))
    paid = [called(wire, number)[1].get("allow_paid_broadcast") for number in range(8)]
    assert paid == [True] + [None] * 7


async def test_words_are_serialised_once_for_all_chats(
    wire: RawServer, pair: tuple[BulkBot, Bot], monkeypatch: pytest.MonkeyPatch
):
    made = []

    def counted(message: Message, username: str) -> dict[str, Any]:
        made.append(message.text)
        return as_parameters(message, username)

    monkeypatch.setattr(under_test, "as_parameters", counted)
    messenger = TelegramMessenger(pair[0])
    for chat in (1, 2, 3):
        for message in (WORDS, replace(WORDS, silent=True), PLAIN):
            await messenger.perform(replace(envelope(chat=chat), message=message))
        await messenger.perform(replace(envelope(Operation.EDIT, 12, chat), message=WORDS))
    assert made == [WORDS.text, PLAIN.text]
    assert [body["chat_id"] for body in wire.bodies] == [chat for chat in (1, 2, 3) for _ in range(4)]
    assert [body["text"] for body in wire.bodies] == [WORDS.text, WORDS.text, PLAIN.text, WORDS.text] * 3


@pytest.mark.parametrize("kept", [2, 1_000])
async def test_what_differs_in_anything_is_said_as_it_is(
    wire: RawServer, pair: tuple[BulkBot, Bot], monkeypatch: pytest.MonkeyPatch, kept: int
):
    monkeypatch.setattr(under_test, "_KEPT", kept)
    messenger = TelegramMessenger(pair[0])

    async def say(number: int) -> None:
        text = f"Alert {number}"
        for kind in ("bold", "italic"):
            entities = (Entity(kind, 0, 5),)
            for label in ("Details", "Act"):
                message = Message(text, entities, ((Button(label, data="case:1"),),))
                await messenger.perform(replace(envelope(), message=message))

    for number in range(50):
        await say(number)
    said = [
        (body["text"], body["entities"][0]["type"], body["reply_markup"]["inline_keyboard"][0][0]["text"])
        for body in wire.bodies
    ]
    assert said == [
        (f"Alert {number}", kind, label)
        for number in range(50)
        for kind in ("bold", "italic")
        for label in ("Details", "Act")
    ]
    assert len(messenger._words._kept) == min(kept, 200)


async def test_a_message_at_the_place_in_memory_where_another_was(messenger: TelegramMessenger):
    places = set()
    for number in range(200):
        message = Message(f"Alert {number:04}")
        places.add(id(message))
        assert messenger._words.of(message).startswith(b'{"text":"Alert %04d"' % number)
    assert len(places) < 200, "the place of messages, at least, has been used again"


async def test_text_that_no_encoding_holds_is_for_telegram_to_refuse(messenger: TelegramMessenger):
    outcome = await messenger.perform(replace(envelope(), message=Message("\ud800")))
    assert outcome == Outcome(OutcomeKind.BAD_CONTENT, reason="bad_request")


async def test_a_fault_of_our_own_is_an_outcome_too(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        username = "a_bot"

        async def call(self, *_: object) -> None:
            raise LookupError("a fault of ours")

    outcome = await TelegramMessenger(Broken()).perform(envelope())
    assert (outcome.kind, outcome.reason) == (OutcomeKind.AMBIGUOUS, "fault")
    assert "a fault of ours" in caplog.text


async def test_what_telegram_leaves_out_is_no_fault_of_ours(
    wire: RawServer, pair: tuple[BulkBot, Bot], caplog: pytest.LogCaptureFixture
):
    wire.script = answers("200 OK", {"ok": False, "description": "no"})
    assert await TelegramMessenger(pair[0]).perform(envelope()) == ambiguous()
    assert caplog.messages == []
