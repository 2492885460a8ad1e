"""Whether the bot is alive: its heart beats in the database each minute (bot/schedule.py). Reads no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

PATIENCE: Final = timedelta(minutes=3)


def trouble(beat: str | None, now: datetime) -> str | None:
    """What is wrong when the last heartbeat (ISO 8601) was that; None when nothing is."""
    if beat is None:
        return "the bot has never run on this database"
    silent = now - datetime.fromisoformat(beat)
    return None if silent <= PATIENCE else f"no heartbeat for {int(silent.total_seconds())} s"
