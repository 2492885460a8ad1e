"""`check`: find what is wrong before running: configuration, token, key, database, lists, locales, letters."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath

if TYPE_CHECKING:
    from alerts.lists.mapping import Row
    from alerts.lists.watched import WatchedList
    from bot.config import Settings

_KEY: Final = re.compile(r"(\[\w+\](?: \w+)?): ")
_SHOWN: Final = 5
_CAUSES: Final = {
    "no_key": "the key is missing:",
    "double_key": "the key is another row's too:",
    "unknown_status": "status words that [lists.statuses] does not know:",
    "forbidden_text": "hidden or control characters, or too long:",
    "unreadable_date": "unreadable dates:",
}
"""Why a row of a list's first reading waits, by the kind of question it would be."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `problem` says what is wrong and what to do, None when nothing is.

    With `is_open` it is neither wrong nor settled: something to know.
    """

    what: str
    problem: str | None = None
    note: str = ""
    is_open: bool = False

    def __str__(self) -> str:
        mark = "✗" if self.problem else "·" if self.is_open else "✓"
        return f"{mark} {self.what}: {self.problem or self.note or 'well'}"


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
        typer.echo(str(finding))
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
    """What an error says. Many begin with what they are about, if only with a neighbouring key."""
    text = str(error).removeprefix(f"{what}: ")
    named = _KEY.match(text)
    return Finding(named[1], text[named.end() :]) if named else Finding(what, text)


async def _token(settings: Settings, config: Path) -> Finding:
    from telegram import Bot
    from telegram.error import InvalidToken, TelegramError
    from telegram.request import HTTPXRequest

    from alerts.errors import ConfigError
    from bot.config import exposed_secret

    what = "[telegram] token"
    try:
        token = settings.require_token()
    except ConfigError as error:
        return _wrong(what, error)
    if problem := exposed_secret(config):
        return Finding(what, problem)
    # Like the running bot, without the environment's proxies: the token is in every address.
    once, updates = (HTTPXRequest(httpx_kwargs={"trust_env": False}) for _ in range(2))
    base = f"{settings.telegram.base_url}/bot"
    try:
        async with Bot(token, base_url=base, request=once, get_updates_request=updates) as bot:
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
    if waiting := _waiting(rows, watched):
        return Finding(what, waiting)
    return Finding(what, note=f"{len(rows)} rows understood")


def _waiting(rows: Sequence[Row], watched: WatchedList) -> str | None:
    """How many rows would wait, and of every kind of cause how many, which rows first and what they say."""
    from alerts.lists.edition import weigh

    findings = weigh({}, rows, watched)
    if len(findings.new) == len(rows):
        return None
    kinds: defaultdict[str, dict[int, None]] = defaultdict(dict)
    words: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in findings.questions:
        cause = _CAUSES[one.kind]
        kinds[cause] |= dict.fromkeys(one.detail.get("rows") or [one.detail["row"]])
        if "word" in one.detail:
            words[cause][repr(one.detail["word"])] = None
    told = [f"{cause} {_first(list(kinds[cause]), list(words[cause]))}" for cause in sorted(kinds)]
    return f"{len(rows) - len(findings.new)} of {len(rows)} rows would wait: {'; '.join(told)}"


def _first(numbers: list[int], words: list[str]) -> str:
    """All of them counted, the first named: "7 (rows 1, 2, 3, 4, 5 …; 'Lost')"."""
    rows = f"row{'s' if len(numbers) > 1 else ''} {_listed([str(number) for number in sorted(numbers)])}"
    return f"{len(numbers)} ({rows}{'; ' if words else ''}{_listed(words)})"


def _listed(items: list[str]) -> str:
    return ", ".join(items[:_SHOWN]) + (" …" if len(items) > _SHOWN else "")


def _words() -> list[Finding]:
    from alerts import letter, locales
    from alerts.letter.checks import check_letters

    catalogues = locales.load()
    problems = [Finding("letter", problem) for problem in check_letters(catalogues)]
    if problems:
        return problems
    return [
        Finding(f"locale {code}", note=_reviewed(words, letters), is_open=locales.NOBODY in words | letters)
        for code in catalogues.codes
        for words, letters in [(locales.reviewers_of_words(code), letter.reviewers(code))]
    ]


def _reviewed(words: frozenset[str], letters: frozenset[str]) -> str:
    said = {"words": ", ".join(sorted(words)), "letters": ", ".join(sorted(letters))}
    return "; ".join(f"{what} reviewed by: {who}" for what, who in said.items())
