"""The map of imports holds, and each of its contracts would notice if it did not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("alerts", "subscribers", "bot")
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]
FOLDERS = {*PACKAGES, "locales", "tests", ".ci", ".github"}
FILES = {
    *("pyproject.toml", "requirements.txt", "requirements-dev.txt", "requirements-bench.txt"),
    *("config.example.toml", "Makefile"),
    *("Dockerfile", ".dockerignore", ".gitignore", "README.md", "CHANGELOG.md", "LICENSE"),
}
# (file, the import that must not be in it); the stray files are what "exhaustive" is for.
WRONG = [
    ("alerts/case.py", "subscribers.subscriber"),
    ("subscribers/delivery.py", "bot.config"),
    ("alerts/review.py", "alerts.publish"),
    ("alerts/store/audit.py", "alerts.audit"),
    ("alerts/render/message.py", "alerts.store"),
    ("subscribers/subscriber.py", "subscribers.store"),
    ("alerts/day.py", "httpx"),
    ("subscribers/pace.py", "sqlalchemy"),
    ("alerts/watch.py", "telegram"),
    ("subscribers/store/__init__.py", "apscheduler"),
    ("alerts/draft.py", "alerts.tables"),
    ("bot/app.py", "subscribers.tables"),
    ("bot/config.py", "bot.tables"),
    ("bot/context.py", "bot.emulator"),
    ("bot/handlers/cases.py", "alerts.store.cases"),
]
STRAY = ["alerts/utils.py", "subscribers/utils.py"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    plain = {**os.environ, "NO_COLOR": "1", "COLUMNS": "1000"}
    return subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy in which every contract is broken."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, wrong in WRONG:
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {wrong}\n")
    for name in STRAY:
        (copy / name).write_text('"""Nobody asked for this."""\n')
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_all_contracts_are_kept():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize("name", CONTRACTS)
def test_each_contract_can_be_broken(complaints: str, name: str):
    assert f"{name} BROKEN" in complaints.splitlines()


@pytest.mark.parametrize(("name", "wrong"), WRONG)
def test_a_wrong_import_is_named(complaints: str, name: str, wrong: str):
    importer = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"{importer} -> {wrong} " in complaints


@pytest.mark.parametrize("name", STRAY)
def test_a_file_that_is_not_on_the_map_is_named(complaints: str, name: str):
    package = name.partition("/")[0]
    assert f"- {package}.utils" in complaints


def test_the_top_level_holds_what_the_architecture_names_and_nothing_else():
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()] + [".git"]
    found = [path for path in ROOT.iterdir() if not any(fnmatch(path.name, pattern) for pattern in ignored)]
    assert {path.name for path in found if path.is_dir()} == FOLDERS
    assert {path.name for path in found if not path.is_dir()} == FILES
