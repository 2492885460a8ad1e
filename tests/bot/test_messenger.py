"""The table of delivery.md section 3: from what the library raises, and from what a server really does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from alerts.render.message import Button, Entity, Message
from bot.emulator import Emulator, Fault
from bot.messenger import TelegramMessenger, outcome_of
from subscribers.delivery import Envelope, Operation, Outcome, OutcomeKind

READER = 5001
NOT_JSON = TelegramError("Invalid server response")


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
    # refused, wait
    (RetryAfter(7), wait(7)),
    (RetryAfter(timedelta(seconds=9)), wait(9)),
    (NetworkError("Too Many Requests (429)"), wait(5)),
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
    # already as it should be
    (BadRequest("Message is not modified"), Outcome(OutcomeKind.SENT, reason="already_so")),
    (BadRequest("Message to edit not found"), Outcome(OutcomeKind.SENT, reason="already_so")),
    (BadRequest("Message can't be deleted for everyone"), Outcome(OutcomeKind.SENT, reason="already_so")),
    # moved
    (ChatMigrated(-1001), Outcome(OutcomeKind.MOVED, new_chat=-1001, reason="migrated")),
    # ambiguous
    (raised(TimedOut(), httpx.ReadTimeout("late")), ambiguous("timed_out")),
    (raised(TimedOut(), httpx.WriteTimeout("late")), ambiguous("timed_out")),
    (raised(NetworkError("httpx.ReadError: "), httpx.ReadError("cut")), ambiguous()),
    (raised(NetworkError("httpx.RemoteProtocolError: "), httpx.RemoteProtocolError("cut")), ambiguous()),
    (NetworkError("Bad Gateway (502)"), ambiguous()),
    (NetworkError("Internal Server Error (500)"), ambiguous()),
    (TelegramError("Invalid server response"), ambiguous()),
    # answered by something that is not Telegram: marks nobody, halts nothing
    (raised(Forbidden("Forbidden (403). Parsing the server response …"), NOT_JSON), ambiguous()),
    (raised(InvalidToken("Not Found (404). Parsing the server response …"), NOT_JSON), ambiguous()),
    (raised(BadRequest("Bad Request (400). Parsing the server response …"), NOT_JSON), ambiguous()),
    # stop everything
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
    never_from_sending = {"EndPointNotFound", "PassportDecryptionError"}
    assert {one.__name__ for one in sending - there} == never_from_sending


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running() as emulator:
        emulator.person(READER, started=True)
        yield emulator


@pytest.fixture
async def messenger(emulator: Emulator) -> AsyncIterator[TelegramMessenger]:
    request = HTTPXRequest(read_timeout=0.3, httpx_kwargs={"trust_env": False})
    async with Bot(emulator.token, base_url=f"{emulator.base_url}/bot", request=request) as bot:
        yield TelegramMessenger(bot)


def envelope(
    operation: Operation = Operation.SEND, reply_to: int | None = None, chat: int = READER
) -> Envelope:
    message = Message(
        "Arman may be executed", (Entity("bold", 0, 5),), ((Button("Details", data="case:1"),),), silent=True
    )
    return Envelope(1, 1, operation, 1, chat, message, reply_to, 1, is_alert=True)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault.flood(11), wait(11)),
        (Fault.refusal(429, "Too Many Requests"), wait(5)),
        (Fault.refusal(403, "Forbidden: bot was blocked by the user"), gone("blocked")),
        (Fault.refusal(400, "Bad Request: chat not found"), gone("chat_not_found")),
        (
            Fault.refusal(400, "Bad Request: can't parse entities"),
            Outcome(OutcomeKind.BAD_CONTENT, reason="bad_request"),
        ),
        (
            Fault.refusal(413, "Request Entity Too Large"),
            Outcome(OutcomeKind.BAD_CONTENT, reason="too_large"),
        ),
        (
            Fault(code=400, description="Bad Request: upgraded", parameters={"migrate_to_chat_id": -1009}),
            Outcome(OutcomeKind.MOVED, new_chat=-1009, reason="migrated"),
        ),
        (Fault.silence(), ambiguous("timed_out")),
        (Fault.cut(accepted=False), ambiguous()),
        (Fault.cut(accepted=True), ambiguous()),
        (Fault.bad_gateway(), ambiguous()),
        (Fault.bad_gateway(403), ambiguous()),
        (Fault.bad_gateway(404), ambiguous()),
        (Fault.refusal(500, "Internal Server Error"), ambiguous()),
        (Fault.refusal(200, "not at all"), ambiguous()),
        (Fault.refusal(401, "Unauthorized"), Outcome(OutcomeKind.HALT, reason="invalidtoken")),
        (Fault.refusal(409, "Conflict: another"), Outcome(OutcomeKind.HALT, reason="conflict")),
    ],
    ids=lambda one: one.description or one.effect.name if isinstance(one, Fault) else one.kind.value,
)
async def test_over_a_real_connection(
    messenger: TelegramMessenger, emulator: Emulator, fault: Fault, outcome: Outcome
):
    emulator.script(fault)
    assert await messenger.perform(envelope()) == outcome


async def test_nobody_listens(messenger: TelegramMessenger, emulator: Emulator):
    async with emulator.away():
        assert await messenger.perform(envelope()) == not_sent()


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


async def test_a_fault_of_our_own_is_an_outcome_too(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        username = "a_bot"

        async def send_message(self, *_: object, **__: object) -> None:
            raise LookupError("a fault of ours")

    outcome = await TelegramMessenger(Broken()).perform(envelope())
    assert (outcome.kind, outcome.reason) == (OutcomeKind.AMBIGUOUS, "fault")
    assert "a fault of ours" in caplog.text
