"""`run`: the bot for real, until it is told to stop."""

from __future__ import annotations

import asyncio

from bot.cli.options import DEFAULT_CONFIG, ConfigPath


def command(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Run the bot for real, until it is told to stop."""
    from alerts.errors import ConfigError
    from bot.config import exposed_token, load
    from bot.logs import set_up

    settings = load(config)
    if problem := exposed_token(config):
        raise ConfigError(f"[telegram] token: {problem}")
    token = settings.require_token()
    settings.require_organisation()
    set_up(settings.logging.level, settings.logging.format, [token])

    from bot.app import run_until_stopped

    asyncio.run(run_until_stopped(settings))
