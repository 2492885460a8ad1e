from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from alerts.alert import AlertKind
from alerts.case import CaseStatus
from alerts.locales import load
from alerts.publish import publish
from alerts.render.cap import NAMESPACE
from bot.database import Sessions
from tests.alerts import reviewing as r
from tests.bot.cli.conftest import Shell

CONFIG = """
[organisation]
name = "Example Watch"
contact = "{contact}"
site = "{site}"
[database]
url = "{url}"
"""


@pytest.fixture
async def chain(sessions: Sessions) -> list[str]:
    """The numbers of an action with its first alert and its good news."""
    first = await r.drafted(sessions)
    await r.approve(sessions, first.id)
    await publish(sessions, load(), 1, r.NOW)
    later = r.NOW + timedelta(hours=2)
    stayed = await r.write_by_hand(
        sessions,
        first.case_id,
        r.replace(r.VIEW, status=CaseStatus.STAYED),
        kind=AlertKind.GOOD_NEWS,
        disposition=r.Disposition.ALERT,
    )
    await r.approve(sessions, stayed.id, r.BEN, now=later)
    await publish(sessions, load(), 1, later)
    return ["UA-26/001", "UA-26/001.1"]


@pytest.fixture
def configure(tmp_path: Path, database_url: str):
    def write(contact: str = "contact@example.org", site: str = "https://example.org") -> None:
        text = CONFIG.format(contact=contact, site=site, url=database_url)
        (tmp_path / "config.toml").write_text(text)

    write()
    return write


def said(xml: str | bytes, *names: str) -> tuple[str | None, ...]:
    root = ET.fromstring(xml)
    return tuple(root.findtext(f"{{{NAMESPACE}}}{name}") for name in names)


async def test_a_whole_action_goes_into_a_folder(shell: Shell, chain: list[str], configure, tmp_path: Path):
    ended = await shell("cap", chain[0], "--output", "cap")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    files = sorted((tmp_path / "cap").iterdir())
    assert [path.name for path in files] == ["UA-26-001.1.xml", "UA-26-001.xml"]
    reference = "contact@example.org,UA-26/001,2026-11-03T09:30:00-00:00"
    found = [said(path.read_bytes(), "identifier", "msgType", "references") for path in files]
    assert found == [("UA-26/001.1", "Update", reference), ("UA-26/001", "Alert", None)]


async def test_one_update_goes_into_a_file_or_is_printed(
    shell: Shell, chain: list[str], configure, tmp_path: Path
):
    ended = await shell("cap", "ua-26/001.1", "--output", "update.xml")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    xml = (tmp_path / "update.xml").read_text(encoding="utf-8")
    assert (await shell("cap", chain[1])).out == xml
    first = await shell("cap", "26_001.0")
    assert said(first.out, "identifier", "sent") == ("UA-26/001", "2026-11-03T09:30:00-00:00")
    assert (await shell("cap", chain[0])).out == first.out + xml


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("UA-26/002", "UA-26/002: nothing was published under that number"),
        ("UA-26/001.7", "UA-26/001.7: nothing was published under that number"),
        ("14", "'14' is not the number of an action, such as UA-26/014 or UA-26/014.1"),
        ("UA-26/001.1.2", "'UA-26/001.1.2' is not the number of an action, such as UA-26/014 or UA-26/014.1"),
    ],
)
async def test_a_number_that_is_none(shell: Shell, chain: list[str], configure, number: str, problem: str):
    ended = await shell("cap", number)
    assert (ended.code, ended.out, ended.err) == (2, "", f"{problem}\n")


async def test_the_site_names_the_sender_when_the_contact_cannot(shell: Shell, chain: list[str], configure):
    configure(contact="by post only")
    assert said((await shell("cap", chain[1])).out, "sender") == ("example.org",)
    configure(contact="by post only", site="")
    ended = await shell("cap", chain[1])
    assert ended.code == 2
    assert ended.err.startswith("[organisation] contact: CAP needs an e-mail address here")


async def test_a_database_without_tables(shell: Shell, configure, tmp_path: Path):
    (tmp_path / "config.toml").write_text(
        CONFIG.format(contact="a@example.org", site="", url="sqlite+aiosqlite:///new.db")
    )
    ended = await shell("cap", "UA-26/001")
    assert ended.code == 2
    assert ended.err.startswith("[database] url: nothing can be read there")


async def test_a_folder_that_cannot_be_made(shell: Shell, chain: list[str], configure, tmp_path: Path):
    (tmp_path / "cap").write_text("a file")
    ended = await shell("cap", chain[0], "--output", "cap")
    assert (ended.code, ended.err) == (2, "--output: cap cannot be made a folder: File exists\n")
