"""`replay FOLDER --list NAME`: saved editions of a list, in order, through the real stations; prints what changed.

Works in a scratch database that is thrown away; needs no token, no key, no administrators. The clock comes
from the file names.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.errors import BotError, ConfigError
from alerts.expire import ask_about_passed_dates
from alerts.lists.mapping import WatchedList
from alerts.lists.sheet import MAX_BYTES
from alerts.question import QuestionKind
from alerts.seal import Sealer, new_key
from alerts.store import questions
from alerts.watch import Outcome, Reading, read_edition
from bot.config import Settings, read_toml
from bot.database import Sessions, migrate, open_engine, open_sessions
from bot.mistakes import explained, line_of, lines_of

_STAMP: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T_ ](\d\d)[:.-]?(\d\d)(?:[:.-]?(\d\d))?)?Z?")
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When the first edition was read if no file name says: fixed, so that a replay always prints the same."""
_PAGE: Final = 1000

Line = dict[str, Any]


def command(
    folder: Annotated[Path, typer.Argument(help="The folder of saved editions, one file each.")],
    list_name: Annotated[str, typer.Option("--list", help="The name of a list in the configuration.")],
    config: Annotated[Path, typer.Option("--config", help="The configuration file.")] = Path("config.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,  # noqa: FBT002 - typer
) -> None:
    """Read a folder's editions of a list in order and print what changed."""
    try:
        asyncio.run(_print_lines(replay_folder(folder, list_name, config), as_json=as_json))
    except BotError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


async def replay_folder(folder: Path, list_name: str, config: Path) -> AsyncIterator[Line]:
    """What each edition brought, one plain dict each: a baseline, a change, a question, or an edition held.

    ConfigError when the configuration, the list in it, or an edition to read is not there.
    """
    watched = read_list(config, list_name)
    files = _editions(folder, watched)
    async with _scratch() as sessions:
        for path, now in _with_clock(files):
            reading = await read_edition(sessions, watched, await asyncio.to_thread(_document, path), now)
            await ask_about_passed_dates(sessions, now)
            for line in _lines(reading):
                yield {"edition": path.stem, **line}
            for line in await _new_questions(sessions, now):
                yield {"edition": path.stem, **line}


def read_list(config: Path, list_name: str) -> WatchedList:
    """One list of a configuration file of which nothing else is looked at; ConfigError names file, line and key."""
    text, plain = read_toml(config)
    lists = plain.get("lists", [])
    if not isinstance(lists, list) or not all(isinstance(one, dict) for one in lists):
        line = line_of(lines_of(text), ("lists",))
        msg = f"{config}:{line}: lists: written as [[lists]], with double brackets"
        raise ConfigError(msg)
    for place, one in enumerate(lists):
        if one.get("name") == list_name:
            try:
                return WatchedList.model_validate(one)
            except ValidationError as error:
                found = error.errors(include_url=False, include_input=False)
                for detail in found:
                    detail["loc"] = ("lists", place, *detail["loc"])
                raise ConfigError(explained(config, text, plain, Settings, found)) from None
    names = ", ".join(str(one.get("name")) for one in lists) or "none at all"
    msg = f"{config}: there is no list {list_name!r}; there is {names}"
    raise ConfigError(msg)


def _editions(folder: Path, watched: WatchedList) -> list[Path]:
    """The regular files of the list's format, by name; hidden ones are an editor's or a system's, no editions."""
    suffix = f".{watched.format}"
    try:
        files = sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() == suffix and not path.name.startswith(".") and path.is_file()
        )
    except OSError as error:
        msg = f"{folder}: the folder of editions cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    if not files:
        msg = f"{folder}: there is no {suffix} file, the format of list {watched.name!r}"
        raise ConfigError(msg)
    return files


def _document(path: Path) -> bytes:
    """An edition's bytes; of one that is too large only so many that it is held for it."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"{path}: the edition cannot be read: {error.strerror}"
        raise ConfigError(msg) from error


def _with_clock(files: list[Path]) -> Iterator[tuple[Path, datetime]]:
    """Each file and the time it was read: its name's, else an hour after the one before."""
    now = _BEGINNING - timedelta(hours=1)
    for path in files:
        now = _stamp(path.stem) or now + timedelta(hours=1)
        yield path, now


def _stamp(stem: str) -> datetime | None:
    match = _STAMP.fullmatch(stem)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _lines(reading: Reading) -> Iterator[Line]:
    if reading.outcome is Outcome.HELD:
        yield {"held": True, "reason": reading.reason, "detail": reading.explanation}
    if reading.outcome is Outcome.BASELINE:
        yield {"baseline": reading.cases}
    for one in reading.changes:
        yield {
            "case": one.case_name,
            "field": one.change.field,
            "before": one.change.before,
            "after": one.change.after,
        }


async def _new_questions(sessions: Sessions, now: datetime) -> list[Line]:
    """The questions this edition raised, as moderators would be told of them: once."""
    lines: list[Line] = []
    while True:
        async with sessions.begin() as session:
            asked = await questions.untold(session, _PAGE)
            await questions.mark_told(session, [one.id for one in asked if one.id is not None], now)
        lines += [
            {"question": one.kind.value, "case": one.case_name, "detail": one.detail}
            for one in asked
            if one.kind is not QuestionKind.HELD  # it is the edition's own line
        ]
        if len(asked) < _PAGE:
            return lines


@asynccontextmanager
async def _scratch() -> AsyncIterator[Sessions]:
    with TemporaryDirectory(prefix="replay-") as folder:
        engine = open_engine(f"sqlite+aiosqlite:///{Path(folder) / 'scratch.db'}")
        try:
            await migrate(engine)
            yield open_sessions(engine, Sealer(new_key()))
        finally:
            await engine.dispose()


async def _print_lines(lines: AsyncIterator[Line], *, as_json: bool) -> None:
    if as_json:
        async for line in lines:
            typer.echo(json.dumps(line, ensure_ascii=False))
        return
    table = Table("Edition", "Case", "What", "Before", "After")
    async for line in lines:
        table.add_row(*(_cell(part) for part in _row(line)))
    Console().print(table)


def _row(line: Line) -> tuple[str | None, ...]:
    edition = line["edition"]
    if "baseline" in line:
        return edition, "", f"first reading: {line['baseline']} cases", "", ""
    if "held" in line:
        return edition, "", f"held: {line['reason']}", "", line["detail"]
    if "question" in line:
        detail = ", ".join(f"{name} {value}" for name, value in line["detail"].items())
        return edition, line["case"], f"question: {line['question']}", "", detail
    return edition, line["case"], line["field"], line["before"], line["after"]


def _cell(text: str | None) -> Text:
    """Shown as it stands: a list's brackets are no markup; a dash for what is absent."""
    return Text("—" if text is None else text)
