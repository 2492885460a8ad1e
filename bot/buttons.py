"""Callback data, typed: at most 64 bytes, public ids only for readers, a tag bound to one person for moderators.

A moderator's button works for the one it was sent to, on the revision it showed, until it expires (safety.md 15).
The tag is an HMAC, since clients can send data that no button ever held.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from alerts.seal import Sealer

LIMIT: Final = 64
TAG_DIGITS: Final = 12
LASTS: Final = timedelta(minutes=15)
"""A button that decides something: whoever taps it has just read what it is about."""
_LOOKING: Final = timedelta(days=7)
_WRITING: Final = timedelta(days=1)
_LONGER: Final = {
    **dict.fromkeys(("look", "make", "page", "held-keep", "held-gone"), _LOOKING),
    "e-field": _WRITING,
}
"""Buttons that only show something, begin a draft, or settle what nothing else does, still work in the morning."""
_WRITES: Final = "w-"
MODERATORS: Final = "m"
_SEPARATOR: Final = ":"


def reader_data(verb: str, *parts: str) -> str:
    """Data of a reader's button, such as "lang:fa:start"."""
    data = _SEPARATOR.join((verb, *parts))
    assert verb != MODERATORS, "that prefix is the moderators'"
    assert len(data.encode()) <= LIMIT, data
    return data


def read_reader_data(data: str) -> tuple[str, list[str]]:
    """(verb, parts) of a reader's button."""
    verb, *parts = data.split(_SEPARATOR)
    return verb, parts


@dataclass(frozen=True, slots=True)
class Binding:
    """To whom and when a moderator's buttons are handed out."""

    sealer: Sealer
    user: int
    now: datetime

    def bind(self, verb: str, *parts: object) -> str:
        """Callback data for this person only, good for a quarter of an hour; longer where it decides nothing."""
        lasts = _WRITING if verb.startswith(_WRITES) else _LONGER.get(verb, LASTS)
        until = int((self.now + lasts).timestamp())
        plain = _SEPARATOR.join((MODERATORS, verb, *map(str, parts), f"{until:x}"))
        data = f"{plain}{_SEPARATOR}{self._tag(plain)}"
        assert len(data.encode()) <= LIMIT, data
        return data

    def read(self, data: str) -> tuple[str, list[str]] | None:
        """(verb, parts), or None when it was not made for this person, was altered, or is too old."""
        plain, _, tag = data.rpartition(_SEPARATOR)
        if not hmac.compare_digest(tag.encode(), self._tag(plain).encode()):
            return None
        _, verb, *parts, until = plain.split(_SEPARATOR)
        if self.now > datetime.fromtimestamp(int(until, 16), UTC):
            return None
        return verb, parts

    def _tag(self, plain: str) -> str:
        return self.sealer.digest(f"{plain}|{self.user}", "buttons")[:TAG_DIGITS]
