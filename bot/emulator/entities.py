"""Checks, cleans and completes a text with its entities as Telegram does before it stores a message.

Offsets count UTF-16 units, as on the wire. Overlapping entities are kept as given: Telegram would split them.
Parse modes are not known here: the bot sends entities only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.emulator import autolinks, links
from bot.emulator.errors import bad_request

_STYLES = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"}
)
_EXCLUSIVE = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"})
# Telegram finds these by itself and passes over the ones it is given.
_AUTOMATIC = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)
_FIELDS = {
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time",),
}
_OPTIONAL = {"pre": ("language",), "date_time": ("date_time_format",)}
_LARGEST_OFFSET = 1_000_000
# Line and paragraph separators, embeddings and overrides go; isolates (U+2066 to U+2069) stay.
_REMOVED = frozenset({"\r", *(chr(code) for code in range(0x2028, 0x202F)), "\u0333", "\u033f", "\u030a"})
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a text with a meaning: bold, a link, a command."""

    type: str
    offset: int
    length: int
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The offset just after it."""
        return self.offset + self.length

    @property
    def url(self) -> str | None:
        """Where a text_link leads."""
        return self.extra.get("url")

    def of(self, text: str) -> str:
        """Cut out the part of the text that it covers."""
        return text.encode("utf-16-le")[2 * self.offset : 2 * self.end].decode("utf-16-le")

    def json(self) -> dict[str, Any]:
        """Render it as on the wire."""
        return {"offset": self.offset, "length": self.length, "type": self.type, **self.extra}


def units(text: str) -> int:
    """Count UTF-16 units, the measure of all of Telegram's limits on texts."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)  # noqa: PLR2004 - the last of one unit


def formatted(text: str, raw: Any) -> tuple[str, tuple[Entity, ...]]:
    """Return the text and the entities as they will be stored and shown.

    Raises:
        BotApiError: when Telegram would not take the entities.
    """
    if any(0xD800 <= ord(char) < 0xE000 for char in text):  # noqa: PLR2004 - surrogates
        raise bad_request("strings must be encoded in UTF-8")
    given = _parsed(raw)
    cleaned, given = _cleaned(text, given)
    cleaned, given = _trimmed(cleaned, given)
    return cleaned, with_automatic(cleaned, given)


def with_automatic(text: str, given: Sequence[Entity]) -> tuple[Entity, ...]:
    """Add what links by itself, except inside links and code."""
    places = _places(text)
    closed = [entity for entity in given if entity.type in _EXCLUSIVE]
    added = [
        Entity(kind, places[start], places[end] - places[start]) for kind, start, end in autolinks.found(text)
    ]
    added = [
        entity
        for entity in added
        if all(entity.end <= other.offset or entity.offset >= other.end for other in closed)
    ]
    return tuple(sorted([*given, *added], key=lambda entity: (entity.offset, -entity.length)))


def _parsed(raw: Any) -> list[Entity]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise bad_request("expected an Array of MessageEntity")
    return [entity for entity in map(_entity, raw) if entity is not None]


def _entity(raw: Any) -> Entity | None:
    if not isinstance(raw, dict):
        raise bad_request("can't parse MessageEntity: Expected an Object")
    _check_fields(raw, ("type", "offset", "length"))
    kind = raw["type"]
    if kind in _AUTOMATIC:
        return None
    if kind not in _STYLES | _EXCLUSIVE:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    for name in ("offset", "length"):
        if not isinstance(raw[name], int) or not 0 <= raw[name] <= _LARGEST_OFFSET:
            raise bad_request(f"receive an entity with incorrect {name} {raw[name]}")
    required = _FIELDS.get(kind, ())
    _check_fields(raw, required)
    extra: dict[str, Any] = {name: raw[name] for name in required}
    extra |= {name: raw[name] for name in _OPTIONAL.get(kind, ()) if raw.get(name)}
    if kind == "text_link":
        extra["url"] = _link(str(raw["url"]))
    return Entity(kind, raw["offset"], raw["length"], extra) if raw["length"] else None


def _check_fields(raw: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if name not in raw:
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")


def _link(url: str) -> str:
    try:
        return links.checked(url)
    except links.BadLinkError as error:
        raise bad_request(f"entity {error}") from error


def _cleaned(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """Take out what Telegram takes out and move the entities along."""
    moved: dict[int, int] = {}
    kept: list[str] = []
    before = after = 0
    for char in text:
        moved[before] = after
        before += units(char)
        if char not in _REMOVED:
            kept.append(" " if char < " " and char != "\n" else char)
            after += units(char)
    moved[before] = after
    placed = []
    for entity in entities:
        _check_bounds(text, entity, moved, before)
        start, end = moved[entity.offset], moved[entity.end]
        if end > start:
            placed.append(replace(entity, offset=start, length=end - start))
    return "".join(kept), placed


def _check_bounds(text: str, entity: Entity, moved: Mapping[int, int], end: int) -> None:
    if entity.offset >= end:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {entity.offset}")
    if entity.offset not in moved:
        place = _byte_after(text, entity.offset)
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {place}")
    beginning = f"entity beginning at UTF-16 offset {entity.offset} ends"
    if entity.end > end:
        raise bad_request(f"{beginning} after the end of the text at UTF-16 offset {entity.end}")
    if entity.end not in moved:
        place = _byte_after(text, entity.end)
        raise bad_request(f"{beginning} in a middle of a UTF-16 symbol at byte offset {place}")


def _byte_after(text: str, unit: int) -> int:
    """Count the bytes up to the end of the symbol that the offset splits."""
    seen = size = 0
    for char in text:
        if seen > unit:
            break
        seen += units(char)
        size += len(char.encode())
    return size


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    if not text.strip(" \n" + "".join(_INVISIBLE)):
        return "", []
    text = text.rstrip(" \n")
    end = units(text)
    first = min((entity.offset for entity in entities), default=end)
    leading = min(len(text) - len(text.lstrip(" \n")), first)
    kept = [
        replace(entity, offset=entity.offset - leading, length=min(entity.length, end - entity.offset))
        for entity in entities
        if entity.offset < end
    ]
    return text[leading:], kept


def _places(text: str) -> list[int]:
    """Tell for each character, and for the end, at which UTF-16 offset it stands."""
    places = [0]
    for char in text:
        places.append(places[-1] + units(char))
    return places
