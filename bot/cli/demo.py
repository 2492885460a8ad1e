"""`demo`: the main job without a token."""

from __future__ import annotations

import asyncio

import typer


def command() -> None:
    """Show the main job without a token: a fictional list changes, subscribers hear of it."""
    from bot.demo.story import tell_story

    if not asyncio.run(tell_story()):
        raise typer.Exit(1)
