from __future__ import annotations

import asyncio
import signal

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from alerts.errors import ConfigError
from bot.web.serving import serving


async def hello(request: object) -> PlainTextResponse:
    return PlainTextResponse("hello")


APP = Starlette(routes=[Route("/", hello)])


@pytest.mark.parametrize(("listen", "host"), [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "[::1]")])
async def test_it_is_there_as_long_as_the_block(listen: str, host: str):
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serving(APP, listen, "[web] listen") as port:
            assert (await client.get(f"http://{host}:{port}/")).text == "hello"
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://{host}:{port}/")


async def test_an_address_that_is_taken_is_explained():
    async with serving(APP, "127.0.0.1:0", "[web] listen") as port:
        with pytest.raises(ConfigError, match=rf"\[web\] health: 127\.0\.0\.1:{port} cannot be listened at"):
            async with serving(APP, f"127.0.0.1:{port}", "[web] health"):
                pass


async def test_an_address_of_another_machine_is_explained():
    with pytest.raises(ConfigError, match="cannot be listened at"):
        async with serving(APP, "192.0.2.1:8080", "[web] listen"):
            pass


async def test_signals_stay_with_the_process():
    before = signal.getsignal(signal.SIGTERM)
    async with serving(APP, "127.0.0.1:0", "[web] listen"):
        assert signal.getsignal(signal.SIGTERM) == before


async def test_a_connection_that_is_left_open_does_not_keep_it():
    async with serving(APP, "127.0.0.1:0", "[web] listen") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).split()[1] == b"200"
    await reader.read()
    writer.close()
    await writer.wait_closed()
