from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts import fetch as fetching
from alerts.errors import FetchError, ListError
from alerts.fetch import Document, NotModified, Validators, fetch, open_client
from alerts.lists.mapping import WatchedList
from alerts.lists.sheet import MAX_BYTES
from tests.alerts.editions import watched

Answer = Callable[[str, dict[str, str]], bytes]
Serve = Callable[[Answer], Awaitable[WatchedList]]


def http(status: str, body: bytes = b"", **headers: str) -> bytes:
    given = {
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    head = "\r\n".join([f"HTTP/1.1 {status}", *(f"{name}: {text}" for name, text in given.items()), "", ""])
    return head.encode() + body


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """A server on this machine that answers as the test says; gives the list that watches it."""
    servers: list[asyncio.Server] = []

    async def start(answer: Answer) -> WatchedList:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            given = (line.partition(": ") for line in head[1:] if line)
            headers = {name.lower(): text for name, _, text in given}
            writer.write(answer(head[0].split()[1], headers))
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return watched(url=f"http://localhost:{port}/list.csv", loopback_http=True)

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client() as opened:
        yield opened


async def reason(client: httpx.AsyncClient, one: WatchedList) -> str:
    with pytest.raises(ListError, match=r"^list 'harbour': ") as caught:
        await fetch(client, one)
    return caught.value.reason


async def test_a_document_with_its_validators(serve: Serve, client: httpx.AsyncClient) -> None:
    seen: list[dict[str, str]] = []

    def answer(path: str, headers: dict[str, str]) -> bytes:
        seen.append(headers)
        return http("200 OK", b"id,name\n", ETag='"v1"', Last_Modified="Mon, 05 May 2031 12:00:00 GMT")

    one = await serve(answer)
    given = Validators('"v1"', "Mon, 05 May 2031 12:00:00 GMT")
    assert await fetch(client, one) == Document(b"id,name\n", sha256(b"id,name\n").hexdigest(), given)
    assert seen[0]["accept-encoding"] == "identity"
    assert seen[0]["host"] == httpx.URL(one.url).netloc.decode()
    assert "if-none-match" not in seen[0]
    await fetch(client, one, given)
    assert (seen[1]["if-none-match"], seen[1]["if-modified-since"]) == (given.etag, given.last_modified)


async def test_not_modified(serve: Serve, client: httpx.AsyncClient) -> None:
    one = await serve(lambda *_: http("304 Not Modified"))
    assert await fetch(client, one, Validators('"v1"')) == NotModified()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "not_found"),
        ("410 Gone", "not_found"),
        ("403 Forbidden", "forbidden"),
        ("401 Unauthorized", "forbidden"),
        ("429 Too Many Requests", "too_often"),
        ("500 Oh", "server"),
        ("204 No Content", "server"),
    ],
)
async def test_answers_that_are_no_document(
    serve: Serve, client: httpx.AsyncClient, status: str, code: str
) -> None:
    assert await reason(client, await serve(lambda *_: http(status))) == code


async def test_redirects_are_followed_three_times(serve: Serve, client: httpx.AsyncClient) -> None:
    def hops(count: int) -> Answer:
        def answer(path: str, headers: dict[str, str]) -> bytes:
            step = int(path.removeprefix("/").partition(".")[0].replace("list", "0"))
            return http("302 Found", Location=f"/{step + 1}.csv") if step < count else http("200 OK", b"ok")

        return answer

    document = await fetch(client, await serve(hops(3)))
    assert isinstance(document, Document)
    assert document.body == b"ok"
    assert await reason(client, await serve(hops(4))) == "redirect"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://10.0.0.1/list.csv", "refused_address"),
        ("https://10.0.0.1/list.csv", "refused_address"),
        ("https://169.254.169.254/latest", "refused_address"),
        ("https://[::ffff:10.0.0.1]/", "refused_address"),
        ("https://[fe80::1]/", "refused_address"),
        ("https://[fc00::1]/", "refused_address"),
        ("https://224.0.0.1/", "refused_address"),
        ("http://93.184.215.14/list.csv", "refused_address"),
        ("file:///etc/hostname", "refused_address"),
        ("https://name.invalid/", "dns"),
        ("http://example.org:port/", "connection"),
    ],
)
async def test_a_redirect_is_checked_like_the_first_address(
    serve: Serve, client: httpx.AsyncClient, target: str, code: str
) -> None:
    assert await reason(client, await serve(lambda *_: http("302 Found", Location=target))) == code


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "192.168.1.1", "10.1.2.3"])
async def test_lists_are_not_read_from_the_inside(client: httpx.AsyncClient, host: str) -> None:
    assert await reason(client, watched(url=f"https://{host}/list.csv")) == "refused_address"


