"""The table of delivery.md section 3 over real sockets, for the library's own transport and for ours."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from telegram import Bot, User
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from alerts.fetch import tls
from alerts.render.message import Message
from bot.messenger import TelegramMessenger, send
from bot.outcomes import outcome_of
from bot.transport import open_bulk_bot
from subscribers.delivery import Envelope, Operation, Outcome, OutcomeKind
from tests.bot import raw_server
from tests.bot.raw_server import RawServer, Script, answers, head, page, refuses, says

TOKEN = "7001:the-token-of-a-bot-that-is-not-there"
CHAT = 5001
HASTY, PATIENT = timedelta(seconds=2.4), timedelta(seconds=30)
BOTH = ("library", "bulk")

NOT_SENT = Outcome(OutcomeKind.NOT_SENT, reason="not_connected")
UNCLEAR = Outcome(OutcomeKind.AMBIGUOUS, reason="no_clear_answer")
LATE = Outcome(OutcomeKind.AMBIGUOUS, reason="timed_out")
SENT = Outcome(OutcomeKind.SENT, message_id=77)
TOO_LARGE = Outcome(OutcomeKind.BAD_CONTENT, reason="too_large")


def wait(seconds: int) -> Outcome:
    return Outcome(OutcomeKind.WAIT, wait=timedelta(seconds=seconds), reason="too_many_requests")


def gone(reason: str) -> Outcome:
    return Outcome(OutcomeKind.GONE, reason=reason)


def halt(reason: str) -> Outcome:
    return Outcome(OutcomeKind.HALT, reason=reason)


class Sender:
    """Makes one attempt over one of the two transports."""

    def __init__(self, kind: str, url: str, lease: timedelta, in_flight: int = 4) -> None:
        self.kind = kind
        seconds = min(10.0, lease.total_seconds() / 3)
        if kind == "bulk":
            self.bot: Bot = open_bulk_bot(TOKEN, url, in_flight, lease)
            self._messenger = TelegramMessenger(self.bot)
            return
        first, second = (
            HTTPXRequest(
                connection_pool_size=in_flight,
                read_timeout=seconds,
                write_timeout=seconds,
                connect_timeout=seconds,
                pool_timeout=seconds / 2,
                httpx_kwargs={"trust_env": False, "verify": tls()},
            )
            for _ in range(2)
        )
        self.bot = Bot(TOKEN, base_url=f"{url}/bot", request=first, get_updates_request=second)

    async def attempt(self, text: str = "Arman may be executed") -> Outcome:
        if self.kind == "bulk":
            envelope = Envelope(1, 1, Operation.SEND, 1, CHAT, Message(text), None, 1, is_alert=True)
            return await self._messenger.perform(envelope)
        try:
            return Outcome(OutcomeKind.SENT, message_id=await send(self.bot, CHAT, Message(text)))
        except Exception as error:  # noqa: BLE001 - one of them is not the library's
            return outcome_of(error)


@asynccontextmanager
async def sender(
    kind: str, url: str, lease: timedelta = PATIENT, in_flight: int = 4
) -> AsyncIterator[Sender]:
    """Ready, without asking a server who we are that may not even answer."""
    one = Sender(kind, url, lease, in_flight)
    await one.bot.request.initialize()
    one.bot._bot_user = User(1, "Bot", is_bot=True, username="a_bot")
    one.bot._bot_initialized = True
    try:
        yield one
    finally:
        async with AsyncExitStack() as stack:
            for request in one.bot._request:
                stack.push_async_callback(request.shutdown)


ANSWERS: dict[str, tuple[Script, Outcome]] = {
    "200": (raw_server.accepts, SENT),
    # refused, wait
    "429 of 1 s": (refuses(429, "Too Many Requests: retry after 1", retry_after=1), wait(1)),
    "429 of 30 s": (refuses(429, "Too Many Requests: retry after 30", retry_after=30), wait(30)),
    "429 of an hour": (refuses(429, "Too Many Requests: retry after 3600", retry_after=3600), wait(3600)),
    "429 of 3 hours": (refuses(429, "Too Many Requests: retry after 10801", retry_after=10801), wait(10801)),
    "429 without parameters": (refuses(429, "Too Many Requests"), wait(5)),
    "429 of a stranger": (page("429 Too Many Requests"), wait(5)),
    # refused, final
    "403 blocked": (refuses(403, "Forbidden: bot was blocked by the user"), gone("blocked")),
    "403 deactivated": (refuses(403, "Forbidden: user is deactivated"), gone("deactivated")),
    "403 kicked": (refuses(403, "Forbidden: bot was kicked from the group chat"), gone("kicked")),
    "403 something new": (refuses(403, "Forbidden: something new"), gone("forbidden")),
    "400 no chat": (refuses(400, "Bad Request: chat not found"), gone("chat_not_found")),
    "400 no rights": (
        refuses(400, "Bad Request: not enough rights to send text messages to the chat"),
        gone("chat_not_found"),
    ),
    "400 topic closed": (refuses(400, "Bad Request: TOPIC_CLOSED"), gone("chat_not_found")),
    # wrong content
    "400 entities": (
        refuses(400, "Bad Request: can't parse entities"),
        Outcome(OutcomeKind.BAD_CONTENT, reason="bad_request"),
    ),
    "413": (refuses(413, "Request Entity Too Large"), TOO_LARGE),
    "413 of a stranger": (page("413 Request Entity Too Large"), TOO_LARGE),
    # moved
    "400 migrated": (
        refuses(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009),
        Outcome(OutcomeKind.MOVED, new_chat=-1009, reason="migrated"),
    ),
    # already so
    "400 not modified": (
        refuses(400, "Bad Request: message is not modified"),
        Outcome(OutcomeKind.SENT, reason="already_so"),
    ),
    # stop everything
    "401": (refuses(401, "Unauthorized"), halt("invalidtoken")),
    "404": (refuses(404, "Not Found"), halt("invalidtoken")),
    "409": (refuses(409, "Conflict: terminated by other getUpdates request"), halt("conflict")),
    # ambiguous: somebody between us and Telegram
    "302": (answers("302 Found", b"", "Location: /elsewhere"), UNCLEAR),
    "307": (answers("307 Temporary Redirect", b"", "Location: /elsewhere"), UNCLEAR),
    "400 of a stranger": (page("400 Bad Request"), UNCLEAR),
    "401 of a stranger": (page("401 Unauthorized"), UNCLEAR),
    "403 of a stranger": (page("403 Forbidden"), UNCLEAR),
    "404 of a stranger": (page("404 Not Found"), UNCLEAR),
    "409 of a stranger": (page("409 Conflict"), UNCLEAR),
    "500": (refuses(500, "Internal Server Error"), UNCLEAR),
    "500 of a stranger": (page("500 Internal Server Error"), UNCLEAR),
    "502": (refuses(502, "Bad Gateway"), UNCLEAR),
    "502 of a stranger": (page("502 Bad Gateway"), UNCLEAR),
    "503 of a stranger": (page("503 Service Unavailable"), UNCLEAR),
    "504 of a stranger": (page("504 Gateway Timeout"), UNCLEAR),
    "a status nobody knows": (page("599 Whatever"), UNCLEAR),
    # ambiguous: no clear yes
    "200 ok:false": (answers("200 OK", {"ok": False, "error_code": 400, "description": "no"}), UNCLEAR),
    "200 of a stranger": (page("200 OK"), UNCLEAR),
    "200 without a body": (answers("200 OK", b""), UNCLEAR),
    "204": (says(b"HTTP/1.1 204 No Content\r\n\r\n"), UNCLEAR),
    # ambiguous: the connection breaks
    "closes at once": (raw_server.closes_at_once, UNCLEAR),
    "resets at once": (raw_server.resets_at_once, UNCLEAR),
    "closes after reading": (raw_server.closes_after_reading, UNCLEAR),
    "resets after reading": (raw_server.resets_after_reading, UNCLEAR),
    "resets in the answer": (raw_server.resets_in_the_answer, UNCLEAR),
    "half a head": (says(b"HTTP/1.1 200 OK\r\nContent-Le"), UNCLEAR),
    "half a body": (says(head("200 OK", 500) + b'{"ok":true'), UNCLEAR),
    "half a chunk": (says(head("200 OK", None, "Transfer-Encoding: chunked") + b"ff\r\n{"), UNCLEAR),
    "not HTTP": (says(b"\x00\x16\x03 hello?\r\n\r\n"), UNCLEAR),
    "JSON of a number": (answers("200 OK", b'{"ok":true,'), UNCLEAR),
}
YES = b'{"ok":true,"result":{"message_id":77}}'
OUR_ANSWERS: dict[str, tuple[Script, Outcome]] = {
    "200 with a list": (answers("200 OK", [1, 2]), UNCLEAR),
    "403 with a list": (answers("403 Forbidden", [1, 2]), UNCLEAR),
    "200 nested without end": (answers("200 OK", b"[" * 100_000), UNCLEAR),
    "429 in other words": (refuses(429, "Slow down"), wait(5)),
    "chunked": (
        says(
            head("200 OK", None, "Transfer-Encoding: chunked", "Connection: close")
            + b"26\r\n%b\r\n0\r\n\r\n" % YES
        ),
        SENT,
    ),
    "too large": (answers("200 OK", YES + b" " * 2_000_000), UNCLEAR),
    "without end": (says(head("200 OK", None, "Connection: close") + YES + b" " * 2_000_000), UNCLEAR),
}


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("name", ANSWERS)
async def test_what_a_server_does(kind: str, name: str):
    script, outcome = ANSWERS[name]
    async with RawServer.running(script) as server, sender(kind, server.url()) as one:
        assert await one.attempt() == outcome


@pytest.mark.parametrize("name", OUR_ANSWERS)
async def test_what_a_server_does_to_us(name: str, caplog: pytest.LogCaptureFixture):
    script, outcome = OUR_ANSWERS[name]
    async with RawServer.running(script) as server, sender("bulk", server.url()) as one:
        assert await one.attempt() == outcome
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    ("kind", "script"),
    [
        ("library", raw_server.is_silent),
        ("bulk", raw_server.is_silent),
        ("bulk", raw_server.drips),  # the library's own transport would wait for ever
    ],
    ids=["library, silent", "bulk, silent", "bulk, dripping"],
)
async def test_an_answer_that_does_not_come(kind: str, script: Script):
    async with RawServer.running(script) as server, sender(kind, server.url(), HASTY) as one:
        assert await one.attempt() == LATE


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
@pytest.mark.parametrize("kind", BOTH)
async def test_a_request_that_cannot_be_written(kind: str):
    async with RawServer.running(raw_server.is_deaf) as server, sender(kind, server.url(), HASTY) as one:
        assert await one.attempt("x" * 30_000_000) == LATE


@pytest.mark.parametrize("kind", BOTH)
async def test_nobody_listens(kind: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with sender(kind, f"http://127.0.0.1:{taken.getsockname()[1]}") as one:
            assert await one.attempt() == NOT_SENT


@pytest.mark.parametrize("kind", BOTH)
async def test_no_such_name(kind: str, monkeypatch: pytest.MonkeyPatch):
    def unknown(*arguments: object, **options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with sender(kind, "http://api.example") as one:
        assert await one.attempt() == NOT_SENT


@contextmanager
def full_house() -> Iterator[int]:
    """A port whose queue of connections is full: the next one hangs."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        guests = [socket.socket() for _ in range(3)]
        try:
            for guest in guests:
                guest.setblocking(False)
                guest.connect_ex(door.getsockname())
            yield door.getsockname()[1]
        finally:
            for guest in guests:
                guest.close()


