"""Message: what one chat is sent, as plain values. Knows Telegram's units, not Telegram."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

TEXT_UNITS: Final = 4096
"""UTF-16 code units in one message (delivery.md section 1)."""


class Variant(StrEnum):
    """The renderings that are frozen per locale at publication; which one a chat gets is subscribers' matter."""

    NORMAL = "normal"
    SAFE = "safe"  # neutral first line, names under a spoiler, protected
    READ_ONLY = "read_only"  # no sending tools
    PLAIN = "plain"  # for screen readers: no spoilers, no pictograms, each name in one script
    PLAIN_READ_ONLY = "plain_read_only"
    GROUP = "group"  # every button is a deep link

    @property
    def may_send(self) -> bool:
        """Whether its readers are offered something to send or sign."""
        return self not in {Variant.READ_ONLY, Variant.PLAIN_READ_ONLY}

    @property
    def is_plain(self) -> bool:
        """Whether it is read aloud by a machine."""
        return self in {Variant.PLAIN, Variant.PLAIN_READ_ONLY}


def units(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts offsets and limits."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of formatted text; `offset` and `length` in UTF-16 units, `kind` in Telegram's words."""

    kind: str  # bold, italic, spoiler, text_link, code, pre, blockquote, expandable_blockquote
    offset: int
    length: int
    url: str | None = None
    start: str | None = (
        None  # for a text_link: the payload of a deep link to the bot itself, instead of `url`
    )


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button; exactly one of the last four is set.

    `data` is callback data (at most 64 bytes), `url` an https address, `start` the payload of a deep link to
    the bot itself (the messenger knows the bot's name), `copy` text to put on the clipboard.
    """

    label: str
    data: str | None = None
    url: str | None = None
    start: str | None = None
    copy: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """Text, its entities and its buttons; whether it makes a sound and may be forwarded or saved."""

    text: str
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = field(default=())
    silent: bool = False
    protected: bool = False

    def to_json(self) -> dict[str, Any]:
        """A plain dict, None left out; inverse of `from_json`."""
        plain = asdict(self)
        plain["entities"] = [_without_none(entity) for entity in plain["entities"]]
        plain["keyboard"] = [[_without_none(button) for button in row] for row in plain["keyboard"]]
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Message:
        """Inverse of `to_json`."""
        return cls(
            text=plain["text"],
            entities=tuple(Entity(**entity) for entity in plain["entities"]),
            keyboard=tuple(tuple(Button(**button) for button in row) for row in plain["keyboard"]),
            silent=plain["silent"],
            protected=plain["protected"],
        )


def _without_none(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value is not None}