async def test_one_inside_address_among_several_is_enough_to_refuse(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver("93.184.215.14", "192.168.0.7"))
    assert await reason(client, watched(url="https://list.example.org/")) == "refused_address"


async def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver("93.184.215.14"))
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"ok"))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), trust_env=False) as client:
        await fetch(client, watched(url="https://list.example.org/a.csv?b=c"))
    (request,) = sent
    assert str(request.url) == "https://93.184.215.14/a.csv?b=c"
    assert request.headers["Host"] == "list.example.org"
    assert request.extensions["sni_hostname"] == "list.example.org"


def resolver(*addresses: str) -> Callable[..., Awaitable[list[Any]]]:
    async def resolve(host: str, port: int, **kind: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


async def test_a_compressed_answer_is_refused(serve: Serve, client: httpx.AsyncClient) -> None:
    assert (
        await reason(client, await serve(lambda *_: http("200 OK", b"x", Content_Encoding="gzip")))
        == "encoding"
    )


async def test_a_document_is_cut_at_the_bound(serve: Serve, client: httpx.AsyncClient) -> None:
    one = await serve(lambda *_: http("200 OK", b"x" * MAX_BYTES))
    document = await fetch(client, one)
    assert isinstance(document, Document)
    assert len(document.body) == MAX_BYTES
    assert await reason(client, await serve(lambda *_: http("200 OK", b"x" * (MAX_BYTES + 1)))) == "too_large"


async def test_a_half_sent_document_is_no_document(serve: Serve, client: httpx.AsyncClient) -> None:
    assert (
        await reason(client, await serve(lambda *_: http("200 OK", b"half", Content_Length="8")))
        == "connection"
    )


async def test_fewer_bytes_than_announced_are_no_document() -> None:
    """Whatever carries the answer need not count: here nothing but ours does."""

    def answer(request: httpx.Request) -> httpx.Response:
        length = request.url.params["length"]
        return httpx.Response(200, stream=httpx.ByteStream(b"half"), headers={"Content-Length": length})

    one = watched(url="http://127.0.0.1:8000/?length={}", loopback_http=True)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), trust_env=False) as client:
        whole = await fetch(client, one.model_copy(update={"url": one.url.format(4)}))
        with pytest.raises(FetchError, match="4 bytes came of 8 announced") as caught:
            await fetch(client, one.model_copy(update={"url": one.url.format(8)}))
    assert isinstance(whole, Document)
    assert caught.value.reason == "half_a_file"


async def test_nobody_there(client: httpx.AsyncClient) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        assert (
            await reason(client, watched(url=f"http://127.0.0.1:{port}/", loopback_http=True)) == "connection"
        )


async def test_a_server_that_speaks_no_tls(client: httpx.AsyncClient) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(16)
        writer.write(http("400 Bad Request"))
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await reason(client, watched(url=f"https://127.0.0.1:{port}/", loopback_http=True)) == "tls"


async def test_a_slow_server_is_left_after_the_time_for_all(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.05)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        one = watched(url=f"http://127.0.0.1:{port}/", loopback_http=True)
        assert await reason(client, one) == "timeout"


async def test_a_client_with_the_environments_proxies_is_refused() -> None:
    async with httpx.AsyncClient() as unfit:
        with pytest.raises(ValueError, match="without proxies"):
            await fetch(unfit, watched(url="https://example.org/list.csv"))


async def test_an_address_that_is_none(client: httpx.AsyncClient) -> None:
    assert await reason(client, watched(url="https://example.org/\x01")) == "address"


async def test_a_path(client: httpx.AsyncClient, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id\n")
    assert await fetch(client, watched(url=str(path))) == Document(b"id\n", sha256(b"id\n").hexdigest())
    assert await reason(client, watched(url=str(tmp_path / "absent.csv"))) == "not_found"
    assert await reason(client, watched(url=str(tmp_path))) == "unreadable"
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    assert await reason(client, watched(url=str(path))) == "too_large"


async def test_an_explanation_says_what_where_and_why(client: httpx.AsyncClient, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        await fetch(client, watched(url=str(tmp_path / "absent.csv")))
    assert str(caught.value) == f"list 'harbour': {tmp_path / 'absent.csv'}: there is no such file."
