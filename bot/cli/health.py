"""`health`: is the bot alive? For containers and monitors; exit code 1 when it is not.

It is alive when somebody leads; `--role sender` asks whether somebody sends.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot.alive import trouble
from bot.cli.options import DEFAULT_CONFIG, ConfigPath, RoleChoice
from bot.role import Role


def command(config: ConfigPath = DEFAULT_CONFIG, role: RoleChoice = Role.ALL) -> None:
    """Say whether the bot's clock has ticked within the last three minutes."""
    problem = asyncio.run(_problem(config, role, datetime.now(UTC)))
    typer.echo(problem or "alive")
    if problem:
        raise typer.Exit(1)


async def _problem(config: Path, role: Role, now: datetime) -> str | None:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot import store
    from bot.config import load
    from bot.database import open_engine
    from bot.schedule import HEARTBEAT, SENDERS_HEARTBEAT

    engine = open_engine(load(config).database.url)
    try:
        async with AsyncSession(engine) as session:
            beat = await store.get_setting(session, HEARTBEAT if role.leads else SENDERS_HEARTBEAT)
    except (SQLAlchemyError, OSError) as error:
        return f"the database cannot be read: {type(error).__name__}"
    finally:
        await engine.dispose()
    return trouble(beat, now)
