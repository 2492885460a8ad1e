"""Who has read the words of a language as a native reader would: said in each file, "none" when nobody has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from alerts.locales.folder import FOLDER

NOBODY: Final = "none"
WORDS: Final = ("LC_MESSAGES/messages.po", "terms.toml")
"""The files of a locale that say so in a comment; each letter says it in its front matter."""

_SAID: Final = re.compile(r"^# reviewed_by: *(\S.*)$", re.MULTILINE)


def reviewers_of_words(locale: str, folder: Path = FOLDER) -> frozenset[str]:
    """Who reviewed the catalogue and the terms of a language; `NOBODY` among them when one has no reviewer."""
    found = (_SAID.search(_text(folder / locale / name)) for name in WORDS)
    return frozenset(match[1].strip() if match else NOBODY for match in found)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
