"""TextBuilder: text and its entities side by side, in UTF-16 units; no markup is ever parsed.

In the safe variant everything lies under a spoiler below one neutral line, so that a lock screen shows nothing.
Text from lists goes through `neutral`, after which Telegram finds nothing in it to link (safety.md 16). Does not
know what a message is about. The only links are those to the bot itself: other hosts would have to be vouched for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Self

from alerts.locales import Catalogue
from alerts.render.message import TEXT_UNITS, Entity, Keyboard, Message, Variant, units

WORD_JOINER: Final = "\u2060"
ELLIPSIS: Final = "…"
NAME_UNITS: Final = 100
"""Longest name or place that is shown whole; real ones stay well below."""

_RIGHT_TO_LEFT_MARK: Final = "\u200f"
_JOINERS: Final = "\u200c\u200d"  # Persian spelling needs them
_OPEN_ISOLATES: Final = "\u2066\u2067\u2068"
_CLOSE_ISOLATE: Final = "\u2069"
_LINKS_BY_ITSELF: Final = re.compile(r"([@/#$.+:])(?=\S)")
_LONG_NUMBER: Final = re.compile(r"\d{7,}")
_VEIL: Final = "spoiler"
_REMEMBERED: Final = 1024


# The same few words stand in forty renderings of one alert, one after the other.
@lru_cache(maxsize=_REMEMBERED)
def neutral(text: str, limit: int = NAME_UNITS) -> str:
    """Text from a list on one line, with nothing in it that Telegram would link, at most `limit` units.

    A word joiner (invisible, no width) after @ / # $ . + : and within long numbers breaks mentions, commands,
    tags, domains, telephone and card numbers. Control and direction characters go; ZWNJ and ZWJ stay. Empty
    when nothing visible is left.
    """
    kept = "".join(char for char in text if char in _JOINERS or char.isspace() or _is_shown(char))
    line = _unlinked(" ".join(kept.split()))
    return shortened(line, limit) if any(_is_visible(char) for char in line) else ""


def _unlinked(text: str) -> str:
    text = _LINKS_BY_ITSELF.sub(rf"\1{WORD_JOINER}", text)
    return _LONG_NUMBER.sub(lambda match: WORD_JOINER.join(re.findall(r"\d{1,4}", match[0])), text)


def plain(text: str) -> str:
    """Several lines that a moderator wrote: no control or direction characters, and nothing that becomes a link.

    A link among the words would not be looked at as one; petitions have a place of their own.
    """
    kept = (char for char in text if char in _JOINERS or char == "\n" or _is_shown(char))
    return _unlinked("".join(kept).strip())


def shortened(text: str, limit: int) -> str:
    """`text` cut to `limit` UTF-16 units with a visible ellipsis; isolates that were open are closed."""
    if units(text) <= limit:
        return text
    kept, room = [], limit - units(ELLIPSIS)
    depth = 0
    for char in text:
        opened = depth + (char in _OPEN_ISOLATES) - (char == _CLOSE_ISOLATE)
        if units(char) + max(opened, 0) > room:
            break
        room -= units(char)
        depth = max(opened, 0)
        kept.append(char)
    return "".join(kept).rstrip() + ELLIPSIS + _CLOSE_ISOLATE * depth


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS"


@dataclass(frozen=True, slots=True)
class _Stretch:
    text: str
    kind: str | None = None
    start: str | None = None


class TextBuilder:
    """Collects stretches of text; `build` makes the message. Calls chain."""

    def __init__(self, catalogue: Catalogue, variant: Variant = Variant.NORMAL) -> None:
        self._catalogue = catalogue
        self._variant = variant
        self._stretches: list[_Stretch] = []

    def add(self, text: str) -> Self:
        """Our own words, or text already made `neutral`."""
        return self._put(text)

    def bold(self, text: str) -> Self:
        """Our own words, in bold."""
        return self._put(text, "bold")

    def spoiler(self, text: str) -> Self:
        """Our own words, hidden until tapped."""
        return self._put(text, "spoiler")

    def link(self, text: str, start: str) -> Self:
        """Our own words, a deep link to the bot itself: `start` is its payload."""
        if text:
            self._stretches.append(_Stretch(text, "text_link", start))
        return self

    def code(self, text: str) -> Self:
        """Text that one tap copies. Under the veil of the safe variant it is plain: code and spoiler exclude each other."""
        return self._put(text, None if self._variant is Variant.SAFE else "code")

    def line(self, text: str = "") -> Self:
        """`text` and the end of the line."""
        return self._put(f"{text}\n")

    def build(
        self, keyboard: Keyboard = (), *, silent: bool = False, protected: bool | None = None
    ) -> Message:
        """The message, at most 4,096 units; `protected` as the variant says unless given."""
        is_safe = self._variant is Variant.SAFE
        stretches = self._with_marks() if self._catalogue.is_rtl else list(self._stretches)
        cover = f"{neutral_line(self._catalogue)}\n\n" if is_safe else ""
        text, entities = _laid_out(_trimmed(stretches), cover)
        if is_safe and units(text) > units(cover):
            entities = (Entity(_VEIL, units(cover), units(text) - units(cover)), *entities)
        keep = is_safe if protected is None else protected
        return Message(text, entities, keyboard, silent=silent, protected=keep)

    def _put(self, text: str, kind: str | None = None) -> Self:
        if text:
            self._stretches.append(_Stretch(text, kind))
        return self

    def _with_marks(self) -> list[_Stretch]:
        """Each line of a right-to-left text begins with a strong right-to-left character.

        Not a line all of whose letters run from left to right, such as one of a postal address: a mark would turn
        its parts around, and be copied along.
        """
        whole = "".join(stretch.text for stretch in self._stretches).split("\n")
        marked, at_start, row = [], True, 0
        for stretch in self._stretches:
            lines = stretch.text.split("\n")
            for index, line in enumerate(lines):
                if (index or at_start) and line and not _runs_left_to_right(whole[row + index]):
                    lines[index] = _marked(line)
            marked.append(replace(stretch, text="\n".join(lines)))
            row += len(lines) - 1
            at_start = stretch.text.endswith("\n")
        return marked


def neutral_line(catalogue: Catalogue) -> str:
    """What a lock screen may show: says nothing; at most 40 characters (safety.md 29)."""
    return catalogue.t("New message")


@lru_cache(maxsize=_REMEMBERED)
def _runs_left_to_right(line: str) -> bool:
    """Whether it has letters, all of them from left to right, and nothing isolated."""
    directions = {unicodedata.bidirectional(char) for char in line}
    return "L" in directions and not directions & {"R", "AL", "LRI", "RLI", "FSI"}


def _marked(line: str) -> str:
    if not line or unicodedata.bidirectional(line[0]) in {"R", "AL"}:
        return line
    return _RIGHT_TO_LEFT_MARK + line


def _trimmed(stretches: list[_Stretch]) -> list[_Stretch]:
    """No empty lines or spaces at the end, which Telegram would strip from under an entity."""
    while stretches:
        last = stretches[-1].text.rstrip()
        if last:
            return [*stretches[:-1], replace(stretches[-1], text=last)]
        stretches = stretches[:-1]
    return stretches


def _laid_out(stretches: list[_Stretch], cover: str) -> tuple[str, tuple[Entity, ...]]:
    """Text and entities within the limit. What does not fit ends in an ellipsis; an entity is whole or absent."""
    parts, offset = [cover], units(cover)
    entities: list[Entity] = []
    for index, stretch in enumerate(stretches):
        is_last = index == len(stretches) - 1
        length = units(stretch.text)
        if length > TEXT_UNITS - offset - (0 if is_last else units(ELLIPSIS)):
            parts.append(ELLIPSIS if stretch.kind else shortened(stretch.text, TEXT_UNITS - offset))
            break
        if stretch.kind:
            entities.append(Entity(stretch.kind, offset, length, start=stretch.start))
        parts.append(stretch.text)
        offset += length
    return "".join(parts), tuple(entities)
