from __future__ import annotations

import json
import stat
from datetime import time, timedelta
from pathlib import Path

import pytest

from alerts.errors import ConfigError
from bot.config import exposed_secret, load

TOKEN = "1234567:token-of-the-tests-that-opens-nothing-0"
LIST = """\
[[lists]]
name = "harbour"
title = "Harbour list (fictional)"
url = "harbour.csv"
format = "csv"
key = "id"
[lists.columns]
name_latin = "name"
status = "status"
[lists.statuses]
"Sentenced" = "sentenced"
"""
SECOND = LIST.replace('"harbour"', '"island"')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def complaint(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load(path)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_an_empty_file_is_a_whole_configuration(path: Path):
    path.touch()
    settings = load(path)
    assert (settings.organisation, settings.lists, settings.telegram.rate) == (None, (), 25)
    assert settings.digest.daily_at == time(18)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[telegram]\nrat = 3\n", "config.toml:2: [telegram] rat: unknown key; is 'rate' meant?"),
        ("[telegram]\ncolour = 3\n", "config.toml:2: [telegram] colour: unknown key"),
        ("rate = 3\n", "config.toml:1: rate: unknown key"),
        ("\n[telegrm]\nrate = 3\n", "config.toml:2: [telegrm]: unknown key; is 'telegram' meant?"),
        (
            '[telegram]\nrate = "fast"\n',
            "config.toml:2: [telegram] rate: must be a valid number, unable to parse string as a number",
        ),
        ("[telegram]\n# rate = 5\nrate = 0\n", "config.toml:3: [telegram] rate: must be greater than 0"),
        (
            "[telegram]\nrate = 31\n",
            "config.toml:2: [telegram] rate: more than 30 a second only with paid_broadcast = true, which Telegram charges for",
        ),
        (
            '[telegram]\nmode = "webhook"\n',
            "config.toml:2: [telegram] mode: a webhook needs webhook_url and webhook_secret",
        ),
        ("telegram.rate = 0\n", "config.toml:1: [telegram] rate: must be greater than 0"),
        ("telegram = { rate = 0 }\n", "config.toml:1: [telegram] rate: must be greater than 0"),
        ('["telegram"]\n"rate" = 0\n', "config.toml:2: [telegram] rate: must be greater than 0"),
        (
            '[telegram]\nbase_url = "http://example.org"\n',
            "config.toml:2: [telegram] base_url: must begin with https:// (plain http only to this machine itself)",
        ),
        (
            '[database]\nurl = "mysql://bot@host/name"\n',
            "config.toml:2: [database] url: must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://",
        ),
        (
            "[moderation]\nmoderators = 1002\n",
            "config.toml:2: [moderation] moderators: must be a list in brackets, such as [1001, 1002]",
        ),
        (
            "[moderation]\nmoderators = [-5]\n",
            "config.toml:2: [moderation] moderators: must be greater than 0",
        ),
        (
            '[moderation]\nsecond_factor = "totp"\n',
            "config.toml:2: [moderation] second_factor: must be 'none'",
        ),
        (
            "[privacy]\nretention_hours = 72\n",
            "config.toml:2: [privacy] retention_hours: must be less than or equal to 48",
        ),
        (
            '[digest]\ntime_zone = "Mars/Base"\n',
            "config.toml:2: [digest] time_zone: 'Mars/Base' is not an IANA time zone such as Europe/Brussels",
        ),
        (
            '[logging]\nlevel = "loud"\n',
            "config.toml:2: [logging] level: must be 'debug', 'info', 'warning' or 'error'",
        ),
        ("[telegram]\nrate =\n", "config.toml:2: not TOML: Invalid value"),
        ("[telegram\n", "config.toml:1: not TOML: Expected ']' at the end of a table declaration"),
        (b"\n# \xff\n", "config.toml:2: this is not UTF-8; save the file as UTF-8."),
        ("telegram = 3\n", "config.toml:1: telegram: must be a section of keys"),
    ],
)
def test_each_mistake_names_file_line_section_and_key(path: Path, text: str | bytes, says: str):
    assert complaint(path, text) == says


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            'format = "csv"',
            'format = "xls"',
            "config.toml:16: [[lists]] island: format: must be 'csv' or 'json'",
        ),
        ('key = "id"\n', "", "config.toml:12: [[lists]] island: key: missing"),
        ('title = "', 'titel = "', "config.toml:14: [[lists]] island: titel: unknown key; is 'title' meant?"),
        (
            'format = "csv"',
            'format = "csv"\nevery = "often"',
            "config.toml:17: [[lists]] island: every: 'often' is not",
        ),
        (
            '= "sentenced"',
            '= "convicted"',
            "config.toml:22: [[lists]] island: statuses.Sentenced: 'Sentenced' = 'convicted'",
        ),
        (
            "name_latin",
            "nam_latin",
            "config.toml:19: [[lists]] island: columns.nam_latin: 'nam_latin' is not a field of ours",
        ),
        ('status = "status"\n', "", "config.toml:18: [[lists]] island: columns: status must be mapped"),
        ('"island"', '"Is Land"', "config.toml:13: [[lists]] Is Land: name: must match pattern"),
        ('"island"', '"harbour"', "config.toml: two lists have one name: harbour"),
    ],
)
def test_a_mistake_in_one_list_among_several_names_that_list(path: Path, before: str, after: str, says: str):
    told = complaint(path, LIST + SECOND.replace(before, after, 1)).splitlines()
    assert [line for line in told if line.startswith(says)] == told[-1:]


