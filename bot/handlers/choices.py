"""Choice: which letter of an action a button is about, in few bytes and public ids only.

So every button under a letter works without anything being stored about the reader. Clients can send data that no
button ever held: `read` takes nothing on trust.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from alerts.action import number_in_words, read_number
from alerts.letter import VARIANTS
from alerts.serve import Dealt
from bot.buttons import reader_data

PARTS: Final = 5
"""Of the data of a button that names a letter, besides its verb."""

_CODE: Final = re.compile(r"(UA-\d{2}/\d{1,5})-(\d{1,9})-([a-z]{2,3})-(\d\d)(?:-([A-Z]{2}))?(?!\w)")
_DEALT: Final = re.compile(rf"[1-{VARIANTS}]{{2}}")
_LONGEST_ID: Final = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """An action by number, an official by id (0: the office alone), a language, which letter, the reader's country."""

    number: str
    target: int
    language: str
    dealt: Dealt
    country: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """As a button's data hold it."""
        dealt = f"{self.dealt.variant}{self.dealt.subject}"
        return (self.number, str(self.target), self.language, dealt, self.country)

    @property
    def code(self) -> str:
        """As the line of a message holds it, which a reply brings back."""
        return "-".join(part for part in self.parts if part)

    def data(self, verb: str) -> str:
        """Data of a button that does `verb` with this letter."""
        return reader_data(verb, *self.parts)

    def reworded(self) -> Choice:
        """The same letter in other words."""
        variant = self.dealt.variant % VARIANTS + 1
        return replace(self, dealt=Dealt(variant=variant, subject=variant))


def read(parts: list[str]) -> Choice | None:
    """The choice of a button's data; None for what no button of ours holds."""
    number, target, language, dealt, country = parts
    numbered = read_number(number)
    if numbered is None or not target.isascii() or not target.isdecimal() or len(target) > _LONGEST_ID:
        return None
    if not _DEALT.fullmatch(dealt):
        return None
    if not re.fullmatch(r"[a-z]{2,3}", language) or not re.fullmatch(r"([A-Z]{2})?", country):
        return None
    number = number_in_words(*numbered)
    return Choice(number, int(target), language, Dealt(variant=int(dealt[0]), subject=int(dealt[1])), country)


def read_code(text: str) -> Choice | None:
    """The choice whose code stands in a text; None without one."""
    match = _CODE.search(text)
    return read([part or "" for part in match.groups()]) if match else None
