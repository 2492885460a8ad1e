"""Which characters the letters' font has, and a text brought down to those; nothing vanishes without a trace.

A font without a character draws nothing in its place, and PDF/UA forbids it: so what is missing is first tried in
a simpler form, and else replaced by U+FFFD, which every reader knows as "something is missing here".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import cache
from typing import Final
from unicodedata import category, combining, normalize

from alerts.render.typeset.press import FONTS

LOST: Final = "\ufffd"
LONG_WORD: Final = 36
"""Characters; longer words get a place to break every LONG_STEP characters, or they would run off the page."""
LONG_STEP: Final = 12

_ZERO_WIDTH_SPACE: Final = "\u200b"
_OPENERS: Final = "\u2066\u2067\u2068"
_CLOSER: Final = "\u2069"
_ISOLATES: Final = re.compile(f"[{_OPENERS}{_CLOSER}]")
_JOINERS: Final = "\u200c\u200d"
_KEPT: Final = frozenset(f"{_OPENERS}{_CLOSER}{_JOINERS}\u200e\u200f")
_NARROW: Final = "\u202f"
"""A space that the font makes so narrow (0.06 em) that it cannot be seen; the wider one that holds together serves."""
_LOST_RUN: Final = re.compile(f"{LOST}(?:\u200d?{LOST})*")
_MARKS: Final = 3
"""Marks on one letter that a line has room for; more are a prank, and would run over the lines above."""

_LONG: Final = re.compile(rf"\S{{{LONG_WORD},}}")
_BLANK: Final = re.compile(r"[^\S\u00a0\u202f]+")
"""Spaces and line ends, but for the spaces that hold together: French stands on them."""

_SEGMENTS: Final = 4
"""The format of a `cmap` subtable that lists code points of the first plane in segments."""


@cache
def covered() -> frozenset[int]:
    """Code points that both weights of the font have (OpenType `cmap`, the Windows Unicode table, format 4)."""
    weights = [
        _code_points((FONTS / f"Vazirmatn-{weight}.ttf").read_bytes()) for weight in ("Regular", "Bold")
    ]
    return frozenset(weights[0] & weights[1])


def printable(line: str) -> str:
    """One line that can be typeset: what the font lacks simplified or replaced by LOST, long words breakable.

    Isolates are kept where they are balanced, as they hold names of the other direction together; overrides,
    word joiners and other invisible marks go. Line ends become spaces.
    """
    plain = normalize("NFC", _BLANK.sub(" ", line).replace(_NARROW, "\u00a0").strip(" "))
    if not _balanced(plain):
        plain = _ISOLATES.sub("", plain)
    shown = "".join(_shown(char) for char in _unpiled(plain))
    return _LONG.sub(_breakable, _LOST_RUN.sub(LOST, shown))


def titled(line: str) -> str:
    """`printable` for the name of a document: no invisible marks, which a list of files would show as boxes.

    The joiners stay: without them words of Persian run together.
    """
    return "".join(char for char in printable(line) if category(char) != "Cf" or char in _JOINERS)


def printable_lines(lines: tuple[str, ...]) -> list[str]:
    """`printable` of each line that has something to show."""
    return [shown for line in lines if (shown := printable(line))]


def lost(text: str) -> frozenset[str]:
    """The characters of `text` that will be replaced by LOST: for checks before something is printed."""
    return frozenset(char for char in normalize("NFC", text) if _shown(char) == LOST)


def _unpiled(line: str) -> Iterator[str]:
    """The characters without the marks that are too many on one letter."""
    piled = 0
    for char in line:
        piled = piled + 1 if combining(char) else 0
        if piled <= _MARKS:
            yield char


def _shown(char: str) -> str:
    """The character, its nearest form that the font has, nothing for what is invisible anyway, or LOST."""
    if char in _KEPT or (ord(char) in covered() and category(char) not in {"Cc", "Cf"}):
        return char
    if category(char) in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    if category(char) in {"Cf", "Mn", "Me", "Sk"}:
        return ""
    simpler = "".join(
        part for part in normalize("NFKD", char) if ord(part) in covered() or not combining(part)
    )
    return simpler if simpler and all(ord(part) in covered() for part in simpler) else LOST


def _balanced(line: str) -> bool:
    depth = 0
    for mark in _ISOLATES.findall(line):
        depth += -1 if mark == _CLOSER else 1
        if depth < 0:
            return False
    return depth == 0


def _breakable(word: re.Match[str]) -> str:
    text = word[0]
    pieces = [text[start : start + LONG_STEP] for start in range(0, len(text), LONG_STEP)]
    return _ZERO_WIDTH_SPACE.join(pieces)


def _code_points(font: bytes) -> set[int]:
    """All code points of a font's format 4 table; ValueError when it has none."""
    start = _windows_table(font)
    count = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, start + 14)
    starts = struct.unpack_from(f">{count}H", font, start + 16 + 2 * count)
    found = {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)}
    return found - {0xFFFF}


def _windows_table(font: bytes) -> int:
    """Where the `cmap` subtable of platform 3, encoding 1, format 4 begins."""
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    subtables = struct.unpack_from(">H", font, cmap + 2)[0]
    for number in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHL", font, cmap + 4 + 8 * number)
        if (platform, encoding) == (3, 1) and struct.unpack_from(">H", font, cmap + offset)[0] == _SEGMENTS:
            return int(cmap + offset)
    raise ValueError("the font has no Unicode table of format 4")
