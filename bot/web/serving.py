"""Serve an application at one address as long as a block lasts. Takes no signals, logs no requests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from alerts.errors import ConfigError

_MOST_AT_ONCE: Final = 200
_GRACE_SECONDS: Final = 3


@asynccontextmanager
async def serving(app: ASGIApp, listen: str, key: str) -> AsyncIterator[int]:
    """Serve at "address:port" ("[::1]:8080" for IPv6); gives the port, which the system chooses for 0.

    The steps of `uvicorn.Server.serve` are taken one by one, because `serve` takes over the process's signals.

    Raises:
        ConfigError: when that address cannot be listened at; it names the `key` of the configuration.
    """
    with _listener(listen, key) as listener:
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            http="h11",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        ticking = asyncio.create_task(server.main_loop(), name=f"web {key}")
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await ticking
            await server.shutdown(sockets=[listener])


def _listener(listen: str, key: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that say they are TCP; with it, an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
    except OSError as error:
        listener.close()
        msg = f"{key}: {listen} cannot be listened at: {error.strerror or error}"
        raise ConfigError(msg) from error
    return listener
