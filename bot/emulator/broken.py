"""Answers that go wrong on the wire: none, late, half, not Telegram's, or on a connection that breaks.

Whether the call was carried out is none of their concern. Each is a response that Starlette can serve; the server
lends them the connection of the request and tells them when it stops.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

from bot.emulator.errors import BotApiError
from bot.emulator.faults import Effect, Fault

_ELSEWHERE = "https://elsewhere.invalid/"
_NOISE = b'\x00\xff{"ok": tr'
_LINGER_NOT = struct.pack("ii", 1, 0)
_DROPS = 10


class Line(Protocol):
    """What a broken answer needs of the server."""

    stopping: asyncio.Event

    def connection_of(self, scope: Scope) -> asyncio.Transport | None:
        """The connection that a request came on; None when it is closed."""


def refusal(error: BotApiError) -> Response:
    """Render an error as Telegram does."""
    retry_after = (error.parameters or {}).get("retry_after")
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return JSONResponse(error.json(), status_code=error.code, headers=headers)


def broken(line: Line, fault: Fault, answer: Response) -> Response:
    """What a fault makes of an answer."""
    return _MADE[fault.effect](line, fault, answer)


def _page(fault: Fault) -> Response:
    phrase = f"{fault.code} {HTTPStatus(fault.code).phrase}"
    page = f"<html><head><title>{phrase}</title></head><body><h1>{phrase}</h1></body></html>"
    return HTMLResponse(page, status_code=fault.code)


def _denial(fault: Fault) -> Response:
    return JSONResponse({"ok": False, "error_code": fault.code, "description": fault.description})


class _Cut(Response):
    """No answer: the connection is closed, or reset as a broken network does."""

    def __init__(self, line: Line, *, reset: bool = False) -> None:
        super().__init__()
        self._line = line
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        transport = self._line.connection_of(scope)
        if transport is not None:
            if self._reset:
                transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT
                )
            transport.close()
        await _gone(receive)


class _Silence(_Cut):
    """No answer, for as long as the client waits and the server runs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        waits = [asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(self._line.stopping.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        await super().__call__(scope, receive, send)


class _Half(_Cut):
    """The head and half of the body."""

    def __init__(self, line: Line, answer: Response) -> None:
        super().__init__(line)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self._answer.body)
        await send(_head(self._answer))
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await super().__call__(scope, receive, send)


class _Drip(Response):
    """The whole answer, a few bytes at a time; all the rest at once when the server stops."""

    def __init__(self, line: Line, answer: Response, seconds: float) -> None:
        super().__init__()
        self._line = line
        self._answer = answer
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - asks nothing
        body = bytes(self._answer.body)
        await send(_head(self._answer))
        step = -(-len(body) // _DROPS)
        for start in range(0, len(body), step):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._line.stopping.wait(), self._seconds / _DROPS)
            more = start + step < len(body)
            await send({"type": "http.response.body", "body": body[start : start + step], "more_body": more})


def _head(answer: Response) -> Message:
    return {"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


_MADE: dict[Effect, Callable[[Line, Fault, Response], Response]] = {
    Effect.DRIP: lambda line, fault, answer: _Drip(line, answer, fault.seconds),
    Effect.SILENCE: lambda line, _, __: _Silence(line),
    Effect.CUT: lambda line, _, __: _Cut(line),
    Effect.RESET: lambda line, _, __: _Cut(line, reset=True),
    Effect.HALF: lambda line, _, answer: _Half(line, answer),
    Effect.GARBLE: lambda _, fault, __: _page(fault),
    Effect.NOISE: lambda *_: Response(_NOISE, media_type="application/json"),
    Effect.DENIAL: lambda _, fault, __: _denial(fault),
    Effect.REDIRECT: lambda *_: RedirectResponse(_ELSEWHERE, status_code=HTTPStatus.FOUND),
}
