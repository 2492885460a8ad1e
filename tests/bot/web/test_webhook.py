"""Calls over real sockets, as Telegram and as others make them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from telegram import Bot

from alerts.seal import Sealer
from bot.emulator import Emulator, Fault
from bot.web import webhook
from bot.web.serving import serving
from bot.web.webhook import MOST_BYTES, SECRET_HEADER, path_of, register, webhook_app
from tests.bot.inbox.bodies import message

SECRET = "a-secret-of-the-tests-that-is-long-enough"
PATH = "0123456789abcdef"
TOKEN = "1234567:token-of-the-tests-that-opens-nothing-0"


@dataclass
class Kept:
    bodies: list[dict[str, Any]] = field(default_factory=list)
    is_full: bool = False
    error: Exception | None = None

    async def keep(self, bodies: list[dict[str, Any]]) -> None:
        if self.error is not None:
            raise self.error
        self.bodies += bodies


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def base(kept: Kept) -> AsyncIterator[str]:
    app = webhook_app(kept.keep, lambda: kept.is_full, PATH, SECRET)
    async with serving(app, "127.0.0.1:0", "[web] listen") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


def content(update_id: int = 1) -> bytes:
    return json.dumps(message(update_id, "/stop")).encode()


async def call(
    client: httpx.AsyncClient, url: str, body: bytes | None = None, **headers: str
) -> httpx.Response:
    shown = {SECRET_HEADER: SECRET, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await client.post(url, content=content() if body is None else body, headers=shown)


@pytest.mark.parametrize("before", ["", "/bot", "/some/where"])
async def test_an_update_is_kept_and_then_answered(
    base: str, client: httpx.AsyncClient, kept: Kept, before: str
):
    answer = await call(client, f"{base}{before}/{PATH}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert kept.bodies == [message(1, "/stop")]


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], SECRET + "x", SECRET.upper(), "\xe9"])
async def test_who_does_not_know_the_secret_is_told_nothing(
    base: str, client: httpx.AsyncClient, kept: Kept, secret: str
):
    answer = await client.post(
        f"{base}/{PATH}", content=content(), headers=[(SECRET_HEADER.encode(), secret.encode("latin-1"))]
    )
    assert (answer.status_code, answer.content, kept.bodies) == (404, b"", [])


async def test_no_secret_at_all_is_no_secret(base: str, client: httpx.AsyncClient, kept: Kept):
    answer = await client.post(f"{base}/{PATH}", content=content())
    assert (answer.status_code, kept.bodies) == (404, [])


@pytest.mark.parametrize("path", ["", "webhook", PATH + "0", PATH[:-1], f"{PATH}/more", "%00"])
async def test_who_does_not_know_the_way_is_told_nothing(
    base: str, client: httpx.AsyncClient, kept: Kept, path: str
):
    answer = await call(client, f"{base}/{path}")
    assert (answer.status_code, answer.content, kept.bodies) == (404, b"", [])


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS", "DELETE"])
async def test_nothing_can_be_fetched(base: str, client: httpx.AsyncClient, method: str):
    assert (await client.request(method, f"{base}/{PATH}")).status_code == 405


async def test_a_body_that_says_it_is_too_long_is_not_read(base: str, kept: Kept):
    reader, writer = await _open(base)
    writer.write(_head(f"Content-Length: {MOST_BYTES + 1}"))
    await writer.drain()  # and not one byte of it is sent
    assert (await reader.readline()).split()[1] == b"413"
    writer.close()
    await writer.wait_closed()
    assert kept.bodies == []


async def test_a_body_that_goes_on_and_on_is_cut_off(base: str, kept: Kept):
    reader, writer = await _open(base)
    writer.write(_head("Transfer-Encoding: chunked"))
    piece = b"1000\r\n" + b" " * 4096 + b"\r\n"
    for _ in range(MOST_BYTES // 4096 + 1):
        writer.write(piece)
    await writer.drain()
    assert (await reader.readline()).split()[1] == b"413"
    writer.close()
    await writer.wait_closed()
    assert kept.bodies == []


async def test_a_body_of_just_that_size_is_taken(base: str, client: httpx.AsyncClient, kept: Kept):
    body = content().ljust(MOST_BYTES)
    assert (await call(client, f"{base}/{PATH}", body)).status_code == 200
    assert len(kept.bodies) == 1


async def test_a_body_that_never_comes_is_not_waited_for(
    base: str, kept: Kept, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook, "_READING_SECONDS", 0.05)
    reader, writer = await _open(base)
    writer.write(_head("Content-Length: 100"))
    assert (await reader.readline()).split()[1] == b"408"
    writer.close()
    await writer.wait_closed()
    assert kept.bodies == []


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"7", b"{", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_update_is_refused(base: str, client: httpx.AsyncClient, kept: Kept, body: bytes):
    assert (await call(client, f"{base}/{PATH}", body)).status_code == 400
    kept.error = ValueError("no update_id")
    assert (await call(client, f"{base}/{PATH}", b"{}")).status_code == 400
    assert kept.bodies == []


@pytest.mark.parametrize("length", ["-1", "1e9", "\xb2"])
async def test_a_length_that_is_none_is_refused(base: str, kept: Kept, length: str):
    reader, writer = await _open(base)
    writer.write(_head(f"Content-Length: {length}"))
    assert (await reader.readline()).split()[1] in {b"400", b"413"}
    writer.close()
    await writer.wait_closed()
    assert kept.bodies == []


async def test_what_cannot_be_stored_now_comes_again_and_is_not_in_the_log(
    base: str, client: httpx.AsyncClient, kept: Kept, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    kept.error = OperationalError("INSERT", {"body": "a word to look for"}, Exception("database is locked"))
    body = json.dumps(message(1, "a word to look for", 731_905_446)).encode()
    assert (await call(client, f"{base}/{PATH}", body)).status_code == 503
    kept.error = None
    assert (await call(client, f"{base}/{PATH}", body)).status_code == 200
    ours = " ".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("bot", "uvicorn"))
    )
    assert "could not be stored (OperationalError)" in ours
    assert [word for word in ("a word", "731905446", SECRET, PATH) if word in ours] == []


async def test_when_it_is_full_the_rest_waits_at_telegram(base: str, client: httpx.AsyncClient, kept: Kept):
    kept.is_full = True
    assert (await call(client, f"{base}/{PATH}")).status_code == 503
    assert kept.bodies == []


async def test_telegram_is_told_where_to_call_until_it_has_understood(sealer: Sealer):
    async with Emulator.running(TOKEN) as emulator, Bot(TOKEN, base_url=f"{emulator.base_url}/bot") as bot:
        emulator.script(Fault.flood(0, method="setWebhook"))
        path = path_of(sealer)
        await register(bot, "https://bot.example/hooks/", path, SECRET, ["message", "callback_query"])
        params = [request.params for request in emulator.requests("setWebhook")][-1]
    assert len(path) == 32
    assert path != path_of(Sealer(bytes(64)))
    assert params["url"] == f"https://bot.example/hooks/{path}"
    assert params["secret_token"] == SECRET


def _head(*lines: str) -> bytes:
    all_lines = [f"POST /{PATH} HTTP/1.1", "Host: x", f"{SECRET_HEADER}: {SECRET}", *lines]
    return ("\r\n".join(all_lines) + "\r\n\r\n").encode("latin-1")


async def _open(base: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
