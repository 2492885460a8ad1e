"""`demo`: the main job without a token."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def command(
    papers: Annotated[
        Path | None, typer.Option(help="Where to save the letters and the card; a new folder otherwise.")
    ] = None,
) -> None:
    """Show the main job without a token: a fictional list changes, subscribers hear of it and act."""
    from bot.demo.story import tell_story

    if not asyncio.run(tell_story(papers=papers)):
        raise typer.Exit(1)
