"""GET /health: 200 while the bot's heart beats, else 503 with what is wrong. Says nothing of anybody."""

from __future__ import annotations

from http import HTTPStatus

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot import alive, store
from bot.context import Services


def health_app(services: Services, heartbeat: str) -> Starlette:
    """An application that watches the `heartbeat` of that name in the settings."""

    async def health(_: Request) -> PlainTextResponse:
        try:
            async with services.sessions() as session:
                beat = await store.get_setting(session, heartbeat)
        except (SQLAlchemyError, OSError) as error:
            trouble: str | None = f"the database cannot be read: {type(error).__name__}"
        else:
            trouble = alive.trouble(beat, services.clock())
        status = HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK
        return PlainTextResponse(f"{trouble or 'alive'}\n", status)

    return Starlette(routes=[Route("/health", health, methods=["GET"])])
