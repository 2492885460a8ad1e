"""Act: what a reader says they did for an action, by which way; how it is counted, and which counts may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeVar

from subscribers.subscriber import ChatKind, Mode, Subscriber

LINKED: Final = timedelta(hours=48)
"""How long after its action has closed an act still belongs to its reader (safety.md 25)."""

HIDDEN_BELOW: Final = 5
"""Smaller numbers could point to somebody (domain.md section 5)."""

ENOUGH_FAILURES: Final = 3
"""Readers who say that an address failed before moderators are asked and the next address is served."""

K = TypeVar("K")


class ActChannel(StrEnum):
    """Ways of acting that readers report; the last is what came back."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"
    FORM = "form"
    SOCIAL = "social"
    PETITION = "petition"
    REPLY = "reply"  # an answer arrived


@dataclass(frozen=True, slots=True)
class Counts:
    """What readers say they did for one action.

    `total`, `readers` and `by_language` leave out replies, which nobody sends. `readers`: at least so many different
    ones; exactly so many while every act still belongs to its reader.
    """

    total: int
    readers: int
    by_channel: Mapping[ActChannel, int]
    by_language: Mapping[str, int]

    @property
    def replies(self) -> int:
        """Readers who say that an answer came."""
        return self.by_channel.get(ActChannel.REPLY, 0)


@dataclass(frozen=True, slots=True)
class Acted:
    """An act as it stands now: whether it was new, all ways this reader has acted in, and everybody's counts."""

    is_new: bool
    channels: frozenset[ActChannel]
    counts: Counts


@dataclass(frozen=True, slots=True)
class AddressFailure:
    """An address of a target of which so many readers say that it failed."""

    target_id: int
    address: str
    readers: int


def may_act(reader: Subscriber) -> bool:
    """Whether an act may be stored: a subscriber's own chat, and nobody who said they are inside the country."""
    return reader.active and reader.kind is ChatKind.PRIVATE and reader.mode is not Mode.READ_ONLY


def shown(number: int) -> int | None:
    """A number that may be shown; None below five, nought too, since that nobody did it is also told of somebody."""
    return number if number >= HIDDEN_BELOW else None
