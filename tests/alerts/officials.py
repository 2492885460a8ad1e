"""Fictional officials to write to, for tests and for the demo: every address is of a kind that nobody can have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alerts.target import StartingValue, Target, TargetEntry

PLAIN: dict[str, Any] = {
    "key": "ir-judiciary",
    "country": "IR",
    "kind": "head_of_judiciary",
    "postal": ["1 Lantern Square", "Kuhpayeh"],
    "emails": ["office@judiciary.example", "post@judiciary.example"],
    "languages": ["fa", "en"],
    "sources": ["https://judiciary.example/contact"],
}
DEMO: tuple[dict[str, Any], ...] = (
    PLAIN,
    {
        "key": "ir-prosecutor",
        "country": "IR",
        "kind": "prosecutor",
        "organisation": "Prosecutor of Kuhpayeh",
        "phone": "+98 00 0000 0000",
        "provinces": ["Kuhpayeh"],
        "prisons": ["Kuhpayeh"],
        "languages": ["fa"],
        "sources": ["https://prosecutor.example/contact"],
    },
    {
        "key": "ir-embassy-de",
        "country": "IR",
        "kind": "embassy_in_readers_country",
        "emails": ["embassy@embassy.example"],
        "phone": "+49 00 000000",
        "reader_countries": ["DE"],
        "languages": ["de", "en"],
        "sources": ["https://embassy.example/contact"],
    },
    {
        "key": "de-parliament",
        "country": "DE",
        "kind": "own_mp",
        "url": "https://parliament.example/find",
        "sources": ["https://parliament.example/find"],
    },
)
"""`[[targets]]` entries for a stage: set_up(folder, targets=DEMO)."""
CHECKED = datetime(2026, 11, 1, 8, tzinfo=UTC)


def an_entry(**changes: Any) -> TargetEntry:
    return TargetEntry.from_json(PLAIN | changes)


def a_start(**changes: Any) -> StartingValue:
    return StartingValue.model_validate(PLAIN | changes)


def a_target(**changes: Any) -> Target:
    """In force and checked."""
    return Target.model_validate(PLAIN | {"id": 1, "verified_at": CHECKED} | changes)
