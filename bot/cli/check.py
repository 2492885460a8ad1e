"""`check`: find what is wrong before running: configuration, token, key, database, lists, locales, letters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath

if TYPE_CHECKING:
    from alerts.lists.watched import WatchedList
    from bot.config import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `problem` says what is wrong and what to do, None when it is well."""

    what: str
    problem: str | None = None
    note: str = ""


def command(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Look at everything before running; say what is wrong and where."""
    wrong = asyncio.run(_report(config))
    if wrong:
        typer.echo(f"{wrong} thing{'s' if wrong > 1 else ''} to put right.")
        raise typer.Exit(1)
    typer.echo("All is well.")


async def _report(config: Path) -> int:
    from bot.config import load

    settings = load(config)
    wrong = 0
    async for finding in look(settings, config):
        wrong += finding.problem is not None
        mark, text = ("✗", finding.problem) if finding.problem else ("✓", finding.note or "well")
        typer.echo(f"{mark} {finding.what}: {text}")
    return wrong


async def look(settings: Settings, config: Path) -> AsyncIterator[Finding]:
    """Everything that can be looked at without changing anything, one finding each."""
    yield Finding(str(config), note="every key is known")
    yield _looked("[organisation]", settings.require_organisation)
    yield await _token(settings, config)
    yield _key(settings)
    yield await _database(settings)
    yield _moderators(settings)
    for watched in settings.lists:
        yield await _list(watched)
    for finding in _words():
        yield finding


def _looked(what: str, look: object) -> Finding:
    from alerts.errors import BotError

    assert callable(look)
    try:
        look()
    except BotError as error:
        return _wrong(what, error)
    return Finding(what)


def _wrong(what: str, error: Exception) -> Finding:
    """What an error says, which begins with what it is about."""
    return Finding(what, str(error).removeprefix(f"{what}: "))


async def _token(settings: Settings, config: Path) -> Finding:
    from telegram import Bot
    from telegram.error import InvalidToken, TelegramError

    from alerts.errors import ConfigError
    from bot.config import exposed_token

    what = "[telegram] token"
    try:
        token = settings.require_token()
    except ConfigError as error:
        return _wrong(what, error)
    if problem := exposed_token(config):
        return Finding(what, problem)
    try:
        async with Bot(token, base_url=f"{settings.telegram.base_url}/bot") as bot:
            return Finding(what, note=f"accepted for @{bot.username}")
    except InvalidToken:
        return Finding(what, "Telegram refuses it. Ask @BotFather for the current one.")
    except TelegramError as error:
        return Finding(what, f"{settings.telegram.base_url} could not be asked: {type(error).__name__}")


def _key(settings: Settings) -> Finding:
    from alerts.seal import read_key_file

    return _looked("[privacy] key_file", lambda: read_key_file(settings.privacy.key_file))


async def _database(settings: Settings) -> Finding:
    """Whether it opens. A file that is not there yet is well: the first run makes it."""
    from alerts.errors import ConfigError
    from bot.database import open_engine, reachable

    what, url = "[database] url", settings.database.url
    if _is_to_be_made(url):
        return Finding(what, note="not there yet; the first run makes it")
    try:
        engine = open_engine(url)
        try:
            async with reachable(engine):
                return Finding(what, note="opens")
        finally:
            await engine.dispose()
    except ConfigError as error:
        return _wrong(what, error)


def _is_to_be_made(url: str) -> bool:
    scheme, _, path = url.partition(":///")
    return scheme.startswith("sqlite") and not Path(path).exists()


def _moderators(settings: Settings) -> Finding:
    moderation = settings.moderation
    people = {*moderation.administrators, *moderation.moderators}
    what = "[moderation]"
    if not people and not moderation.claim_digest:
        return Finding(what, "nobody may approve: name administrators, or run init for a /claim code")
    if people and len(people) <= moderation.approvals and not moderation.claim_digest:
        needed = moderation.approvals + 1
        return Finding(
            what,
            f"an alert needs {needed} people, its author and who approves it, but {len(people)} may do so: add moderators",
        )
    return Finding(
        what, note=f"may approve: {len(people)}; whoever holds the phone of one can (second_factor)"
    )


async def _list(watched: WatchedList) -> Finding:
    from alerts.errors import ListError
    from alerts.fetch import Document, fetch, open_client
    from alerts.lists.mapping import parse

    what = f"list {watched.name!r}"
    try:
        async with open_client() as client:
            document = await fetch(client, watched, None)
        assert isinstance(document, Document)
        rows = parse(document.body, watched)
    except ListError as error:
        return _wrong(what, error)
    unknown = sorted({row.unknown_word for row in rows if row.unknown_word})
    if unknown:
        listed = ", ".join(repr(word) for word in unknown[:5])
        return Finding(what, f"{len(rows)} rows; status words that [lists.statuses] does not know: {listed}")
    return Finding(what, note=f"{len(rows)} rows understood")


def _words() -> list[Finding]:
    from alerts import letter, locales

    catalogues = locales.load()
    problems = [Finding("letter", problem) for problem in letter.check_letters(catalogues)]
    if problems:
        return problems
    templates = {
        code: letter.read_template(locales.FOLDER / code / "letters" / "appeal.md")
        for code in catalogues.codes
    }
    return [
        Finding(f"locale {code}", note=f"letter reviewed by: {one.reviewed_by}")
        for code, one in templates.items()
    ]
