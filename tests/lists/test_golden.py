"""What we understand of saved editions, row by row. A golden file that is missing is written, and the test fails."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from alerts.lists.mapping import Row, WatchedList, parse

EDITIONS = sorted(
    path for suffix in ("csv", "json") for path in Path(__file__).parent.glob(f"*/*T*.{suffix}")
)


def picture(row: Row) -> dict[str, Any]:
    problems = [f"{one.kind} {one.field}: {one.word}" for one in row.problems]
    return {
        "key": row.key,
        "unknown_word": row.unknown_word,
        "problems": problems,
        "view": row.view.to_json(),
    }


@pytest.mark.parametrize("edition", EDITIONS, ids=[path.parent.name for path in EDITIONS])
def test_an_edition_is_understood_as_reviewed(edition: Path) -> None:
    with (edition.parent / "list.toml").open("rb") as file:
        (plain,) = tomllib.load(file)["lists"]
    rows = parse(edition.read_bytes(), WatchedList.model_validate(plain))
    found = json.dumps([picture(row) for row in rows], ensure_ascii=False, indent=1) + "\n"
    golden = edition.with_name("golden.json")
    if not golden.exists():
        golden.write_text(found, encoding="utf-8")
        pytest.fail(f"{golden} was missing and has been written: review it, then run again")
    assert found == golden.read_text(encoding="utf-8")


def test_there_are_editions() -> None:
    assert [path.parent.name for path in EDITIONS] == ["ferry", "lighthouse"]
