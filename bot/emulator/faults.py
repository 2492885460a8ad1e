"""Faults that a test scripts in advance: flood limits, refusals, slowness, silence, broken connections.

A fault says which calls it meets and what happens to them; carrying it out is up to the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, TypedDict, Unpack

from bot.emulator.errors import BotApiError, too_many_requests


class Effect(Enum):
    """What becomes of the answer to a call that meets a fault; whether it was carried out first is the fault's `accepted`."""

    ANSWER = "an error in Telegram's shape"
    DELAY = "right, but late"
    DRIP = "right, but its bytes come one by one"
    SILENCE = "none, for as long as the client waits"
    CUT = "none: the connection is closed"
    RESET = "none: the connection is reset"
    HALF = "half of the answer, then the connection is closed"
    GARBLE = "a page of HTML"
    NOISE = "200 with bytes that are no JSON"
    DENIAL = "200 with `ok: false`"
    REDIRECT = "302, to somewhere else"


class Which(TypedDict, total=False):
    """Which calls a fault is for, and whether they are carried out all the same."""

    method: str
    chat_id: int
    times: int | None
    skip: int
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The next `times` calls (None: all) that fit, after letting `skip` of them pass, meet this effect."""

    effect: Effect = Effect.ANSWER
    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    skip: int = 0
    accepted: bool = False
    code: int = 400
    description: str = ""
    parameters: dict[str, Any] | None = None
    seconds: float = 0.0

    @classmethod
    def flood(cls, retry_after: int, **which: Unpack[Which]) -> Fault:
        """Answer 429 with a time to wait."""
        error = too_many_requests(retry_after)
        return cls(code=error.code, description=error.description, parameters=error.parameters, **which)

    @classmethod
    def refusal(cls, code: int, description: str, **which: Unpack[Which]) -> Fault:
        """Answer an error of any kind: 400, 403, 5xx, in Telegram's shape."""
        return cls(code=code, description=description, **which)

    @classmethod
    def bad_gateway(cls, code: int = 502, **which: Unpack[Which]) -> Fault:
        """Answer a page of HTML, as a proxy in front of Telegram does."""
        return cls(effect=Effect.GARBLE, code=code, **which)

    @classmethod
    def delay(cls, seconds: float, **which: Unpack[Which]) -> Fault:
        """Wait, before carrying out or (accepted) after it, then answer as always."""
        return cls(effect=Effect.DELAY, seconds=seconds, **which)

    @classmethod
    def drip(cls, seconds: float, **which: Unpack[Which]) -> Fault:
        """Carry out and answer, the bytes of the answer spread over so many seconds."""
        return cls(effect=Effect.DRIP, seconds=seconds, **which)

    @classmethod
    def silence(cls, **which: Unpack[Which]) -> Fault:
        """Let the client wait until it gives up; the call is carried out unless told otherwise."""
        which.setdefault("accepted", True)
        return cls(effect=Effect.SILENCE, **which)

    @classmethod
    def cut(cls, **which: Unpack[Which]) -> Fault:
        """Close the connection without an answer."""
        return cls(effect=Effect.CUT, **which)

    @classmethod
    def broken(cls, effect: Effect, **which: Unpack[Which]) -> Fault:
        """Spoil the answer in a way that needs no more words: reset, half, noise, denial, redirect."""
        return cls(effect=effect, **which)

    def error(self) -> BotApiError:
        """Make the error that it answers with."""
        return BotApiError(self.code, self.description, self.parameters)

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Tell whether it is meant for such a call."""
        if self.method is not None and self.method.lower() != method.lower():
            return False
        return self.chat_id is None or self.chat_id == chat_id


class FaultScript:
    """The faults that are still to come, first scripted first."""

    def __init__(self) -> None:
        self._entries: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        """Script one more."""
        self._entries.append((fault, [0]))

    def clear(self) -> None:
        """Let everything pass again."""
        self._entries.clear()

    @property
    def pending(self) -> list[Fault]:
        """The faults that are not used up."""
        return [fault for fault, _ in self._entries]

    def met_by(self, method: str, chat_id: int | None) -> Fault | None:
        """Take the fault that a call meets, if any. Polling meets only faults that name it."""
        for entry in self._entries:
            fault, met = entry
            if not fault.fits(method, chat_id) or (method == "getUpdates" and fault.method is None):
                continue
            met[0] += 1
            if met[0] <= fault.skip:
                continue
            if fault.times is not None and met[0] >= fault.skip + fault.times:
                self._entries.remove(entry)
            return fault
        return None
