from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from alerts.locales import FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the English and Persian letters, to spoil."""
    for locale in ("en", "fa"):
        copytree(FOLDER / locale / "letters", tmp_path / locale / "letters")
    return tmp_path


@pytest.fixture
def spoil(folder: Path) -> Callable[[str, str, str], Path]:
    """Replace words in a copied file, which must hold them; the file's path."""

    def replace(name: str, old: str, new: str) -> Path:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return replace
