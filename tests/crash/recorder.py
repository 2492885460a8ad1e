"""A Telegram of one purpose: writes down every call before it answers, in a process of its own, fast.

Each bot it is told of (`Script`) has a record of its own, one JSON line a call, written straight to the file: whatever
the bot was answered stands there, whoever is killed when. It may break a share of the sendings, and says in the line
how. It holds no rules of Telegram beyond the shape of answers; those are in `bot.emulator`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

NEWS_LIMIT = 100
_USERNAME = "crash_test_bot"
_BAD_GATEWAY = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_FLOOD = {
    "ok": False,
    "error_code": 429,
    "description": "Too Many Requests: retry after 1",
    "parameters": {"retry_after": 1},
}

ACCEPTED = ("cut_after", "gateway_after", "garbage_after", "half_after", "late")
REFUSED = ("cut_before", "gateway_before", "flood")
"""What may befall a sending, by whether it was carried out. All but `flood` may leave the bot in doubt."""

_SHARES = {"flood": 0.1}
"""A refusal stops everybody for a second: it comes a tenth as often as the others."""


@dataclass(frozen=True)
class Script:
    """One bot's Telegram: where calls are written down, the share of sendings that break, updates after n sendings."""

    token: str
    record: Path
    faults: float = 0.0
    seed: int = 0
    updates: tuple[tuple[int, dict[str, Any]], ...] = ()


@dataclass
class _Bot:
    script: Script
    file: int
    chance: random.Random
    sent: int = 0
    acknowledged: int = 0
    waiting: list[asyncio.Event] = field(default_factory=list)

    def write(self, **line: Any) -> None:
        os.write(self.file, json.dumps({"at": time.monotonic(), **line}, ensure_ascii=False).encode() + b"\n")

    def news(self) -> list[dict[str, Any]]:
        return [
            update
            for after, update in self.script.updates
            if after <= self.sent and update["update_id"] >= self.acknowledged
        ]

    def has_sent(self) -> int:
        """One more message; its id."""
        self.sent += 1
        if self.news():
            for event in self.waiting:
                event.set()
        return self.sent


class _Connection(asyncio.Protocol):
    """One keep-alive connection: parses requests one after the other, answers each."""

    def __init__(self, bots: dict[str, _Bot], polls: set[asyncio.Task[None]]) -> None:
        self._bots = bots
        self._polls = polls
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            whole = end + 4 + int(headers.get("content-length", "0"))
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._call(first.split(" ")[1], _parameters(headers.get("content-type", ""), body))

    def _call(self, path: str, parameters: dict[str, Any]) -> None:
        _, bot_and_token, method = path.split("/")
        bot = self._bots[bot_and_token.removeprefix("bot")]
        if method == "getUpdates":
            poll = asyncio.get_running_loop().create_task(self._poll(bot, parameters))
            self._polls.add(poll)
            poll.add_done_callback(self._polls.discard)
            return
        if method.lower() == "sendmessage":  # small letters are all one to Telegram
            self._send(bot, parameters)
            return
        chat = parameters.get("chat_id")
        bot.write(method=method, chat=int(chat) if chat else None, text=parameters.get("text"), accepted=True)
        self._answer({"ok": True, "result": _result(bot, method, parameters)})

    async def _poll(self, bot: _Bot, parameters: dict[str, Any]) -> None:
        offset = int(parameters.get("offset") or 0)
        if offset > bot.acknowledged:
            bot.acknowledged = offset
            bot.write(method="getUpdates", offset=offset, accepted=True)
        if not bot.news():
            event = asyncio.Event()
            bot.waiting.append(event)
            try:
                await asyncio.wait_for(event.wait(), float(parameters.get("timeout") or 0))
            except TimeoutError:
                pass
            finally:
                bot.waiting.remove(event)
        self._answer({"ok": True, "result": bot.news()[:NEWS_LIMIT]})

    def _send(self, bot: _Bot, parameters: dict[str, Any]) -> None:
        fault = ""
        if bot.chance.random() < bot.script.faults:
            kinds = (*ACCEPTED, *REFUSED)
            (fault,) = bot.chance.choices(kinds, [_SHARES.get(kind, 1.0) for kind in kinds])
        accepted = fault not in REFUSED
        message_id = bot.has_sent() if accepted else None
        bot.write(
            method="sendMessage",
            chat=int(parameters["chat_id"]),
            text=parameters["text"],
            reply_to=_replied(parameters),
            message_id=message_id,
            accepted=accepted,
            fault=fault,
        )
        result = {"ok": True, "result": _message(message_id, parameters)}
        self._answer_broken(fault, result) if fault else self._answer(result)

    def _answer_broken(self, fault: str, result: dict[str, Any]) -> None:
        if fault in {"cut_before", "cut_after"}:
            self._transport.abort()
        elif fault in {"gateway_before", "gateway_after"}:
            self._answer_bytes(_BAD_GATEWAY, "502 Bad Gateway", "text/html")
        elif fault == "garbage_after":
            self._answer_bytes(b'}{"ok":', "200 OK", "application/json")
        elif fault == "half_after":
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + b'{"ok": tr')
            self._transport.close()
        elif fault == "flood":
            self._answer(_FLOOD, "429 Too Many Requests")
        else:
            asyncio.get_running_loop().call_later(0.3, self._answer, result)

    def _answer(self, answer: dict[str, Any], status: str = "200 OK") -> None:
        self._answer_bytes(json.dumps(answer).encode(), status, "application/json")

    def _answer_bytes(self, body: bytes, status: str, kind: str) -> None:
        if not self._transport.is_closing():
            head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
            self._transport.write(head.encode() + body)


def _parameters(kind: str, body: bytes) -> dict[str, Any]:
    if kind.startswith("application/json"):
        found = json.loads(body)
        assert isinstance(found, dict)
        return found
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _replied(parameters: dict[str, Any]) -> int | None:
    reply = parameters.get("reply_parameters")
    found = json.loads(reply) if isinstance(reply, str) else reply
    return found["message_id"] if found else None


def _message(message_id: int | None, parameters: dict[str, Any]) -> dict[str, Any]:
    chat = {"id": int(parameters["chat_id"]), "type": "private", "first_name": "Reader"}
    return {
        "message_id": message_id,
        "date": int(time.time()),
        "chat": chat,
        "text": parameters.get("text", ""),
    }


def _result(bot: _Bot, method: str, parameters: dict[str, Any]) -> Any:
    if method == "getMe":
        number = int(bot.script.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Crash test", "username": _USERNAME}
    if method.startswith("editMessage"):
        return _message(int(parameters["message_id"]), parameters)
    return True


async def _serve(orders: Connection) -> None:
    """Listen on loopback and tell the port; then one `Script` after the other until the other side hangs up."""
    loop = asyncio.get_running_loop()
    bots: dict[str, _Bot] = {}
    polls: set[asyncio.Task[None]] = set()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = await loop.create_server(lambda: _Connection(bots, polls), sock=listener, backlog=1024)
    orders.send(listener.getsockname()[1])
    over = asyncio.Event()

    def order() -> None:
        try:
            script = orders.recv()
        except EOFError:
            over.set()
            return
        file = os.open(script.record, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        bots[script.token] = _Bot(script, file, random.Random(script.seed))
        orders.send("known")

    loop.add_reader(orders.fileno(), order)
    await over.wait()
    loop.remove_reader(orders.fileno())
    server.close()


def serve(orders: Connection) -> None:
    """The whole process."""
    asyncio.run(_serve(orders))
