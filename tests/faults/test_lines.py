"""What is broken below HTTP: nothing of it counts against a reader, and only what may have left counts as a copy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from subscribers.delivery import OutcomeKind
from tests.faults import lines
from tests.faults.conftest import Stage
from tests.faults.scene import EVERYBODY, Kind, Scene, left

IMPATIENT = 1.5
Line = Callable[[Scene, Path], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def _led_to(scene: Scene, address: str) -> AsyncIterator[None]:
    """The bot's next requests go elsewhere."""
    right, scene.bot._base_url = scene.bot._base_url, f"{address}/bot{scene.emulator.token}"
    try:
        yield
    finally:
        scene.bot._base_url = right


@asynccontextmanager
async def refused(scene: Scene, folder: Path) -> AsyncIterator[None]:
    async with scene.emulator.away():
        yield


@asynccontextmanager
async def no_such_name(scene: Scene, folder: Path) -> AsyncIterator[None]:
    with lines.unknown() as address:
        async with _led_to(scene, address):
            yield


@asynccontextmanager
async def no_trust(scene: Scene, folder: Path) -> AsyncIterator[None]:
    async with lines.untrusted(folder) as address, _led_to(scene, address):
        yield


@asynccontextmanager
async def no_tls(scene: Scene, folder: Path) -> AsyncIterator[None]:
    async with _led_to(scene, scene.emulator.base_url.replace("http:", "https:")):
        yield


@asynccontextmanager
async def no_connection(scene: Scene, folder: Path) -> AsyncIterator[None]:
    async with lines.full() as address, _led_to(scene, address):
        yield


@asynccontextmanager
async def nothing_read(scene: Scene, folder: Path) -> AsyncIterator[None]:
    async with lines.deaf() as address, _led_to(scene, address):
        yield


@pytest.mark.parametrize("line", [refused, no_such_name, no_trust, no_tls, no_connection])
async def test_what_never_left_is_tried_until_it_does(set_scene: Stage, tmp_path: Path, line: Line) -> None:
    scene = await set_scene(IMPATIENT if line is no_connection else 20.0)
    async with line(scene, tmp_path):
        for _ in range(3):
            await scene.round()
    assert {kind for _, kind in scene.witness.saw} == {OutcomeKind.NOT_SENT}
    assert await scene.left() == {(kind, way): left(kind, "pending", 0, 0) for kind, way in EVERYBODY}
    await scene.settle()
    assert await scene.left() == EVERYBODY


async def test_a_write_that_times_out_may_have_arrived(set_scene: Stage, tmp_path: Path) -> None:
    scene = await set_scene(IMPATIENT)
    async with nothing_read(scene, tmp_path):
        await scene.round()
    assert {kind for _, kind in scene.witness.saw} == {OutcomeKind.AMBIGUOUS}
    await scene.settle()
    assert await scene.left() == {
        (kind, way): left(kind, "unknown", 1, 0) if kind is Kind.DIGEST else left(kind, "sent", 2, 1)
        for kind, way in EVERYBODY
    }
