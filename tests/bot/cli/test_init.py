from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from alerts.moderators import claim_digest
from alerts.seal import read_key_file, read_key_text
from bot.config import load
from tests.bot.cli.conftest import Shell


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


async def test_it_writes_a_configuration_a_key_and_a_data_folder(shell: Shell, tmp_path: Path):
    ended = await shell("init")
    assert (ended.code, ended.err) == (0, "")
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert written == ["config.toml", "data", "secrets", "secrets/seal.key"]
    assert [mode(tmp_path / name) for name in written] == ["0600", "0700", "0700", "0600"]
    settings = load(tmp_path / "config.toml")
    assert settings.privacy.key_file == tmp_path / "secrets" / "seal.key"
    assert settings.database.url == f"sqlite+aiosqlite:///{tmp_path}/data/bot.db"
    assert settings.telegram.token_file == tmp_path / "secrets" / "telegram_token"


async def test_the_recovery_sheet_restores_the_key(shell: Shell, tmp_path: Path):
    sheet = (await shell("init")).out
    key_file = tmp_path / "secrets" / "seal.key"
    sealed = read_key_file(key_file).seal("7000000123", "test")
    groups = re.findall(r"^    ((?:[A-Z2-7]{1,4} ?)+)$", sheet, re.MULTILINE)
    key_file.unlink()
    key_file.write_text("\n".join(groups).lower())  # typed by hand, with the lines as they were printed
    key_file.chmod(0o600)
    assert read_key_file(key_file).open(sealed, "test") == "7000000123"
    assert len(read_key_text(" ".join(groups))) == 64


async def test_the_claim_code_is_printed_and_only_its_digest_is_kept(shell: Shell, tmp_path: Path):
    sheet = (await shell("init")).out
    code = re.search(r"/claim ([A-Z2-7-]+)$", sheet, re.MULTILINE)
    assert code is not None
    assert load(tmp_path / "config.toml").moderation.claim_digest == claim_digest(code[1])
    assert code[1] not in (tmp_path / "config.toml").read_text()


async def test_every_key_and_code_is_its_own(shell: Shell, tmp_path: Path):
    sheets = [(await shell("init", "--config", f"{name}/config.toml")).out for name in ("one", "two")]
    keys = {(tmp_path / name / "secrets" / "seal.key").read_text() for name in ("one", "two")}
    codes = {line for sheet in sheets for line in sheet.splitlines() if "/claim " in line}
    assert (len(keys), len(codes)) == (2, 2)


@pytest.mark.parametrize("there", ["config.toml", "secrets/seal.key"])
async def test_it_never_overwrites(shell: Shell, tmp_path: Path, there: str):
    path = tmp_path / there
    path.parent.mkdir(exist_ok=True)
    path.write_text("precious")
    ended = await shell("init")
    assert (ended.code, ended.out) == (2, "")
    assert there in ended.err
    assert "never overwrites" in ended.err
    assert [one.read_text() for one in tmp_path.rglob("*") if one.is_file()] == ["precious"]


async def test_a_second_init_changes_nothing(shell: Shell, tmp_path: Path):
    await shell("init")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert (await shell("init")).code == 2
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


async def test_what_init_leaves_to_do_is_what_check_finds(shell: Shell):
    await shell("init")
    ended = await shell("check")
    assert ended.code == 1
    wrong = [line.split(":")[0] for line in ended.out.splitlines() if line.startswith("✗")]
    assert wrong == ["✗ [organisation]", "✗ [telegram] token_file"]
    assert ended.out.splitlines()[-1] == "2 things to put right."
