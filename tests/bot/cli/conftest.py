"""How these tests use the command line: as a shell does, by words in and text and exit code out."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


Shell = Callable[..., Awaitable[Ended]]


def _run(words: list[str]) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        else:
            code = 0
    assert isinstance(code, int), words
    return Ended(code, out.getvalue(), err.getvalue())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs `python -m bot …` in a thread, so that servers of the test go on serving; in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    async def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["bot", *words])
        return await asyncio.to_thread(_run, list(words))

    return run
