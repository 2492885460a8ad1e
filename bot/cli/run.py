"""`run`: the bot for real, until it is told to stop."""

from __future__ import annotations

import asyncio

from bot.cli.options import DEFAULT_CONFIG, ConfigPath, RoleChoice
from bot.role import Role


def command(config: ConfigPath = DEFAULT_CONFIG, role: RoleChoice = Role.ALL) -> None:
    """Run the bot for real, until it is told to stop."""
    from alerts.errors import ConfigError
    from bot.config import exposed_secret, load
    from bot.logs import set_up

    settings = load(config)
    if problem := exposed_secret(config):
        raise ConfigError(f"[telegram] token: {problem}")
    secrets = [settings.require_token(), settings.telegram.webhook_secret.get_secret_value()]
    settings.require_organisation()
    set_up(settings.logging.level, settings.logging.format, [secret for secret in secrets if secret])

    from bot.life import run_until_stopped

    asyncio.run(run_until_stopped(settings, role))
