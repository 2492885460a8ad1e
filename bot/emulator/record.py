"""The record of what the bot did: every call that was accepted, and every one that was refused.

Calls are recorded before they are answered, so a crash between the two cannot hide one. `getUpdates` is left out.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A call that the emulator carried out."""

    seq: int
    at: float
    method: str
    chat_id: int | None
    params: dict[str, Any]
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that the emulator answered with an error."""

    at: float
    method: str
    chat_id: int | None
    code: int
    description: str


class Record:
    """Appends to the list that tests read and, when asked to, to a file of JSON lines."""

    def __init__(self, path: Path | None = None) -> None:
        self.requests: list[Request] = []
        self.refusals: list[Refused] = []
        self._file = path.open("a", encoding="utf-8") if path else None

    def accept(
        self, method: str, chat_id: int | None, params: dict[str, Any], message_id: int | None
    ) -> None:
        """Write down a call that is about to be answered."""
        seq = len(self.requests) + 1
        request = Request(seq, time.monotonic(), method, chat_id, params, message_id)
        self.requests.append(request)
        if self._file:
            self._file.write(json.dumps(asdict(request), ensure_ascii=False) + "\n")
            self._file.flush()

    def refuse(self, method: str, chat_id: int | None, code: int, description: str) -> None:
        """Write down a call that is about to be refused."""
        self.refusals.append(Refused(time.monotonic(), method, chat_id, code, description))

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