@pytest.mark.parametrize("kind", BOTH)
async def test_a_connection_that_is_not_taken(kind: str):
    with full_house() as port:
        async with sender(kind, f"http://127.0.0.1:{port}", HASTY) as one:
            assert await one.attempt() == NOT_SENT


@pytest.mark.parametrize("kind", BOTH)
async def test_no_free_connection(kind: str):
    async with (
        RawServer.running(raw_server.is_silent) as server,
        sender(kind, server.url(), timedelta(seconds=6), in_flight=1) as one,
    ):
        first = asyncio.create_task(one.attempt())
        await server.heard.wait()
        assert await one.attempt() == NOT_SENT
        assert (first.done(), len(server.requests)) == (False, 1)
        first.cancel()
        await asyncio.wait({first})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1)).add_extension(address, critical=False)
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signed = builder.sign(key, hashes.SHA256())
    path.write_bytes(written + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def with_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("kind", BOTH)
async def test_a_certificate_of_a_stranger(kind: str, with_tls: ssl.SSLContext):
    async with (
        RawServer.running(raw_server.accepts, with_tls) as server,
        sender(kind, server.url("https")) as one,
    ):
        assert await one.attempt() == NOT_SENT
        assert server.requests == []


async def test_a_certificate_of_a_friend(
    certificate: Path, with_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.transport.tls", lambda: ssl.create_default_context(cafile=certificate))
    async with (
        RawServer.running(raw_server.accepts, with_tls) as server,
        sender("bulk", server.url("https")) as one,
    ):
        assert [await one.attempt() for _ in range(3)] == [SENT] * 3
        assert server.connections == 1


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "script",
    [says(b"hello?"), raw_server.closes_at_once, raw_server.resets_at_once, raw_server.is_deaf],
    ids=["babbles", "closes", "resets", "stalls"],
)
async def test_a_handshake_that_fails(kind: str, script: Script):
    async with RawServer.running(script) as server, sender(kind, server.url("https"), HASTY) as one:
        assert await one.attempt() == NOT_SENT


async def test_a_transport_that_is_not_open():
    async with RawServer.running(raw_server.accepts) as server, sender("bulk", server.url()) as one:
        await one.bot.request.shutdown()
        assert await one.attempt() == NOT_SENT
        await one.bot.request.initialize()
        assert await one.attempt() == SENT


def test_a_failure_that_nobody_thought_of_is_ours():
    assert outcome_of(LookupError("what?")) == Outcome(OutcomeKind.AMBIGUOUS, reason="fault")
    assert outcome_of(NetworkError("Unknown error in HTTP implementation")) == UNCLEAR