TARGET = """\
[[targets]]
key = "harbour-judiciary"
country = "IR"
kind = "head_of_judiciary"
emails = ["office@judiciary.example"]
sources = ["https://judiciary.example/"]
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            "office@",
            "office at ",
            "config.toml:11: [[targets]] island-judiciary: emails: 'office at judiciary.example'",
        ),
        (
            "emails",
            "email",
            "config.toml:11: [[targets]] island-judiciary: email: unknown key; is 'emails' meant?",
        ),
        ('"IR"', '"IRN"', "config.toml:9: [[targets]] island-judiciary: country: 'IRN' is not a country"),
        ('kind = "head_of_judiciary"\n', "", "config.toml:7: [[targets]] island-judiciary: kind: missing"),
        ("island-judiciary", "harbour-judiciary", "config.toml: two targets have one key: harbour-judiciary"),
    ],
)
def test_a_mistake_in_one_official_among_several_names_it(path: Path, before: str, after: str, says: str):
    second = TARGET.replace("harbour", "island").replace(before, after, 1)
    assert complaint(path, TARGET + second).startswith(says)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(path: Path):
    text = '[telegram]\nrate = 0\n[logging]\nlevel = "loud"\nformt = "json"\n[digest]\ndaily_at = "25:00"\n'
    assert [line.split(": ")[:2] for line in complaint(path, text).splitlines()] == [
        ["config.toml:2", "[telegram] rate"],
        ["config.toml:4", "[logging] level"],
        ["config.toml:5", "[logging] formt"],
        ["config.toml:7", "[digest] daily_at"],
    ]


def test_no_complaint_repeats_a_value_that_may_be_secret(path: Path):
    assert "swordfish" not in complaint(path, '[telegram]\ntoken = ["swordfish"]\nrate = "swordfish"\n')
    assert "swordfish" not in complaint(path, '[database]\nurl = "mysql://bot:swordfish@host/name"\n')


def test_no_file(path: Path):
    with pytest.raises(ConfigError, match=r"there is no such file\. Run `python -m bot init`"):
        load(path)


def test_a_folder_is_no_file(path: Path):
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(path)


def test_the_environment_beats_the_file(path: Path, monkeypatch: pytest.MonkeyPatch):
    path.write_text(
        '[telegram]\nrate = 5\nbase_url = "https://one.example"\n[moderation]\nmoderators = [1]\n'
    )
    monkeypatch.setenv("UAB_TELEGRAM__RATE", "7")
    monkeypatch.setenv("UAB_MODERATION__MODERATORS", "[1002, 1003]")
    monkeypatch.setenv("UAB_ORGANISATION__NAME", "Example Watch")
    settings = load(path)
    assert (settings.telegram.rate, settings.telegram.base_url) == (7, "https://one.example")
    assert settings.moderation.moderators == (1002, 1003)
    assert settings.organisation is not None
    assert settings.organisation.name == "Example Watch"


def test_watched_lists_come_from_the_environment_as_json(path: Path, monkeypatch: pytest.MonkeyPatch):
    path.write_text(LIST)
    one = {"name": "island", "title": "T", "url": "a.json", "format": "json", "key": "id", "every": "1h"}
    one |= {"columns": {"name_latin": "n", "status": ["s", "t"]}, "statuses": {"X": "upheld"}}
    monkeypatch.setenv("UAB_LISTS", json.dumps([one]))
    (watched,) = load(path).lists
    assert (watched.name, watched.every, watched.columns["status"]) == (
        "island",
        timedelta(hours=1),
        ("s", "t"),
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("UAB_TELEGRAM__RATE", "fast", "UAB_TELEGRAM__RATE (environment): must be a valid number"),
        ("UAB_TELEGRAM__RAT", "5", "UAB_TELEGRAM__RAT (environment): unknown key; is 'rate' meant?"),
        ("UAB_TELEGRM__RATE", "5", "UAB_TELEGRM__RATE (environment): unknown"),
        ("UAB_MODERATION__MODERATORS", "1002", "UAB_MODERATION__MODERATORS (environment): must be a list"),
        ("UAB_MODERATION__MODERATORS", "1, 2", "UAB_MODERATION__MODERATORS (environment): "),
        ("UAB_LISTS", "harbour", "UAB_LISTS (environment): the value is not JSON"),
        ("UAB_LISTS", '[{"name": "a"}]', "UAB_LISTS (environment): missing"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
):
    monkeypatch.setenv(name, value)
    assert complaint(path, "[telegram]\nrate = 5\n").startswith(says)


def test_paths_are_relative_to_the_configuration(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir("/")
    path.write_text('[telegram]\ntoken_file = "secrets/token"\n' + LIST)
    settings = load(path)
    folder = path.parent
    assert settings.telegram.token_file == folder / "secrets" / "token"
    assert settings.privacy.key_file == folder / "secrets" / "seal.key"
    assert settings.database.url == f"sqlite+aiosqlite:///{folder}/data/bot.db"
    assert settings.lists[0].url == str(folder / "harbour.csv")


def test_absolute_paths_and_addresses_stay(path: Path):
    path.write_text(
        '[database]\nurl = "sqlite+aiosqlite:////var/lib/bot.db"\n[privacy]\nkey_file = "/etc/seal.key"\n'
        + LIST.replace("harbour.csv", "https://example.org/list.csv")
    )
    settings = load(path)
    assert settings.database.url == "sqlite+aiosqlite:////var/lib/bot.db"
    assert settings.privacy.key_file == Path("/etc/seal.key")
    assert settings.lists[0].url == "https://example.org/list.csv"


def test_the_token_from_a_file_of_its_own(path: Path):
    path.write_text('[telegram]\ntoken_file = "token"\n')
    token_file = path.parent / "token"
    token_file.write_text(f"{TOKEN}\n")
    token_file.chmod(0o600)
    assert load(path).require_token() == TOKEN


def test_the_token_from_the_credentials_of_the_service(path: Path, monkeypatch: pytest.MonkeyPatch):
    path.touch()
    credentials = path.parent / "credentials"
    credentials.mkdir()
    (credentials / "telegram_token").write_text(TOKEN)
    (credentials / "telegram_token").chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert load(path).require_token() == TOKEN


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666])
def test_a_token_file_that_others_can_read_is_refused(path: Path, mode: int):
    path.write_text('[telegram]\ntoken_file = "token"\n')
    token_file = path.parent / "token"
    token_file.write_text(TOKEN)
    token_file.chmod(mode)
    with pytest.raises(
        ConfigError, match=rf"token_file: others can read .* \(mode {mode:04o}\)\. Run: chmod 600"
    ) as caught:
        load(path).require_token()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "",
            "[telegram] token: there is none. Ask @BotFather for one, then set token, token_file or UAB_TELEGRAM__TOKEN.",
        ),
        (
            '[telegram]\ntoken = "secret"',
            "[telegram] token: it does not look like 123456:ABC-DEF… as @BotFather writes it",
        ),
        (
            '[telegram]\ntoken_file = "absent"',
            "[telegram] token_file: {folder}/absent cannot be read: No such file or directory",
        ),
    ],
)
def test_no_token(path: Path, text: str, says: str):
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path).require_token()
    assert str(caught.value) == says.format(folder=path.parent)


@pytest.mark.parametrize(
    "text",
    ["", "[organisation]\n", '[organisation]\nname = "A"\n', '[organisation]\nname = " "\ncontact = "b"'],
)
def test_nobody_speaks(path: Path, text: str):
    path.write_text(text)
    with pytest.raises(ConfigError, match="readers must be told who speaks"):
        load(path).require_organisation()


def test_a_configuration_with_the_token_must_be_private(path: Path):
    path.write_text(f'[telegram]\ntoken = "{TOKEN}"\n')
    path.chmod(0o644)
    assert exposed_secret(path) == f"others can read {path}, which holds the token. Run: chmod 600 {path}"
    path.chmod(0o600)
    assert exposed_secret(path) is None
    path.write_text(f'[telegram]\nwebhook_secret = "{"s" * 32}"\n')
    path.chmod(0o640)
    assert (
        exposed_secret(path)
        == f"others can read {path}, which holds the webhook's secret. Run: chmod 600 {path}"
    )
    path.write_text("[telegram]\nrate = 5\n")
    path.chmod(0o644)
    assert exposed_secret(path) is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
