"""`health`: is the bot alive? For containers and monitors; exit code 1 when it is not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath

PATIENCE: Final = timedelta(minutes=3)


def command(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Say whether the bot's clock has ticked within the last three minutes."""
    problem = asyncio.run(_problem(config, datetime.now(UTC)))
    typer.echo(problem or "alive")
    if problem:
        raise typer.Exit(1)


async def _problem(config: Path, now: datetime) -> str | None:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot import store
    from bot.config import load
    from bot.database import open_engine
    from bot.schedule import HEARTBEAT

    engine = open_engine(load(config).database.url)
    try:
        async with AsyncSession(engine) as session:
            beat = await store.get_setting(session, HEARTBEAT)
    except (SQLAlchemyError, OSError) as error:
        return f"the database cannot be read: {type(error).__name__}"
    finally:
        await engine.dispose()
    if beat is None:
        return "the bot has never run on this database"
    silent = now - datetime.fromisoformat(beat)
    return None if silent <= PATIENCE else f"no heartbeat for {int(silent.total_seconds())} s"
