"""Gazetteer: the names of prisons and places as each language writes them, from locales/<locale>/terms.toml.

A list writes a place in one script, and its readers read another. A place that is not known here, or whose name
two places share, is shown as the list has it: nothing is transliterated or guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alerts.errors import CatalogueError
from alerts.names import normalise


class Gazetteer:
    """Places by any of their names in any language. Immutable; safe to share."""

    def __init__(self, terms: Mapping[str, Mapping[str, Any]]) -> None:
        """`terms`: by locale, the content of its terms.toml."""
        self._names = {
            locale: {key: entry["term"] for key, entry in table.get("place", {}).items()}
            for locale, table in terms.items()
        }
        owners: dict[str, set[str]] = {}
        for table in terms.values():
            for key, entry in table.get("place", {}).items():
                for name in (entry["term"], *entry.get("also", ())):
                    owners.setdefault(normalise(name), set()).add(key)
        self._keys = {name: next(iter(keys)) for name, keys in owners.items() if len(keys) == 1}

    def name(self, text: str, locale: str) -> str | None:
        """How `locale` writes the place that a list calls `text`; None when it is not known."""
        key = self._keys.get(normalise(text))
        return self._names.get(locale, {}).get(key) if key else None


def read_terms(path: Path) -> dict[str, Any]:
    """A locale's table of terms (section -> key -> {term, also, avoid, source}); empty when there is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"{path}: {error}; correct the file, or restore the one that was shipped"
        ) from error
