"""A server that is nothing but sockets: it refuses, resets, stalls, breaks off and babbles as a script tells it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

SENT = {"ok": True, "result": {"message_id": 77, "date": 1, "chat": {"id": 5001, "type": "private"}}}


class Line:
    """One connection, seen from the server."""

    def __init__(self, server: RawServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer

    async def request(self) -> bool:
        """Read and note one whole request; False when there are no more."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return False
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await self._reader.readexactly(int(lengths[0])) if lengths else b""
        self._server.requests.append((head, body))
        self._server.heard.set()
        return True

    async def say(self, what: bytes) -> None:
        self._writer.write(what)
        await self._writer.drain()

    def reset(self) -> None:
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self._writer.transport.abort()

    def stop_reading(self) -> None:
        self._writer.transport.pause_reading()

    async def for_ever(self) -> None:
        """Until the test is over."""
        await self._server.over.wait()


Script = Callable[[Line], Awaitable[None]]


class RawServer:
    """What it heard, and what it does with each connection (`script`, which a test may change)."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[tuple[bytes, bytes]] = []
        self.heard = asyncio.Event()
        self.over = asyncio.Event()
        self.connections = 0
        self.port = 0
        self._busy: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy[task] = writer
        self.connections += 1
        try:
            await self.script(Line(self, reader, writer))
        except ConnectionError:
            pass  # the client has gone, as it may
        finally:
            writer.close()
            del self._busy[task]

    @classmethod
    @asynccontextmanager
    async def running(cls, script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
        raw = cls(script)
        server = await asyncio.start_server(raw._meet, "127.0.0.1", 0, ssl=tls, limit=2**26)
        raw.port = server.sockets[0].getsockname()[1]
        try:
            yield raw
        finally:
            raw.over.set()
            server.close()
            for writer in raw._busy.values():
                writer.transport.abort()
            await asyncio.gather(*raw._busy)


def head(status: str, length: int | None, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answers(status: str, body: bytes | dict[str, Any] | list[Any], *headers: str) -> Script:
    """Answer each request in the same way."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def script(line: Line) -> None:
        while await line.request():
            await line.say(head(status, len(payload), *headers) + payload)

    return script


def refuses(code: int, description: str, **parameters: Any) -> Script:
    """Answer an error in Telegram's shape."""
    body = {"ok": False, "error_code": code, "description": description}
    return answers(f"{code} Refused", body | ({"parameters": parameters} if parameters else {}))


def page(status: str) -> Script:
    """Answer a page of a stranger's, which quotes the address it was asked for."""

    async def script(line: Line) -> None:
        while await line.request():
            asked = line._server.requests[-1][0].split(b" ")[1]
            body = b"<html>" + asked + b" is not to be had</html>"
            await line.say(head(status, len(body)) + body)

    return script


def says(what: bytes) -> Script:
    """Read one request, say this, and close."""

    async def script(line: Line) -> None:
        await line.request()
        await line.say(what)

    return script


async def accepts(line: Line) -> None:
    await answers("200 OK", SENT)(line)


async def closes_at_once(line: Line) -> None:
    del line


async def resets_at_once(line: Line) -> None:
    line.reset()


async def closes_after_reading(line: Line) -> None:
    await line.request()


async def resets_after_reading(line: Line) -> None:
    await line.request()
    line.reset()


async def resets_in_the_answer(line: Line) -> None:
    await line.request()
    await line.say(head("200 OK", 500) + b'{"ok":true')
    line.reset()


async def is_silent(line: Line) -> None:
    await line.request()
    await line.for_ever()


async def is_deaf(line: Line) -> None:
    line.stop_reading()
    await line.for_ever()


async def drips(line: Line) -> None:
    """Answer so slowly that it never ends, without ever being silent for long."""
    await line.request()
    await line.say(head("200 OK", 1_000_000))
    while True:
        await line.say(b" ")
        await asyncio.sleep(0.02)
