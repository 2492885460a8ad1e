from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from alerts import locales
from alerts.seal import Sealer
from bot import store
from bot.config import Settings
from bot.context import Services
from bot.database import Sessions, open_engine, open_sessions
from bot.web.health import health_app
from bot.web.serving import serving

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def services(sessions: Sessions, sealer: Sealer) -> Services:
    return Services(Settings(), sessions, sealer, locales.load(), lambda: NOW)


async def ask(services: Services, path: str = "/health", method: str = "GET") -> tuple[int, str]:
    async with (
        serving(health_app(services, "heartbeat"), "127.0.0.1:0", "[web] health") as port,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.request(method, f"http://127.0.0.1:{port}{path}")
    return answer.status_code, answer.text


@pytest.fixture
async def beating(services: Services) -> Services:
    async with services.sessions.begin() as session:
        await store.put_setting(session, "heartbeat", (NOW - timedelta(minutes=2)).isoformat())
    return services


async def test_alive(beating: Services):
    assert await ask(beating) == (200, "alive\n")


async def test_silent_for_too_long(beating: Services):
    late = replace(beating, clock=lambda: NOW + timedelta(minutes=2))
    assert await ask(late) == (503, "no heartbeat for 240 s\n")


async def test_never_alive(services: Services):
    assert await ask(services) == (503, "the bot has never run on this database\n")


async def test_no_database(services: Services, tmp_path: Path, sealer: Sealer):
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    blind = replace(services, sessions=open_sessions(engine, sealer))
    assert await ask(blind) == (503, "the database cannot be read: OperationalError\n")
    await engine.dispose()


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("POST", "/health", 405)])
async def test_nothing_else_is_there(beating: Services, method: str, path: str, status: int):
    assert (await ask(beating, path, method))[0] == status
