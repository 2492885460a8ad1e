"""Catalogues, a way to show a message in plain text, and the comparison with what was reviewed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.locales import Catalogue, Catalogues, load
from alerts.render.message import Button, Message

RENDERED = Path(__file__).parents[2] / "rendered"


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load()


@pytest.fixture(params=load().codes)
def catalogue(request: pytest.FixtureRequest, catalogues: Catalogues) -> Catalogue:
    return catalogues[request.param]


@pytest.fixture
def check_reviewed(catalogue: Catalogue) -> Callable[[str, str], None]:
    """Compare with tests/rendered/<locale>/<name>.txt; a missing one is written, and the test fails for review."""

    def compare(name: str, shown: str) -> None:
        path = RENDERED / catalogue.locale / f"{name}.txt"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(shown, encoding="utf-8")
            pytest.fail(f"{path} is new: read it as its reader would, then run again")
        assert shown == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def show() -> Callable[[Message], str]:
    return shown


def shown(message: Message) -> str:
    """The text with <kind> around each entity, the buttons in brackets, then how it arrives."""
    encoded = message.text.encode("utf-16-le")
    marks: list[tuple[int, int, str]] = []
    for rank, entity in enumerate(message.entities):
        leads_to = entity.url or (f"start {entity.start}" if entity.start else "")
        link = f" {leads_to}" if leads_to else ""
        marks.append((entity.offset, rank + 1, f"<{entity.kind}{link}>"))
        marks.append((entity.offset + entity.length, -rank, f"</{entity.kind}>"))
    parts, start = [], 0
    for offset, _, mark in sorted(marks):
        parts += [encoded[start * 2 : offset * 2].decode("utf-16-le"), mark]
        start = offset
    parts.append(encoded[start * 2 :].decode("utf-16-le"))
    lines = ["".join(parts), *("  ".join(_button(button) for button in row) for row in message.keyboard)]
    arrives = [
        word for word, is_so in (("silent", message.silent), ("protected", message.protected)) if is_so
    ]
    return "\n".join([*lines, *([f"({', '.join(arrives)})"] if arrives else [])]) + "\n"


def _button(button: Button) -> str:
    leads_to = {
        "data": button.data,
        "url": button.url,
        "start": button.start,
        "copy": button.copy,
    }
    target = next(f"{name} {value}" for name, value in leads_to.items() if value is not None)
    return f"[{button.label} -> {target}]"
