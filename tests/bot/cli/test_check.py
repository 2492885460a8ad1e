from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.letter import checks
from alerts.letter.checks import check_letters
from alerts.locales import load
from alerts.seal import new_key, write_key_file
from bot.demo import people
from bot.demo.list_server import ListServer
from bot.demo.stage import TOKEN
from bot.emulator import Emulator
from tests.bot.cli.conftest import Shell

LIST = """
[[lists]]
name = "harbour"
title = "Harbour list (fictional)"
url = "{url}"
format = "csv"
key = "id"
country = "IR"
loopback_http = true
[lists.columns]
name_latin = "name"
status = "status"
[lists.statuses]
"Sentenced" = "sentenced"
"Death row" = "upheld"
"Date set" = "scheduled"
"Stayed" = "stayed"
"""


def broken(good: bytes) -> dict[str, tuple[bytes, str]]:
    """What a list should never be, and what `check` says of it."""
    return {
        "web page": (b"<!doctype html><title>Log in</title>", "the address gave a web page or XML, not CSV"),
        "empty": (b"", "the document is empty"),
        "header only": (good.splitlines()[0], "the document has no rows"),
        "half a file": (good[: good.rindex(b",") - 40], "the file breaks off"),
        "not text": ("id,name\n1,آرمان\n".encode("utf-16-le"), "zero bytes: it is not text"),
        "other columns": (b"id,Name,Status\n1,Arman,Sentenced\n", "there is no column 'name' for name_latin"),
    }


KINDS = sorted(broken(b"a,b\n" + b"x" * 60 + b",y\n"))


@pytest.fixture(scope="module")
def letters_found() -> list[str]:
    """What `check` finds wrong with the letters, found once: setting them all in type takes seconds."""
    return check_letters(load())


@pytest.fixture(autouse=True)
def letters_are_checked_once(letters_found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "check_letters", lambda catalogues: letters_found)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator.running(TOKEN) as emulator:
        yield emulator


@pytest.fixture
def configured(tmp_path: Path, emulator: Emulator) -> Path:
    """A configuration with which all is well."""
    write_key_file(tmp_path / "seal.key", new_key())
    path = tmp_path / "config.toml"
    path.write_text(f"""
[organisation]
name = "Lantern (test)"
contact = "desk@lantern.example"
[telegram]
token = "{TOKEN}"
base_url = "{emulator.base_url}"
[privacy]
key_file = "seal.key"
[moderation]
administrators = [9001]
moderators = [9002]
""")
    path.chmod(0o600)
    return path


def wrong(out: str) -> list[str]:
    return [line for line in out.splitlines() if line.startswith("✗")]


async def test_all_is_well(shell: Shell, configured: Path):
    configured.write_text(configured.read_text() + LIST.format(url="list.csv"))
    (configured.parent / "list.csv").write_bytes(ListServer(people.rows()).document())
    ended = await shell("check")
    assert (wrong(ended.out), ended.code, ended.err) == ([], 0, "")
    assert "✓ [telegram] token: accepted for @urgent_action_demo_bot" in ended.out.splitlines()
    assert "✓ list 'harbour': 9 rows understood" in ended.out.splitlines()
    assert ended.out.splitlines()[-1] == "All is well."


async def test_it_changes_nothing(shell: Shell, configured: Path, emulator: Emulator):
    before = {path: path.read_bytes() for path in configured.parent.rglob("*")}
    await shell("check")
    assert {path: path.read_bytes() for path in configured.parent.rglob("*")} == before
    assert {call.method for call in emulator.record} == {"getMe"}


async def test_a_refused_token(shell: Shell, configured: Path):
    configured.write_text(configured.read_text().replace(TOKEN, "1234567:revoked-token-of-the-emulated-one"))
    ended = await shell("check")
    assert wrong(ended.out) == [
        "✗ [telegram] token: Telegram refuses it. Ask @BotFather for the current one."
    ]
    assert ended.code == 1
    assert "revoked" not in ended.out + ended.err


