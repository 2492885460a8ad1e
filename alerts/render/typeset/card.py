"""Card: a picture of one urgent action to share, 1080 × 1350 pixels; every word comes in.

Does not decide whether an action may have a card (never on an execution), and holds no picture of a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from alerts.render.typeset.glyphs import printable, printable_lines
from alerts.render.typeset.press import Press

MOST_LINES: Final = 4
LONGEST_LINE: Final = 140
LONGEST: Final = {
    "label": 48,
    "name": 120,
    "other_name": 120,
    "place": 90,
    "deadline": 90,
    "call": 90,
    "number": 24,
    "organisation": 90,
    "url": 90,
}
"""Characters that a card shows of a field; what is longer ends in "…". At these bounds nothing overflows."""

_PPI: Final = 72.0
"""One pixel to a point: the template counts in pixels."""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on the card; an empty field leaves no gap.

    `name` is in the reader's script, `other_name` in the other one; `lines` say what threatens, `call` what to do,
    `url` is shown as text.
    """

    locale: str
    is_rtl: bool
    label: str
    name: str
    other_name: str
    place: str
    lines: tuple[str, ...]
    deadline: str
    call: str
    number: str
    organisation: str
    url: str


def card_png(card: Card) -> bytes:
    """The card as a PNG of 1080 × 1350 pixels."""
    return _press().pngs({"lang": card.locale, "rtl": card.is_rtl, "card": _plain(card)}, ppi=_PPI)[0]


@cache
def _press() -> Press:
    return Press("card.typ")


def _plain(card: Card) -> dict[str, Any]:
    shown = {field: printable(_clipped(getattr(card, field), most)) for field, most in LONGEST.items()}
    lines = tuple(_clipped(line, LONGEST_LINE) for line in card.lines[:MOST_LINES])
    return {**shown, "lines": printable_lines(lines)}


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
