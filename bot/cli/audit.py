"""`audit verify`: does the trail of who did what still hold together?"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath


class Question(StrEnum):
    """What can be asked about the trail."""

    VERIFY = "verify"


def command(
    question: Annotated[Question, typer.Argument(help="What to ask.")], config: ConfigPath = DEFAULT_CONFIG
) -> None:
    """Verify the hash chain of the whole audit trail."""
    del question
    broken = asyncio.run(_first_broken(config))
    if broken is not None:
        typer.echo(f"The trail is broken at line {broken}: it, or a line before it, was changed or removed.")
        raise typer.Exit(1)
    typer.echo("The trail holds.")


async def _first_broken(config: Path) -> int | None:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import async_sessionmaker

    from alerts import audit
    from alerts.errors import ConfigError
    from bot.config import load
    from bot.database import open_engine

    engine = open_engine(load(config).database.url)
    try:
        return await audit.verify_trail(async_sessionmaker(engine, expire_on_commit=False))
    except SQLAlchemyError as error:
        msg = f"[database] url: no trail can be read there ({type(error).__name__}). Has the bot ever run on it?"
        raise ConfigError(msg) from error
    finally:
        await engine.dispose()