async def test_telegram_out_of_reach(shell: Shell, configured: Path, emulator: Emulator):
    async with emulator.away():
        ended = await shell("check")
    assert wrong(ended.out) == [f"✗ [telegram] token: {emulator.base_url} could not be asked: NetworkError"]
    assert TOKEN not in ended.out + ended.err


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            'name = "Lantern (test)"',
            "",
            "✗ [organisation]: readers must be told who speaks: set name and contact.",
        ),
        (f'token = "{TOKEN}"', "", "✗ [telegram] token: there is none. Ask @BotFather for one"),
        (
            f'token = "{TOKEN}"',
            'token = "swordfish"',
            "✗ [telegram] token: it does not look like 123456:ABC-DEF",
        ),
        ('"seal.key"', '"absent.key"', "absent.key: there is no key file. Run `python -m bot init`"),
        ("moderators = [9002]", "", "✗ [moderation]: an alert needs 2 people"),
        (
            "[privacy]",
            '[database]\nurl = "postgresql+asyncpg://bot@127.0.0.1:9/bot"\n[privacy]',
            "✗ [database] url: ",
        ),
    ],
)
async def test_each_thing_to_put_right(shell: Shell, configured: Path, before: str, after: str, says: str):
    assert before in configured.read_text()
    configured.write_text(configured.read_text().replace(before, after))
    ended = await shell("check")
    assert (len(wrong(ended.out)), ended.code) == (1, 1)
    assert says in wrong(ended.out)[0]
    assert "swordfish" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("mode", "content", "says"),
    [
        (0o644, None, "others can read the key file (mode 0644). Run: chmod 600"),
        (0o600, "not base32 at all!", "Restore it from its recovery sheet"),
        (0o600, "AAAA BBBB", "the key text holds 5 bytes, not 64"),
    ],
)
async def test_a_key_file_that_cannot_be_used(
    shell: Shell, configured: Path, mode: int, content: str | None, says: str
):
    key_file = configured.parent / "seal.key"
    if content is not None:
        key_file.write_text(content)
    key_file.chmod(mode)
    (line,) = wrong((await shell("check")).out)
    assert line.startswith("✗ [privacy] key_file: ")
    assert says in line


async def test_a_token_that_others_can_read(shell: Shell, configured: Path):
    configured.chmod(0o640)
    (line,) = wrong((await shell("check")).out)
    assert line.endswith("which holds the token. Run: chmod 600 config.toml")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["server", "file"])
async def test_a_bad_list(shell: Shell, configured: Path, kind: str, place: str):
    server = ListServer(people.rows())
    body, says = broken(server.document())[kind]
    async with server.serving():
        server.answer = (200, body)
        (configured.parent / "list.csv").write_bytes(body)
        url = server.url if place == "server" else "list.csv"
        configured.write_text(configured.read_text() + LIST.format(url=url))
        ended = await shell("check")
    assert ended.code == 1
    (line,) = wrong(ended.out)
    assert line.startswith("✗ list 'harbour': ")
    assert says in line


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (404, "there is nothing at this address (404); the list may have moved."),
        (403, "the server refuses us (403); ask the list's keepers."),
        (500, "the server has a fault (500)."),
    ],
)
async def test_a_list_that_is_not_there(shell: Shell, configured: Path, status: int, says: str):
    server = ListServer(people.rows())
    async with server.serving():
        server.answer = (status, b"")
        configured.write_text(configured.read_text() + LIST.format(url=server.url))
        ended = await shell("check")
    assert wrong(ended.out) == [f"✗ list 'harbour': {server.url}: {says}"]


async def test_a_file_that_is_not_there(shell: Shell, configured: Path):
    configured.write_text(configured.read_text() + LIST.format(url="list.csv"))
    (line,) = wrong((await shell("check")).out)
    assert line == f"✗ list 'harbour': {configured.parent}/list.csv: there is no such file."


async def test_status_words_that_the_mapping_does_not_know(shell: Shell, configured: Path):
    server = ListServer(people.rows())
    server.rows[0]["status"] = "Transferred"
    (configured.parent / "list.csv").write_bytes(server.document())
    configured.write_text(configured.read_text() + LIST.format(url="list.csv"))
    (line,) = wrong((await shell("check")).out)
    assert line == (
        "✗ list 'harbour': 1 of 9 rows would wait: "
        "status words that [lists.statuses] does not know: 1 (row 1; 'Transferred')"
    )


