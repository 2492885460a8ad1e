"""The HTTP side of the emulator: a loopback server that speaks as api.telegram.org does.

It checks tokens, reads parameters, meets scripted faults, keeps the record and gives files back. What a method does
is in `methods`. It installs no signal handlers, writes no access log and opens no connections of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from http import HTTPStatus

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.emulator.errors import BotApiError, not_found
from bot.emulator.faults import Effect, Fault, FaultScript
from bot.emulator.limits import Limits
from bot.emulator.methods import METHODS, Done
from bot.emulator.methods.delivery import allow
from bot.emulator.parameters import Parameters
from bot.emulator.record import Record
from bot.emulator.world import World

_CALL = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[^/]+)/?")
_FILE = re.compile(r"/file/bot(?P<token>[^/]+)/(?P<path>.+)")
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_LONGEST_TOKEN = 80
_KEEP_ALIVE = 75
_GRACE = 5.0
_POLL = "getUpdates"


class Server:
    """Serves one world to one bot."""

    def __init__(self, world: World, token: str, record: Record, faults: FaultScript) -> None:
        self._world = world
        self._token = token
        self._record = record
        self._faults = faults
        self._stopping = asyncio.Event()
        self.limits: Limits | None = None
        self.port = 0
        methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]
        app = Starlette(routes=[Route("/{path:path}", self._serve, methods=methods)])
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                http="h11",
                log_config=None,
                log_level="warning",
                access_log=False,
                date_header=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE,
            )
        )

    async def start(self, port: int = 0) -> None:
        """Listen on loopback, on a free port unless one is named.

        The steps of `uvicorn.Server.serve` are taken one by one, because `serve` takes over the process's signals.
        """
        # asyncio turns Nagle's algorithm off only for sockets that say they are TCP; with it, a call takes 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        self.port = listener.getsockname()[1]
        self._stopping.clear()
        self._world.updates.open()
        config = self._uvicorn.config
        if not config.loaded:
            config.load()
        self._uvicorn.lifespan = config.lifespan_class(config)
        await self._uvicorn.startup(sockets=[listener])

    async def stop(self) -> None:
        """Answer the polls that wait, drop the calls that are kept waiting, stop listening.

        `uvicorn.Server.shutdown` would do it too, but always sleeps, and every test would pay for that.
        """
        self._stopping.set()
        self._world.updates.close()
        state = self._uvicorn.server_state
        for server in self._uvicorn.servers:
            server.close()
        for connection in list(state.connections):
            connection.shutdown()
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=_GRACE)
        for connection in list(state.connections):
            if isinstance(connection, H11Protocol):
                connection.transport.abort()
        for server in self._uvicorn.servers:
            await server.wait_closed()
        # An aborted connection tells its protocol in the next turn of the loop.
        await asyncio.sleep(0)

    async def _serve(self, request: Request) -> Response:
        try:
            call = _CALL.fullmatch(request.scope["path"])
            if call:
                self._check_token(call["token"])
                return await self._call(request, call["method"])
            download = _FILE.fullmatch(request.scope["path"])
            if download:
                self._check_token(download["token"])
                return self._download(download["path"])
            raise not_found()
        except BotApiError as error:
            return _refusal(error)

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise not_found()
        if token.startswith("0") or len(token) > _LONGEST_TOKEN:
            raise BotApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized: invalid token specified")
        if token != self._token:
            raise BotApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")

    def _download(self, path: str) -> Response:
        stored = self._world.files.at(path)
        if stored is None:
            raise not_found()
        return Response(stored.content, media_type="application/octet-stream")

    async def _call(self, request: Request, called: str) -> Response:
        method = _POLL if called.lower() == _POLL.lower() else METHODS.get(called.lower(), ("", None))[0]
        if not method:
            raise not_found()
        parameters = await Parameters.of(request)
        chat_id = parameters.integer("chat_id") or None
        fault = self._faults.met_by(method, chat_id)
        try:
            if fault is not None and fault.effect is Effect.ANSWER:
                raise fault.error()
            early = await self._before(fault)
            if early is not None:
                return early
            done = await self._carried_out(method, parameters, chat_id)
        except BotApiError as error:
            self._record.refuse(method, chat_id, error.code, error.description)
            return _refusal(error)
        if fault is not None and fault.effect is Effect.SILENCE:
            return _Silence(self)
        if fault is not None and fault.effect is Effect.CUT_AFTER:
            return _Cut(self)
        return JSONResponse({"ok": True, "result": done.result})

    async def _before(self, fault: Fault | None) -> Response | None:
        """Do what a fault does before a call is carried out."""
        if fault is None:
            return None
        if fault.effect is Effect.DELAY:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), fault.seconds)
        elif fault.effect is Effect.CUT_BEFORE:
            return _Cut(self)
        elif fault.effect is Effect.GARBLE:
            phrase = f"{fault.code} {HTTPStatus(fault.code).phrase}"
            page = f"<html><head><title>{phrase}</title></head><body><h1>{phrase}</h1></body></html>"
            return HTMLResponse(page, status_code=fault.code)
        return None

    async def _carried_out(self, method: str, parameters: Parameters, chat_id: int | None) -> Done:
        if method == _POLL:
            return await self._polled(parameters)
        if self.limits is not None and chat_id is not None:
            self.limits.check(method, chat_id)
        _, handler = METHODS[method.lower()]
        done = handler(self._world, parameters)
        # Nothing may come between the deed and the record of it: both or none.
        self._record.accept(method, done.chat_id, parameters.recorded(), done.message_id)
        return done

    async def _polled(self, parameters: Parameters) -> Done:
        allow(self._world, parameters)
        offset, limit = parameters.integer("offset"), parameters.integer("limit", 100)
        return Done(await self._world.updates.poll(offset, limit, parameters.integer("timeout")))

    def cut(self, scope: Scope) -> None:
        """Close the connection of a request at once, as a broken network does."""
        for connection in list(self._uvicorn.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == scope["client"]:
                connection.transport.abort()

    async def until_stopped_or_gone(self, receive: Receive) -> None:
        """Wait until the client hangs up or the server stops."""
        waits = [asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(self._stopping.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


class _Cut(Response):
    """No answer: the connection is closed."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        self._server.cut(scope)
        await _gone(receive)


class _Silence(_Cut):
    """No answer, for as long as the client waits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._server.until_stopped_or_gone(receive)
        await super().__call__(scope, receive, send)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _refusal(error: BotApiError) -> Response:
    retry_after = (error.parameters or {}).get("retry_after")
    headers = None if retry_after is None else {"Retry-After": str(retry_after)}
    return JSONResponse(error.json(), status_code=error.code, headers=headers)
