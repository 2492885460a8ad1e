"""`cap`: an urgent action's published alerts as XML of the Common Alerting Protocol."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath
from bot.cli.output import write

if TYPE_CHECKING:
    from alerts.alert import Alert
    from alerts.render.cap import Speaker
    from bot.config import Settings

_NUMBER: Final = re.compile(r"(?i:UA-)?\d{2}[/_]\d{1,5}(?:\.(\d{1,4}))?")


def command(
    number: Annotated[
        str, typer.Argument(help="UA-26/014 for the whole action, UA-26/014.1 for one update.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="The file to write; of a whole action, a folder. Else it is printed."),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write an action's published alerts as CAP 1.2 (XML); UA-26/014.0 is its first alone."""
    from alerts import locales
    from alerts.render.cap import cap_xml
    from bot.config import load

    settings = load(config)
    chosen, chain = asyncio.run(_chosen(settings, number))
    speaker, catalogues = _speaker(settings), locales.load()
    for alert in chosen:
        xml = cap_xml(alert, chain, catalogues, speaker)
        if output is None:
            typer.echo(xml.decode(), nl=False)
        elif chosen is not chain:
            write(output, xml)
        else:
            write(_inside(output, alert), xml)


async def _chosen(settings: Settings, number: str) -> tuple[list[Alert], list[Alert]]:
    """(the alerts that were asked for, all of their action); the same list when that is the whole action."""
    from alerts.action import number_in_words, read_number
    from alerts.errors import ConfigError

    match, read = _NUMBER.fullmatch(number.strip()), read_number(number)
    if match is None or read is None:
        raise ConfigError(f"{number!r} is not the number of an action, such as UA-26/014 or UA-26/014.1")
    chosen = chain = await _chain(settings, *read)
    if match[1] is not None:
        first = number_in_words(*read)
        wanted = f"{first}.{int(match[1])}" if int(match[1]) else first
        chosen = [alert for alert in chain if alert.number == wanted]
    if not chosen:
        raise ConfigError(f"{number}: nothing was published under that number")
    return chosen, chain


async def _chain(settings: Settings, year: int, sequence: int) -> list[Alert]:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncSession

    from alerts.errors import ConfigError
    from alerts.store import published
    from bot.database import open_engine

    engine = open_engine(settings.database.url)
    try:
        async with AsyncSession(engine) as session:
            action = await published.action_by_number(session, year, sequence)
            return await published.alerts_of_action(session, action.id) if action else []
    except SQLAlchemyError as error:
        msg = (
            f"[database] url: nothing can be read there ({type(error).__name__}). Has the bot ever run on it?"
        )
        raise ConfigError(msg) from error
    finally:
        await engine.dispose()


def _speaker(settings: Settings) -> Speaker:
    """Who issues the alerts; the sender is the organisation's e-mail address, or else the host of its site."""
    from urllib.parse import urlsplit

    from alerts.errors import ConfigError
    from alerts.links import is_address
    from alerts.render.cap import Speaker

    said = settings.require_organisation()
    sender = said.contact if is_address(said.contact) else urlsplit(said.site).hostname or ""
    try:
        return Speaker(sender, said.name, said.contact, said.site)
    except ValueError as error:
        msg = (
            "[organisation] contact: CAP needs an e-mail address here, or a host in site, to name the sender"
        )
        raise ConfigError(msg) from error


def _inside(folder: Path, alert: Alert) -> Path:
    from alerts.errors import ConfigError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"--output: {folder} cannot be made a folder: {error.strerror}"
        raise ConfigError(msg) from error
    return folder / f"{(alert.number or '').replace('/', '-')}.xml"
