"""Callback data, typed: at most 64 bytes, public ids only for readers, a tag bound to one person for moderators.

A moderator's button works for the one it was sent to, until it expires; one that decides also only under the message
that shows what it decides, and on the revision shown there (safety.md 15). The tag is an HMAC, since clients can
send data that no button ever held. That a decision is taken once follows from state and revision, not from here.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from alerts.alert import Disposition
from alerts.seal import Sealer

LIMIT: Final = 64
TAG_DIGITS: Final = 12
LASTS: Final = timedelta(minutes=15)
"""A button that decides something: whoever taps it has just read what it is about."""
_LOOKING: Final = timedelta(days=7)
_WRITING: Final = timedelta(days=1)
_LONGER: Final = {
    **dict.fromkeys(
        (
            "look",
            "others",
            "make",
            "page",
            "letter-of",
            "held-keep",
            "held-gone",
            "t-look",
            "t-page",
            "t-add",
            "p-look",
        ),
        _LOOKING,
    ),
    **dict.fromkeys(("e-field", "t-change", "t-states", "t-f"), _WRITING),
    **dict.fromkeys(("e-list", "e-mark", "e-said", "e-ask", "e-asked"), _WRITING),
    **dict.fromkeys(("q-more", "q-end", "q-stands", "q-news", "q-none", "a-write", "a-stop"), _LOOKING),
}
"""Buttons that only show something, begin a draft, or settle what nothing else does, still work in the morning."""
DECIDING: Final = frozenset(
    {
        *("approve", "submit", "return", "reject", "edit", "held-keep", "held-gone"),
        *(f"as-{one.value}" for one in Disposition),
        *("e-ask", "e-asked", "e-mark", "e-said"),
        *("join", "part", "a-hold", "a-resume", "a-more", "q-more", "q-end", "q-stands", "q-none"),
        *("p-pause", "p-keep", "p-resume", "p-stop", "p-end"),
        *("t-agree", "t-refuse", "t-check", "t-retire", "t-mark", "t-propose"),
    }
)
"""Verbs whose buttons count only under the very message they were put under: what they decide stands there."""
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
    """To whom, when and under which message a moderator's buttons are handed out.

    `user` is also the private chat they are in. `message` is known only once the message is sent: buttons that
    decide are put under it afterwards.
    """

    sealer: Sealer
    user: int
    now: datetime
    message: int | None = None

    def bind(self, verb: str, *parts: object) -> str:
        """Callback data for this person only, good for a quarter of an hour; longer where it decides nothing."""
        assert verb not in DECIDING or self.message is not None, (
            "send it first, then put the buttons under it"
        )
        lasts = _WRITING if verb.startswith(_WRITES) else _LONGER.get(verb, LASTS)
        until = int((self.now + lasts).timestamp())
        plain = _SEPARATOR.join((MODERATORS, verb, *map(str, parts), f"{until:x}"))
        data = f"{plain}{_SEPARATOR}{self._tag(plain)}"
        assert len(data.encode()) <= LIMIT, data
        return data

    def read(self, data: str) -> tuple[str, list[str]] | None:
        """(verb, parts), or None when it was not made for this person (and message, if it decides), or is too old."""
        plain, _, tag = data.rpartition(_SEPARATOR)
        if not hmac.compare_digest(tag.encode(), self._tag(plain).encode()):
            return None
        _, verb, *parts, until = plain.split(_SEPARATOR)
        if self.now > datetime.fromtimestamp(int(until, 16), UTC):
            return None
        return verb, parts

    def _tag(self, plain: str) -> str:
        verb = plain.split(_SEPARATOR)[1:2]
        place = self.message if DECIDING.intersection(verb) else ""
        return self.sealer.digest(f"{plain}|{self.user}|{place}", "buttons")[:TAG_DIGITS]
