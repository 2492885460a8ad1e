"""A Bot API that takes any message, fast: a bare asyncio protocol in a process of its own, so that it is no bottleneck.

It notes when each message came, for which chat, and which of some marks its body bore. Answers may be late, and a
limit may be enforced: at most so many messages in any second, the rest refused with 429. It checks nothing else
and keeps no bodies: how Telegram answers mistakes is the emulator's matter.

Run `python -m tests.bench.load_server`; the first line it prints is its port on 127.0.0.1. `/control/*` is for the
bench: `configure` (JSON in, forgets all arrivals), `arrivals` (packed, see `ARRIVAL`), `cost` (JSON).
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

ARRIVAL: Final = struct.Struct("<dqhb")
"""One message: moment (seconds of this machine's monotonic clock), chat, status answered, mark (0: none, else 1…)."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_CHAT: Final = re.compile(rb'chat_id"?(?:\s*[:=]\s*"?|\r\n(?:[^\r\n]+\r\n)*\r\n)(-?\d+)')
"""In JSON, in a form, or as a part of a multipart body."""
_DATE: Final = 1_700_000_000
_COUNTED: Final = frozenset({"sendmessage", "editmessagetext", "editmessagereplymarkup", "deletemessage"})
"""In small letters: methods are all one to Telegram in any."""
_REFUSED: Final = {
    "ok": False,
    "error_code": 429,
    "description": "Too Many Requests: retry after 1",
    "parameters": {"retry_after": 1},
}
_BOT: Final = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
_LISTS: Final = frozenset({"getMyCommands"})
_POLL_SECONDS: Final = 0.5


@dataclass
class Rules:
    """How to answer. `per_second`: the most messages taken in any second; None: no limit. `latency` in seconds."""

    latency: float = 0.0
    per_second: int | None = None
    marks: tuple[bytes, ...] = ()


@dataclass
class Ledger:
    """What came since the rules were last set."""

    rules: Rules = field(default_factory=Rules)
    arrivals: list[bytes] = field(default_factory=list)
    taken: deque[float] = field(default_factory=deque)
    cpu: float = 0.0

    def reset(self, rules: Rules) -> None:
        self.rules, self.cpu = rules, time.process_time()
        self.arrivals.clear()
        self.taken.clear()

    def take(self, body: bytes) -> tuple[int, dict[str, object]]:
        """Note a message; the status and the answer."""
        now, rules = time.monotonic(), self.rules
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        mark = next((place for place, text in enumerate(rules.marks, start=1) if text in body), 0)
        status = 200 if rules.per_second is None or self._has_room(now, rules.per_second) else 429
        self.arrivals.append(ARRIVAL.pack(now, chat, status, mark))
        if status != 200:
            return status, _REFUSED
        message = {"message_id": len(self.arrivals), "date": _DATE, "chat": {"id": chat, "type": "private"}}
        return 200, {"ok": True, "result": message | {"text": "-"}}

    def _has_room(self, now: float, per_second: int) -> bool:
        taken = self.taken
        while taken and taken[0] <= now - 1.0:
            taken.popleft()
        if len(taken) >= per_second:
            return False
        taken.append(now)
        return True


class Connection(asyncio.Protocol):
    """One client's connection; one request after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._loop = asyncio.get_running_loop()
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (request := self._next()) is not None:
            self._answer(*request)

    def _next(self) -> tuple[str, bytes] | None:
        """The path and body of the next whole request."""
        end = self._unread.find(b"\r\n\r\n")
        if end < 0:
            return None
        head, start = self._unread[:end], end + 4
        if length := _LENGTH.search(head):
            over = start + int(length[1])
        elif _CHUNKED.search(head):
            last = self._unread.find(b"\r\n0\r\n\r\n", end)
            over = last + 7 if last >= 0 else sys.maxsize
        else:
            over = start
        if len(self._unread) < over:
            return None
        body, self._unread = self._unread[start:over], self._unread[over:]
        return head[: head.index(b"\r\n")].split(b" ")[1].decode(), body

    def _answer(self, path: str, body: bytes) -> None:
        ledger, method = self._ledger, path.rsplit("/", 1)[-1]
        if path.startswith("/control/"):
            self._write(200, _control(ledger, method, body))
        elif method.lower() in _COUNTED:
            status, answer = ledger.take(body)
            self._later(ledger.rules.latency, status, answer)
        elif method == "getUpdates":
            self._later(_POLL_SECONDS, 200, {"ok": True, "result": []})
        else:
            result = _BOT if method == "getMe" else [] if method in _LISTS else True
            self._later(ledger.rules.latency, 200, {"ok": True, "result": result})

    def _later(self, latency: float, status: int, answer: dict[str, object]) -> None:
        written = json.dumps(answer).encode()
        if latency:
            self._loop.call_later(latency, self._write, status, written)
        else:
            self._write(status, written)

    def _write(self, status: int, body: bytes) -> None:
        head = b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % (status, len(body)) + body)


def _control(ledger: Ledger, method: str, body: bytes) -> bytes:
    if method == "arrivals":
        return b"".join(ledger.arrivals)
    if method == "cost":
        told = {"cpu": time.process_time() - ledger.cpu, "messages": len(ledger.arrivals)}
        return json.dumps(told).encode()
    asked = json.loads(body)
    marks = tuple(mark.encode() for mark in asked.pop("marks", ()))
    ledger.reset(Rules(**asked, marks=marks))
    return b"{}"


async def serve() -> None:
    """Until the standard input is closed: a server must not outlive its bench."""
    loop, ledger = asyncio.get_running_loop(), Ledger()
    server = await loop.create_server(lambda: Connection(ledger), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
