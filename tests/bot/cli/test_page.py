from __future__ import annotations

from pathlib import Path

from alerts.locales import load
from alerts.render.page import Publisher, mail_page
from tests.bot.cli.conftest import Shell

ORGANISATION = '[organisation]\nname = "Example Watch"\ncontact = "contact@example.org"\nsite = "{site}"\n'
SAID = "Put it on your web space, under https, and its address into [web] page_url."


async def test_the_page_needs_no_configuration(shell: Shell, tmp_path: Path):
    ended = await shell("page")
    assert (ended.code, ended.out, ended.err) == (0, f"Written: page.html. {SAID}\n", "")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == mail_page(load())


async def test_the_configuration_says_who_speaks(shell: Shell, tmp_path: Path):
    (tmp_path / "config.toml").write_text(ORGANISATION.format(site="https://example.org"))
    (tmp_path / "letter.html").write_text("an older one")
    ended = await shell("page", "--output", "letter.html")
    assert (ended.code, ended.out, ended.err) == (0, f"Written: letter.html. {SAID}\n", "")
    expected = mail_page(load(), Publisher("Example Watch", "contact@example.org", "https://example.org"))
    assert (tmp_path / "letter.html").read_text(encoding="utf-8") == expected


async def test_a_site_that_is_not_https_is_refused(shell: Shell, tmp_path: Path):
    (tmp_path / "config.toml").write_text(ORGANISATION.format(site="http://example.org"))
    ended = await shell("page")
    assert (ended.code, ended.err) == (
        2,
        "[organisation] site: must begin with https:// and name a host\n",
    )
    assert not (tmp_path / "page.html").exists()


async def test_a_configuration_that_was_named_must_be_there(shell: Shell):
    ended = await shell("page", "--config", "other.toml")
    assert ended.code == 2
    assert ended.err.startswith("other.toml: there is no such file.")


async def test_a_file_that_cannot_be_written(shell: Shell):
    ended = await shell("page", "--output", "nowhere/page.html")
    assert (ended.code, ended.err) == (
        2,
        "--output: nowhere/page.html cannot be written: No such file or directory\n",
    )
