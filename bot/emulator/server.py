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
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.emulator.broken import broken, refusal
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
        self.stopping = asyncio.Event()
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
        self.stopping.clear()
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
        self.stopping.set()
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
            return refusal(error)

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
        if fault is None:
            return await self._answer(method, parameters, chat_id)
        return await self._marred(fault, method, parameters, chat_id)

    async def _marred(
        self, fault: Fault, method: str, parameters: Parameters, chat_id: int | None
    ) -> Response:
        """What a fault leaves of the answer; one that comes after acceptance hides what the call was answered."""
        is_late = fault.effect is Effect.DELAY
        if is_late and not fault.accepted:
            await self._pause(fault.seconds)
        answer: Response = JSONResponse({"ok": True, "result": None})
        if fault.accepted or fault.effect in {Effect.DELAY, Effect.DRIP}:
            answer = await self._answer(method, parameters, chat_id)
        if is_late and fault.accepted:
            await self._pause(fault.seconds)
        if fault.effect is Effect.ANSWER:
            self._record.refuse(method, chat_id, fault.code, fault.description)
            return refusal(fault.error())
        return answer if is_late else broken(self, fault, answer)

    async def _answer(self, method: str, parameters: Parameters, chat_id: int | None) -> Response:
        """The answer as it should be: the call carried out, or refused."""
        try:
            done = await self._carried_out(method, parameters, chat_id)
        except BotApiError as error:
            self._record.refuse(method, chat_id, error.code, error.description)
            return refusal(error)
        return JSONResponse({"ok": True, "result": done.result})

    async def _pause(self, seconds: float) -> None:
        """Wait for that long, or until the server stops."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

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

    def connection_of(self, scope: Scope) -> asyncio.Transport | None:
        """The connection that a request came on; None when it is closed."""
        for connection in list(self._uvicorn.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == scope["client"]:
                return connection.transport
        return None