async def test_every_cause_for_which_rows_would_wait(shell: Shell, configured: Path):
    server = ListServer([dict(people.rows()[0]) | {"id": f"L-{number}"} for number in range(1, 15)])
    for number in range(7):
        server.rows[number]["execution_date"] = f"2{number}/03/2031"
    server.rows[7]["id"] = ""
    server.rows[9]["id"] = server.rows[8]["id"]
    server.rows[10]["name"] = "Ar\u202eman"
    server.rows[11]["status"] = ""
    server.rows[12] |= {"status": "Lost", "execution_date": "soon"}
    (configured.parent / "list.csv").write_bytes(server.document())
    mapped = LIST.format(url="list.csv").replace(
        '"status"\n[', '"status"\nexecution_date = "execution_date"\n['
    )
    configured.write_text(configured.read_text() + mapped)
    (line,) = wrong((await shell("check")).out)
    assert line == (
        "✗ list 'harbour': 13 of 14 rows would wait: "
        "hidden or control characters, or too long: 1 (row 11; 'U+202E'); "
        "status words that [lists.statuses] does not know: 2 (rows 12, 13; '', 'Lost'); "
        "the key is another row's too: 2 (rows 9, 10); "
        "the key is missing: 1 (row 8); unreadable dates: 8 (rows 1, 2, 3, 4, 5 …; "
        "'20/03/2031', '21/03/2031', '22/03/2031', '23/03/2031', '24/03/2031' …)"
    )


async def test_a_list_of_which_every_row_would_wait(shell: Shell, configured: Path):
    server = ListServer([dict(people.rows()[0]) | {"id": "L-1"} for _ in range(9)])
    (configured.parent / "list.csv").write_bytes(server.document())
    configured.write_text(configured.read_text() + LIST.format(url="list.csv"))
    assert wrong((await shell("check")).out) == [
        "✗ list 'harbour': 9 of 9 rows would wait: the key is another row's too: 9 (rows 1, 2, 3, 4, 5 …)"
    ]


async def test_a_token_file_that_others_can_read_is_named_once(shell: Shell, configured: Path):
    path = configured.parent / "telegram_token"
    path.write_text(TOKEN)
    path.chmod(0o644)
    text = configured.read_text().replace(f'token = "{TOKEN}"', 'token_file = "telegram_token"')
    configured.write_text(text)
    (line,) = wrong((await shell("check")).out)
    assert line.startswith("✗ [telegram] token_file: others can read ")
    assert TOKEN not in line


async def test_a_letter_that_nobody_has_reviewed_is_no_tick(shell: Shell, configured: Path):
    told = [line for line in (await shell("check")).out.splitlines() if "letters reviewed by" in line]
    assert told == [f"· locale {code}: words reviewed by: none; letters reviewed by: none" for code in load()]


async def test_telegram_is_asked_without_the_environments_proxies(
    shell: Shell, configured: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    ended = await shell("check")
    assert (wrong(ended.out), ended.code) == ([], 0)


async def test_everything_at_once(shell: Shell, tmp_path: Path):
    (tmp_path / "config.toml").write_text(LIST.format(url="list.csv"))
    ended = await shell("check")
    assert [line.split(": ")[0] for line in wrong(ended.out)] == [
        "✗ [organisation]",
        "✗ [telegram] token",
        "✗ [privacy] key_file",
        "✗ [moderation]",
        "✗ list 'harbour'",
    ]
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "5 things to put right.")


async def test_a_wrong_key_is_wrong_configuration(shell: Shell, tmp_path: Path):
    (tmp_path / "config.toml").write_text("[telegram]\nrat = 3\n")
    ended = await shell("check")
    assert (ended.code, ended.out, ended.err) == (
        2,
        "",
        "config.toml:2: [telegram] rat: unknown key; is 'rate' meant?\n",
    )


async def test_no_configuration(shell: Shell):
    ended = await shell("check")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("config.toml: there is no such file. Run `python -m bot init`")


async def test_wrong_usage(shell: Shell):
    assert (await shell("check", "--confg", "x")).code == 2
