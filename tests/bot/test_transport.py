"""The transport for bulk sending: what goes over the wire, what never comes out, and how long anything may take."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta

import pytest
from telegram import InputFile
from telegram.error import InvalidToken, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.transport import BulkBot, BulkRequest, NeverLeft, Unanswered, open_bulk_bot, timeouts
from tests.bot import raw_server
from tests.bot.raw_server import SENT, Line, RawServer, Script, answers, page, refuses, says

TOKEN = "7001:the-token-of-a-bot-that-is-not-there"
LEASE = timedelta(seconds=30)
BODY = b'{"chat_id":5001,"text":"\xd8\xa2\xd8\xb1\xd9\x85\xd8\xa7\xd9\x86"}'
WHO = {"ok": True, "result": {"id": 7001, "is_bot": True, "first_name": "Bot", "username": "a_bot"}}


def request_of(server: RawServer, in_flight: int = 4) -> BulkBot:
    return open_bulk_bot(TOKEN, server.url(), in_flight, LEASE)


async def test_what_goes_over_the_wire():
    async with RawServer.running(answers("200 OK", SENT)) as server:
        bot = request_of(server)
        await bot.request.initialize()
        assert await bot.call("sendmessage", BODY) == SENT["result"]
        await bot.request.shutdown()
    ((head, body),) = server.requests
    first, *headers = head.decode().strip().split("\r\n")
    assert first == f"POST /bot{TOKEN}/sendmessage HTTP/1.1"
    assert sorted(line.split(":")[0] for line in headers) == [
        "Accept",
        "Accept-Encoding",
        "Content-Length",
        "Content-Type",
        "Host",
        "User-Agent",
    ]
    assert "Accept-Encoding: identity" in headers, "no answer is unpacked, so none can be a bomb"
    assert "Content-Type: application/json" in headers
    assert body == BODY, "not a byte is touched"


@pytest.mark.parametrize(
    "name",
    [
        "sendmessage",
        "editmessagetext",
        "editmessagereplymarkup",
        "deletemessage",
    ],
)
async def test_methods_by_name(name: str):
    async with RawServer.running(answers("200 OK", SENT)) as server:
        bot = request_of(server)
        await bot.request.initialize()
        await bot.call(name, BODY)
        await bot.request.shutdown()
    assert [head.split(b" ")[1].decode() for head, _ in server.requests] == [f"/bot{TOKEN}/{name}"]


async def test_it_is_a_bot_of_the_library_too():
    async with (
        RawServer.running(answers("200 OK", WHO, "Connection: close")) as server,
        request_of(server) as bot,
    ):
        assert bot.username == "a_bot"
        server.script = answers("200 OK", SENT)
        sent = await bot.send_message(5001, "Arman", disable_notification=True)
        assert sent.message_id == 77
    assert server.bodies[-1] == {"chat_id": 5001, "text": "Arman", "disable_notification": True}


async def test_files_go_another_way():
    data = RequestData([RequestParameter("photo", None, [InputFile(b"bytes", filename="card.png")])])
    request = BulkRequest(1, LEASE)
    await request.initialize()
    with pytest.raises(TelegramError, match="takes no files"):
        await request.post("http://127.0.0.1:1/sendPhoto", data)
    await request.shutdown()


async def test_connections_are_kept_and_counted():
    together = asyncio.Barrier(3)

    async def script(line: Line) -> None:
        while await line.request():
            await together.wait()
            await line.say(raw_server.head("200 OK", 27) + b'{"ok":true,"result":"done"}')

    async with RawServer.running(script) as server:
        bot = request_of(server, in_flight=3)
        await bot.request.initialize()
        assert await asyncio.gather(*(bot.call("sendmessage", BODY) for _ in range(12))) == ["done"] * 12
        assert (server.connections, len(server.requests)) == (3, 12)
        await bot.request.shutdown()


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used():
    async def script(line: Line) -> None:  # one answer, as if for many, and then the line is dead
        await line.request()
        await line.say(raw_server.head("200 OK", 27) + b'{"ok":true,"result":"done"}')

    async with RawServer.running(script) as server:
        bot = request_of(server)
        await bot.request.initialize()
        for number in range(1, 4):
            assert await bot.call("sendmessage", BODY) == "done"
            assert server.connections == number
            async with asyncio.timeout(10):
                while any(line.is_connected() for line, _ in _idle(bot)):  # noqa: ASYNC110 - no event says it
                    await asyncio.sleep(0)
        await bot.request.shutdown()


def _idle(bot: BulkBot) -> list[tuple[object, float]]:
    pools = bot.request._session.connector._conns.values()
    return [connection for pool in pools for connection in pool]


async def test_a_call_given_up_leaves_its_place_to_others():
    async with RawServer.running(raw_server.is_silent) as server:
        bot = request_of(server, in_flight=1)
        await bot.request.initialize()
        first = asyncio.create_task(bot.call("sendmessage", BODY))
        await server.heard.wait()
        first.cancel()
        await asyncio.wait({first})
        server.script = answers("200 OK", SENT)
        assert await bot.call("sendmessage", BODY) == SENT["result"]
        await bot.request.shutdown()


async def test_nothing_is_sent_twice_or_elsewhere():
    async with RawServer.running(answers("200 OK", SENT)) as elsewhere:
        for script in (
            answers("307 Temporary Redirect", b"", f"Location: {elsewhere.url()}/"),
            answers("308 Permanent Redirect", b"", f"Location: {elsewhere.url()}/"),
            raw_server.closes_after_reading,
            raw_server.resets_after_reading,
        ):
            async with RawServer.running(script) as server:
                bot = request_of(server)
                await bot.request.initialize()
                with pytest.raises(TelegramError):
                    await bot.call("sendmessage", BODY)
                assert len(server.requests) == 1
                await bot.request.shutdown()
        assert elsewhere.connections == 0


async def test_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch):
    async with (
        RawServer.running(answers("200 OK", SENT)) as server,
        RawServer.running(page("200 OK")) as proxy,
    ):
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        bot = request_of(server)
        await bot.request.initialize()
        assert await bot.call("sendmessage", BODY) == SENT["result"]
        await bot.request.shutdown()
        assert (server.connections, proxy.connections) == (1, 0)


SECRETIVE: dict[str, tuple[Script, str]] = {
    "a page that quotes the address": (page("502 Bad Gateway"), "Bad Gateway (502)"),
    "a page instead of Telegram": (page("404 Not Found"), "Endpoint 'sendmessage' not found in Bot API"),
    "a page with 200": (page("200 OK"), "Invalid server response"),
    "not HTTP": (says(b"\x00\x16\x03 hello?\r\n\r\n"), "aiohttp.ClientResponseError"),
    "closed": (raw_server.closes_after_reading, "aiohttp.ServerDisconnectedError"),
    "reset": (raw_server.resets_after_reading, "aiohttp.ClientOSError"),
    "half a body": (
        says(raw_server.head("200 OK", 500) + b'{"ok":true'),
        "aiohttp.ClientPayloadError",
    ),
    "the token is refused": (refuses(401, "Unauthorized"), "Endpoint 'sendmessage' not found in Bot API"),
}


def whole_story(error: BaseException | None) -> Iterator[str]:
    """All that any log or debugger could say of an error, its causes and what was under way."""
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(getattr(error, "__dict__", "")))
        yield from traceback.format_exception(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("name", SECRETIVE)
async def test_the_token_and_the_answer_are_in_no_error(name: str, caplog: pytest.LogCaptureFixture):
    script, begins = SECRETIVE[name]
    caplog.set_level(logging.DEBUG)
    caplog.set_level(
        logging.WARNING, logger="telegram"
    )  # as bot/logs.py has it: at DEBUG it says all it does
    async with RawServer.running(script) as server:
        bot = request_of(server)
        await bot.request.initialize()
        bot._bot_initialized = True
        with pytest.raises(TelegramError) as caught:
            await bot.call("sendmessage", BODY)
        await bot.request.shutdown()
    assert TOKEN in server.requests[0][0].decode(), "the address holds it, so that it could leak"
    assert caught.value.message.startswith(begins)
    told = "\n".join([*whole_story(caught.value), caplog.text])
    assert [word for word in (TOKEN, TOKEN.split(":")[1], "<html>") if word in told] == []


@pytest.mark.parametrize(
    ("scheme", "cause"), [("http", Unanswered), ("https", NeverLeft)], ids=["read", "connect"]
)
async def test_the_token_is_in_no_time_out(scheme: str, cause: type[Exception]):
    async with RawServer.running(raw_server.is_deaf) as server:
        bot = open_bulk_bot(TOKEN, server.url(scheme), 1, timedelta(seconds=0.6))
        await bot.request.initialize()
        with pytest.raises(TelegramError) as caught:
            await bot.call("sendmessage", BODY)
        await bot.request.shutdown()
    assert type(caught.value.__cause__) is cause
    assert TOKEN not in "\n".join(whole_story(caught.value))


async def test_a_refused_token_at_the_start_is_not_printed():
    async with RawServer.running(refuses(401, "Unauthorized")) as server:
        bot = request_of(server)
        with pytest.raises(InvalidToken) as caught:
            await bot.initialize()
        await bot.shutdown()
    assert caught.value.message == "Telegram refuses the token"
    assert TOKEN not in "\n".join(whole_story(caught.value))


def test_the_token_is_in_no_repr():
    bot = open_bulk_bot(TOKEN, "http://127.0.0.1:1", 1, LEASE)
    assert repr(bot) == "BulkBot()"
    assert TOKEN not in repr(bot.request)


@pytest.mark.parametrize(
    ("lease", "total", "connect"), [(1.5, 1.0, 0.5), (9, 6, 3), (30, 20, 10), (600, 20, 10)]
)
def test_all_is_over_before_the_lease_is(lease: float, total: float, connect: float):
    limits = timeouts(timedelta(seconds=lease))
    assert (limits.total, limits.connect) == pytest.approx((total, connect))
    assert BulkRequest(1, timedelta(seconds=lease)).read_timeout == pytest.approx(total)


async def test_answers_are_bytes_of_any_quality():
    assert BulkRequest.parse_json_payload(b'{"text":"\xff"}') == {"text": "\ufffd"}
    assert json.loads(json.dumps(SENT)) == BulkRequest.parse_json_payload(json.dumps(SENT).encode())
    for payload in (b"", b"null", b"[]", b"1", b"<html>", b"[" * 100_000):
        with pytest.raises(TelegramError, match="Invalid server response"):
            BulkRequest.parse_json_payload(payload)
