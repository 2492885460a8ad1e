"""Subscription: the topic keys a chat asked for, and whether an alert's topics are among them.

A key is a country and a mark ("*/*" everything, "IR/*", "IR/women", "*/minor") or one case ("case:17"). The same
match is made in SQL by `subscribers.store`; a test holds the two together. Knows no countries' names: those come
from the reader's catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

ANYTHING: Final = "*"
EVERYTHING: Final = "*/*"
MARKS: Final = (ANYTHING, "women", "minor", "political")
"""What `alerts.alert.Alert.topics` marks an alert with."""

MOST_KEYS: Final = 500
"""More than a reader can mean; keeps one chat from filling the table."""

_TOPIC: Final = re.compile(rf"(?:[A-Z]{{2}}|\*)/(?:{'|'.join(map(re.escape, MARKS))})")
_CASE: Final = re.compile(r"case:([1-9]\d{0,9})")


def is_key(text: str) -> bool:
    """Whether `text` is a topic key as stored."""
    return _TOPIC.fullmatch(text) is not None or _CASE.fullmatch(text) is not None


def country_key(country: str, mark: str = ANYTHING) -> str:
    """The key of a country (ISO 3166-1 alpha-2, or "*") and a mark; ValueError when there is no such key."""
    return checked(f"{country.upper()}/{mark}")


def case_key(case_id: int) -> str:
    """The key that follows one case; ValueError for a number no case has."""
    return checked(f"case:{case_id}")


def case_of(key: str) -> int | None:
    """The case that a key follows; None for a topic."""
    match = _CASE.fullmatch(key)
    return int(match[1]) if match else None


def checked(key: str) -> str:
    """`key` itself; ValueError when it is not one."""
    if not is_key(key):
        msg = f"{key[:40]!r} is not a topic key"
        raise ValueError(msg)
    return key


def wants(keys: Collection[str], topics: Collection[str]) -> bool:
    """Whether somebody with these keys asked for an alert with these topics: they have one in common."""
    return not set(keys).isdisjoint(topics)
