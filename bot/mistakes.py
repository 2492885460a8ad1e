"""A mistake in the configuration, in words: the file and line (or the variable of the environment), the key, what is wrong.

Knows where keys stand in a TOML text, which the parser does not tell. Reads no file and judges no value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

PREFIX: Final = "UAB_"
DELIMITER: Final = "__"
Where = tuple[str | int, ...]

_HEADER: Final = re.compile(r"(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"""((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART: Final = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_OF_LIST: Final = re.compile(r"list '[^']*': (?:(columns|statuses): (?:(?='([^']+)'))?)?")
_NAMED: Final = {"targets": "key"}
"""What names one entry among several; elsewhere its name."""
_WORDING: Final = (
    (re.compile(r"^Value error, "), ""),
    (re.compile(r"^Input should be a valid tuple$"), "must be a list in brackets, such as [1001, 1002]"),
    (re.compile(r"^Input should be a valid dictionary or instance of \w+$"), "must be a section of keys"),
    (re.compile(r"^(Input|String|Tuple|Value) should "), "must "),
)


def lines_of(text: str) -> dict[Where, int]:
    """The line of every section and key: ("telegram", "rate"), ("lists", 0, "columns", "status")."""
    lines: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    section: Where = ()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if header := _HEADER.match(line):
            names: Where = tuple(_names(header[2]))
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
            section = _counted(names, counts)
            lines.setdefault(section, number)
            lines.setdefault(section[:1], number)
        elif key := _KEY.match(line):
            lines.setdefault((*section, *_names(key[1])), number)
    return lines


def _names(dotted: str) -> Iterator[str]:
    return (part.strip("\"'") for part in _PART.findall(dotted))


def _counted(names: Where, counts: dict[Where, int]) -> Where:
    """A section's path with the number of each [[section]] it stands in."""
    path: Where = ()
    for place, name in enumerate(names, 1):
        path = (*path, name)
        if names[:place] in counts:
            path = (*path, counts[names[:place]])
    return path


def line_of(lines: dict[Where, int], where: Where) -> int | None:
    """The line of a key; of the nearest thing around it when it is absent or inside an inline table."""
    return next((lines[where[:end]] for end in range(len(where), 0, -1) if where[:end] in lines), None)


def explained(
    path: Path, text: str, plain: dict[str, Any], settings: type[BaseModel], details: Sequence[ErrorDetails]
) -> str:
    """Every mistake, one line each, in the order of the file."""
    lines = lines_of(text)
    found = [
        (line_of(lines, detail["loc"]) or 0, _one(path, lines, plain, settings, detail)) for detail in details
    ]
    return "\n".join(words for _, words in sorted(found, key=lambda pair: pair[0]))


def _one(
    path: Path,
    lines: dict[Where, int],
    plain: dict[str, Any],
    settings: type[BaseModel],
    detail: ErrorDetails,
) -> str:
    where, what = detail["loc"], _what(settings, detail)
    if of_list := _OF_LIST.match(what):  # the list checks itself, and names the table and the word
        where, what = (*where, *filter(None, of_list.groups())), what[of_list.end() :]
    if variable := _variable(where):
        return f"{variable} (environment): {what}"
    line = line_of(lines, where)
    place = f"{path}:{line}" if line else str(path)
    return f"{place}: {_key(where, plain)}: {what}" if where else f"{place}: {what}"


def _key(where: Where, plain: dict[str, Any]) -> str:
    """[telegram] rate; of one list among several, by its name: [[lists]] lantern: url."""
    if len(where) > 1 and isinstance(where[1], int):
        entry = plain[str(where[0])][where[1]]
        name = entry.get(_NAMED.get(str(where[0]), "name")) if isinstance(entry, dict) else None
        rest = ".".join(str(part) for part in where[2:] if part and not isinstance(part, int))
        return f"[[{where[0]}]] {name or where[1] + 1}: {rest}".rstrip(": ")
    rest = ".".join(str(part) for part in where[1:] if not isinstance(part, int))
    return (
        f"[{where[0]}] {rest}".strip()
        if rest or isinstance(plain.get(str(where[0])), dict)
        else str(where[0])
    )


def _what(settings: type[BaseModel], detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "missing"
    if detail["type"] == "extra_forbidden":
        *around, name = detail["loc"]
        near = get_close_matches(str(name), _known(settings, around), n=1)
        return f"unknown key; is {near[0]!r} meant?" if near else "unknown key"
    what = str(detail["msg"])
    for pattern, words in _WORDING:
        what = pattern.sub(words, what)
    return what


def _known(model: type[BaseModel], around: Sequence[str | int]) -> list[str]:
    """The keys that may stand there."""
    for name in around:
        if isinstance(name, str):
            inside = _model_in(model.model_fields[name].annotation)
            if inside is None:
                return []
            model = inside
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model of a field: itself, or inside `X | None` or `tuple[X, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)


def _variable(where: Where) -> str | None:
    """The variable of the environment that a value came from, if it did."""
    there = {name.upper() for name in os.environ}
    names = [str(part).upper() for part in where]
    longest_first = (PREFIX + DELIMITER.join(names[:end]) for end in range(len(names), 0, -1))
    return next((variable for variable in longest_first if variable in there), None)


def variables_of(section: str) -> str:
    """The variables that were set for a section."""
    begins = (PREFIX + section).upper()
    return " or ".join(sorted(name for name in os.environ if name.upper().startswith(begins)))


def unknown_variables(settings: type[BaseModel]) -> list[str]:
    """Variables that look like ours and name no section of ours: a slip that nobody would notice."""
    sections = set(settings.model_fields)
    return sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and name[len(PREFIX) :].split(DELIMITER)[0].lower() not in sections
    )
