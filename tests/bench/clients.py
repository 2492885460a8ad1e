"""Clients of the bench: processes that do a round when told, and say what it cost them. One at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PEERS = Path(sys.prefix) / "peers"
"""The peers' own environment, made by `make bench`: what they need must not be what we are tested with."""


@dataclass(frozen=True, slots=True)
class Client:
    """A process that answers each line of JSON with one line of JSON."""

    name: str
    process: subprocess.Popen[str]

    def begin(self, **asked: Any) -> None:
        """Let it start a round."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Wait for what it says of its round."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            msg = f"{self.name} ended with {self.process.wait()}"
            raise RuntimeError(msg)
        return json.loads(line)

    def round(self, **asked: Any) -> dict[str, Any]:
        """One round."""
        self.begin(**asked)
        return self.end()


@contextmanager
def client(name: str, *command: str | Path) -> Iterator[Client]:
    """A process for as long as the block lasts."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        try:
            yield Client(name, process)
        finally:
            process.stdin.close()


def peer(name: str, url: str, message: Path) -> Any:
    """One of the peers (see peer.py), in its own environment."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        sys.exit(f"The peers are not there: run `make bench`, which installs them in {PEERS}.")
    return client(name, python, HERE / "peer.py", name, url, message)


def ours(module: str, *arguments: str) -> Any:
    """One of our own processes."""
    return client(module, sys.executable, "-m", f"tests.bench.{module}", *arguments)
