"""`migrate`: bring the database to the newest tables."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath


def command(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Bring the database to the newest tables."""
    asyncio.run(_migrate(config))
    typer.echo("The database is up to date.")


async def _migrate(config: Path) -> None:
    from bot.config import load
    from bot.database import migrate, open_engine

    engine = open_engine(load(config).database.url)
    try:
        await migrate(engine)
    finally:
        await engine.dispose()
