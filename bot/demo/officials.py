"""The officials of the demo. None of them exists, and no address is of a kind that anybody can have."""

from __future__ import annotations

from typing import Any, Final

_SOURCES: Final = ["https://lantern.example/officials"]

OFFICIALS: Final[tuple[dict[str, Any], ...]] = (
    {
        "key": "ir-judiciary",
        "country": "IR",
        "kind": "head_of_judiciary",
        "organisation": "Palace of Justice (fictional)",
        "emails": ["office@judiciary.example"],
        "postal": ["1 Lantern Square", "Kuhpayeh"],
        "phone": "+98 00 0000 0000",
        "languages": ["fa"],
        "sources": _SOURCES,
        "verified": "2026-03-01",
    },
    {
        "key": "ir-embassy-de",
        "country": "IR",
        "kind": "embassy_in_readers_country",
        "organisation": "Embassy in Berlin (fictional)",
        "emails": ["embassy@berlin.example"],
        "languages": ["de", "fa"],
        "reader_countries": ["DE"],
        "sources": _SOURCES,
        "verified": "2026-03-01",
    },
)
"""`[[targets]]` entries."""
