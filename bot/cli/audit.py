"""`audit verify`: does the trail of who did what still hold together?"""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The audit trail."""


@app.command("verify")
def verify(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Verify the hash chain of the whole trail."""
    broken = asyncio.run(_first_broken(config))
    if broken is not None:
        typer.echo(f"The trail is broken at line {broken}: it, or a line before it, was changed or removed.")
        raise typer.Exit(1)
    typer.echo("The trail holds.")


async def _first_broken(config: Path) -> int | None:
    from sqlalchemy.ext.asyncio import async_sessionmaker

    from alerts import audit
    from bot.config import load
    from bot.database import open_engine

    engine = open_engine(load(config).database.url)
    try:
        return await audit.verify_trail(async_sessionmaker(engine, expire_on_commit=False))
    finally:
        await engine.dispose()
