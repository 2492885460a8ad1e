from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pytest
import typer
from typer.testing import CliRunner

from alerts.errors import ConfigError
from alerts.lists.mapping import WatchedList
from alerts.lists.sheet import MAX_BYTES
from alerts.store import cases
from alerts.watch import Reading, read_edition
from bot.cli.replay import command, read_list, replay_folder
from bot.database import Sessions
from tests.alerts.editions import COLUMNS, NOON, csv_of, person

LISTS = Path(__file__).parents[4] / "shared" / "lists"
OKLAHOMA, IRAN = LISTS / "oklahoma", LISTS / "iran"
real_lists = pytest.mark.skipif(
    not LISTS.is_dir(),
    reason="the real lists are not beside this repository (../shared/lists): they are never in it",
)

CONFIG = """
[[lists]]
name = "harbour"
title = "Harbour list (fictional)"
url = "2031-05-05T1200.csv"
format = "csv"
country = "XH"
key = "id"
also = ["decision"]

[lists.columns]
name_latin = "name"
birth_date = "born"
status = "status"
execution_date = "date"

[lists.statuses]
"Waiting" = "upheld"
"Date set" = "scheduled"
"Stopped" = "stayed"
"""
PAT, KIM = person("1", "Pat Example"), person("2", "Kim Sample")
DATED = PAT | {"status": "Date set", "date": "2031-05-06"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "list.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "changes.jsonl").write_text('{"not": "an edition"}\n', encoding="utf-8")
    (tmp_path / "changes.md").write_text("# Not an edition\n", encoding="utf-8")
    editions = {
        "2031-05-05T1200": csv_of(PAT, KIM),
        "2031-05-05T1300": csv_of(DATED, KIM),
        "2031-05-05T1400": csv_of(DATED, KIM, columns=COLUMNS[1:]),
        "2031-05-06T1800": csv_of(DATED, person("3", "Sam [Test]", "Lost")),
        "2031-05-07T0000": csv_of(PAT | {"status": "Stopped"}, KIM, person("3", "Sam [Test]", "Lost")),
    }
    for stem, document in editions.items():
        (tmp_path / f"{stem}.csv").write_bytes(document)
    return tmp_path


async def lines(folder: Path, list_name: str, config: Path | None = None) -> list[dict[str, Any]]:
    return [line async for line in replay_folder(folder, list_name, config or folder / "list.toml")]


def without_detail(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in line.items() if name != "detail"} for line in found]


def change(edition: str, case: str, field: str, before: str | None, after: str | None) -> dict[str, Any]:
    return {"edition": edition, "case": case, "field": field, "before": before, "after": after}


async def test_editions_in_order_tell_what_changed(folder: Path) -> None:
    assert without_detail(await lines(folder, "harbour")) == [
        {"edition": "2031-05-05T1200", "baseline": 2},
        change("2031-05-05T1300", "Pat Example", "status", "upheld", "scheduled"),
        change("2031-05-05T1300", "Pat Example", "execution_date", None, "2031-05-06"),
        {"edition": "2031-05-05T1400", "held": True, "reason": "missing_column"},
        {"edition": "2031-05-06T1800", "question": "unknown_status", "case": "Sam [Test]"},
        {"edition": "2031-05-06T1800", "question": "vanished", "case": "Kim Sample"},
        {"edition": "2031-05-06T1800", "question": "date_passed", "case": "Pat Example"},
        change("2031-05-07T0000", "Pat Example", "status", "scheduled", "stayed"),
        change("2031-05-07T0000", "Pat Example", "execution_date", "2031-05-06", None),
    ]


async def test_files_without_a_time_are_an_hour_apart(folder: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "a.csv").write_bytes(csv_of(PAT | {"date": "2000-01-01"}))
    for number in range(20):
        (plain / f"b{number:02d}.csv").write_bytes(
            csv_of(PAT | {"date": "2000-01-01"}, KIM | {"id": str(number + 2)})
        )
    asked = [
        line
        for line in await lines(plain, "harbour", folder / "list.toml")
        if line.get("question") == "date_passed"
    ]
    assert without_detail(asked) == [{"edition": "b17", "question": "date_passed", "case": "Pat Example"}]


def run(*arguments: str) -> tuple[int, str, str]:
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_one_json_object_a_line(folder: Path) -> None:
    code, out, _ = run(str(folder), "--list", "harbour", "--config", str(folder / "list.toml"), "--json")
    assert code == 0
    assert json.loads(out.splitlines()[0]) == {"edition": "2031-05-05T1200", "baseline": 2}
    assert len([json.loads(line) for line in out.splitlines()]) == 9


