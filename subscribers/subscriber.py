"""Subscriber: a chat that asked for alerts, the mode it reads in, and what that mode allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from enum import StrEnum
from typing import Final

from alerts.day import COUNTRIES, zone_of
from alerts.render.message import Variant

CONSENT_VERSION: Final = 1
"""Raised when the consent sentence changes; older consents are then asked again."""


_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def checked_country(code: str) -> str:
    """`code` itself; ValueError when it is not of the form of ISO 3166-1 alpha-2."""
    if _COUNTRY.fullmatch(code) is None:
        msg = f"{code[:40]!r} is not the code of a country"
        raise ValueError(msg)
    return code


_NIGHT_BEGINS: Final = time(23)
_NIGHT_ENDS: Final = time(7)


def is_night(now: datetime, zone: tzinfo) -> bool:
    """Whether most people in a zone sleep: 23:00 to 07:00."""
    return not _NIGHT_ENDS <= now.astimezone(zone).time() < _NIGHT_BEGINS


def asleep_countries(now: datetime) -> frozenset[str]:
    """Codes of the countries in which it is night."""
    return frozenset(country for country in COUNTRIES if is_night(now, zone_of(country)))


class ChatKind(StrEnum):
    """Where a subscriber reads."""

    PRIVATE = "private"
    GROUP = "group"


class Mode(StrEnum):
    """Who may see the phone (safety.md 29)."""

    NORMAL = "normal"
    SAFE = "safe"  # neutral first line, names under a spoiler, protected
    READ_ONLY = "read_only"  # inside the country: no sending tools at all


_PLAIN: Final = {Mode.NORMAL: Variant.PLAIN, Mode.READ_ONLY: Variant.PLAIN_READ_ONLY}
"""In safe mode names stay under a spoiler, whatever reads the screen: safety goes first."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One chat. `chat` is Telegram's id, known only in memory.

    `plain`: for a screen reader. `country`: where they live (ISO 3166-1), only if they asked us to remember it.
    """

    id: int
    chat: int
    kind: ChatKind
    locale: str
    mode: Mode
    active: bool
    consent_version: int
    paused_until: datetime | None
    letter_warned: bool
    plain: bool = False
    country: str | None = None
    keys: frozenset[str] = frozenset()

    @property
    def variant(self) -> Variant:
        """Which frozen text is theirs."""
        if self.kind is ChatKind.GROUP:
            return Variant.GROUP
        return _PLAIN.get(self.mode, Variant(self.mode)) if self.plain else Variant(self.mode)

    def listens(self, now: datetime) -> bool:
        """Whether anything at all may be sent to them now."""
        return self.active and (self.paused_until is None or self.paused_until <= now)
