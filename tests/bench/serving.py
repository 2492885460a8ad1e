"""The load server as the bench holds it: started as a process, told its rules, asked what came."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench.load_server import ARRIVAL

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as the server saw it; `at` in seconds of the machine's monotonic clock."""

    at: float
    chat: int
    status: int
    mark: int


@dataclass(frozen=True, slots=True)
class LoadServer:
    """A running server; `url` is what a bot takes for its base_url, without "/bot"."""

    url: str

    def configure(
        self, *, latency: float = 0.0, per_second: int | None = None, marks: Sequence[str] = ()
    ) -> None:
        """Set the rules and forget what came."""
        asked = {"latency": latency, "per_second": per_second, "marks": list(marks)}
        self._ask("configure", json.dumps(asked).encode())

    def arrivals(self) -> list[Arrival]:
        """Every message since then, in order."""
        return [Arrival(*one) for one in ARRIVAL.iter_unpack(self._ask("arrivals"))]

    def cpu(self) -> float:
        """Seconds of CPU the server has used since then."""
        return float(json.loads(self._ask("cost"))["cpu"])

    def _ask(self, what: str, body: bytes | None = None) -> bytes:
        with _OPENER.open(f"{self.url}/control/{what}", data=body, timeout=60) as answer:
            return answer.read()


@contextmanager
def load_server() -> Iterator[LoadServer]:
    """A server for as long as the block lasts."""
    command = [sys.executable, "-m", "tests.bench.load_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield LoadServer(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.stdin.close()


def fullest_second(moments: Sequence[float]) -> int:
    """The most messages that lie within any one second, borders as the server counts them."""
    return max((place + 1 - bisect_right(moments, at - 1.0) for place, at in enumerate(moments)), default=0)