def test_the_same_as_a_table_for_people(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = run(str(folder), "--list", "harbour", "--config", str(folder / "list.toml"))
    assert code == 0
    assert "first reading: 2 cases" in " ".join(out.split())
    assert "[Test]" in out


def test_mistakes_end_with_two_and_say_what_to_do(folder: Path) -> None:
    config = str(folder / "list.toml")
    code, out, err = run(str(folder), "--list", "other", "--config", config)
    assert (code, out) == (2, "")
    assert err == f"{config}: there is no list 'other'; there is harbour\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\nlists = 3", ":2: lists: written as [[lists]], with double brackets"),
        ("[[lists]\n", ":1: not TOML: "),
        ("", ": there is no list 'harbour'; there is none at all"),
        (
            CONFIG.replace('"stayed"', '"asleep"'),
            ":20: [[lists]] harbour: statuses.Stopped: 'Stopped' = 'asleep': no such status; ",
        ),
        (CONFIG.replace('key = "id"', ""), ":2: [[lists]] harbour: key: missing"),
        (
            f"{CONFIG.replace('harbour', 'coast')}{CONFIG.replace('also =', 'alsoo =')}",
            ":29: [[lists]] harbour: alsoo: unknown key; is 'also' meant?",
        ),
        (
            CONFIG.replace("key =", 'encoding = "martian"\nkey ='),
            ":8: [[lists]] harbour: encoding: 'martian' is",
        ),
    ],
)
def test_a_configuration_that_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_list(path, "harbour")
    assert str(caught.value).startswith(f"{path}{told}")


async def test_what_is_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        await lines(folder, "harbour", tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match="the folder of editions cannot be read"):
        await lines(tmp_path / "absent", "harbour", folder / "list.toml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"there is no \.csv file"):
        await lines(tmp_path / "empty", "harbour", folder / "list.toml")


async def test_only_regular_files_in_sight_are_editions(folder: Path) -> None:
    before = await lines(folder, "harbour")
    (folder / "2031-05-05T1100.csv").mkdir()
    (folder / ".2031-05-05T1100.csv").write_bytes(csv_of(KIM))
    (folder / "2031-05-05T1130.csv").symlink_to(folder / "absent.csv")
    assert await lines(folder, "harbour") == before


async def test_an_edition_that_cannot_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str = "r", **more: Any) -> IO[Any]:
        if path.suffix == ".csv":
            raise PermissionError(13, "Permission denied")
        return whole(path, mode, **more)

    whole = Path.open
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ConfigError) as caught:
        await lines(folder, "harbour")
    assert str(caught.value) == (
        f"{folder / '2031-05-05T1200.csv'}: the edition cannot be read: Permission denied"
    )


async def test_an_edition_that_is_too_large_is_held_and_not_read_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "2031-05-08T0000.csv").open("wb") as file:
        file.truncate(MAX_BYTES * 100)  # a hole: takes no room
    seen: list[int] = []

    async def count(sessions: Sessions, watched: WatchedList, document: bytes, now: datetime) -> Reading:
        seen.append(len(document))
        return await read_edition(sessions, watched, document, now)

    monkeypatch.setattr("bot.cli.replay.read_edition", count)
    *_, last = await lines(folder, "harbour")
    assert last == {
        "edition": "2031-05-08T0000",
        "held": True,
        "reason": "too_large",
        "detail": "list 'harbour': the document is larger than 10,000,000 bytes.",
    }
    assert max(seen) == MAX_BYTES + 1


def as_set(found: Iterable[dict[str, Any]]) -> set[str]:
    return {json.dumps(line, sort_keys=True) for line in without_detail(found)}


@real_lists
async def test_oklahoma_changes_exactly_as_recorded() -> None:
    first, *found = await lines(OKLAHOMA, "oklahoma")
    recorded = (OKLAHOMA / "changes.jsonl").read_text(encoding="utf-8").splitlines()
    assert first == {"edition": "2025-02-11T1642", "baseline": 48}
    assert as_set(found) == as_set(json.loads(line) for line in recorded)
    assert len(found) == len(recorded)


@real_lists
async def test_oklahoma_with_a_word_the_mapping_lacks(tmp_path: Path) -> None:
    text = (OKLAHOMA / "list.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "Ruled Incompetent" not in line]
    (tmp_path / "list.toml").write_text("\n".join(kept), encoding="utf-8")
    whole, found = (
        await lines(OKLAHOMA, "oklahoma"),
        await lines(OKLAHOMA, "oklahoma", tmp_path / "list.toml"),
    )
    asked = as_set(found) - as_set(whole)
    assert [json.loads(line) for line in sorted(asked)] == [
        {"case": name, "edition": "2025-02-27T1603", "question": "unknown_status"}
        for name in ("James C. Ryder", "Wade Greely Lay")
    ]
    assert as_set(whole) < as_set(found)


@real_lists
async def test_iran_is_read_with_what_it_leaves_open() -> None:
    first, *found = await lines(IRAN, "iran-2018")
    assert first == {"edition": "executions-2018", "baseline": 211}
    assert [line["question"] for line in found] == ["unknown_status"] * 34


@real_lists
async def test_iran_keeps_both_scripts_and_merges_nobody(sessions: Sessions) -> None:
    document = (IRAN / "executions-2018.json").read_bytes()
    watched = read_list(IRAN / "list.toml", "iran-2018")
    await read_edition(sessions, watched, document, NOON)
    async with sessions.begin() as session:
        ids = [trace.id for trace in await cases.traces_of_list(session, "iran-2018")]
        stored = [case.seen for case in await cases.cases_by_id(session, ids)]
    known = [one for one in json.loads(document)["victims"] if one["cause_of_death"] in watched.statuses]
    assert sorted((view.name_latin, view.name_native) for view in stored) == sorted(
        (one["name_latin"], one["name_farsi"]) for one in known
    )
    assert Counter(view.name_latin for view in stored)["Unknown"] == 12
