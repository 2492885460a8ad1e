"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.role import Role

ConfigPath = Annotated[Path, typer.Option("--config", help="The configuration file.")]
DEFAULT_CONFIG = Path("config.toml")
RoleChoice = Annotated[
    Role, typer.Option("--role", help="What the process does, among several on PostgreSQL.")
]
