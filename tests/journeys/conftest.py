"""What all journeys share: a stage with the real bot on it, a clock, and no fault in the log at the end."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.demo.stage import Stage, set_up
from tests.journeys.steps import TICK, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stage(tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with set_up(tmp_path, clock=clock, tick=TICK) as stage:
        yield stage


@pytest.fixture(autouse=True)
def no_faults(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A journey in which something failed behind the scenes has failed; `caplog.clear()` when that is its point."""
    yield
    faults = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert [record.getMessage() for record in faults if record.levelno >= logging.ERROR] == []
