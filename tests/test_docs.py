"""Every key of the configuration, every command of the bot and of the command line is documented; nothing else is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from alerts.change import FIELDS
from alerts.lists.watched import WatchedList
from bot.cli import app
from bot.commands import COMMANDS, MENU
from bot.config import Settings, load

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.toml"
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def keys_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Every key that may be written, dotted."""
    found = set()
    for name, field in model.model_fields.items():
        inside = next((one for one in _types(field.annotation) if issubclass(one, BaseModel)), None)
        found |= keys_of(inside, f"{prefix}{name}.") if inside else {f"{prefix}{name}"}
    return found


def _types(annotation: Any) -> list[type]:
    if isinstance(annotation, type):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in _types(part)]


def written(plain: dict[str, Any], prefix: str = "") -> set[str]:
    """Every key of the example, dotted; what the operator names there (columns, languages) left out."""
    found = set()
    for name, value in plain.items():
        entries = value if isinstance(value, list) and value and isinstance(value[0], dict) else [value]
        for entry in entries:
            if isinstance(entry, dict) and name not in {"columns", "statuses", "salutations", "title"}:
                found |= written(entry, f"{prefix}{name}.")
            else:
                found.add(f"{prefix}{name}")
    return found


def example() -> dict[str, Any]:
    return tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))


def test_the_example_has_every_key_and_no_other():
    assert written(example()) == keys_of(Settings)
    assert set(example()["lists"][0]["columns"]) == set(FIELDS)


def test_the_example_loads():
    settings = load(EXAMPLE)
    assert [watched.name for watched in settings.lists] == ["lantern"]
    assert settings.require_organisation().name == "Example Watch"


def test_every_key_of_the_example_is_explained():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    words, target = lines.index("[lists.statuses]"), lines.index("[[targets]]")
    shown = [*lines[:words], *lines[target : lines.index("[[targets]]", target + 1)]]
    assert [line for line in shown if re.match(r"\w+ *=", line) and " # " not in line] == []


def test_officials_are_shipped_as_examples_that_nobody_has_verified():
    targets = load(EXAMPLE).targets
    assert len(targets) >= 15
    assert [
        one.key for one in targets if not one.example or one.verified or one.name or not one.sources
    ] == []


@pytest.mark.parametrize(
    "section", ["telegram", "database", "privacy", "delivery", "digest", "web", "logging"]
)
def test_what_the_example_shows_is_the_default(section: str):
    """Whoever copies a section changes nothing by it; only paths and the names of people are examples."""
    shown = getattr(load(EXAMPLE), section)
    default = type(shown)()
    examples = {"token_file", "url", "key_file"}
    assert shown.model_dump(exclude=examples) == default.model_dump(exclude=examples)


def test_every_command_of_the_bot_is_in_the_readme():
    assert [one.name for one in COMMANDS if not re.search(rf"/{one.name}\b", README)] == []


def test_every_command_but_the_claim_is_in_the_menu_and_help():
    assert {line.name for line in MENU} == {one.name for one in COMMANDS} - {"claim"}


def test_every_command_of_the_command_line_is_in_the_readme():
    names = [one.name for one in app.registered_commands]
    assert len(names) >= 8
    assert [name for name in names if not re.search(rf"\b{name}\b", README)] == []


def test_lists_are_of_the_same_model_everywhere():
    assert "lists.columns" in keys_of(Settings)
    assert {f"lists.{name}" for name in WatchedList.model_fields} <= keys_of(Settings)


def test_the_changelog_has_a_place_for_what_comes_next():
    assert CHANGELOG.startswith("# Changelog")
    assert "## [Unreleased]" in CHANGELOG
