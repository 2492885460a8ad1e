"""Get one document politely and safely: over https, or from a path. Understands nothing of what it holds.

Safety.md 17: the address is looked up once, checked, and the connection goes to that very address; each redirect
is checked anew; no proxy of the environment, no compression, a cap on raw bytes, and 30 seconds in all.
Does not retry: the list's next due time does.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from alerts.errors import FetchError, ListError
from alerts.lists.sheet import MAX_BYTES
from alerts.lists.watched import WatchedList

MAX_REDIRECTS: Final = 3
TOTAL_SECONDS: Final = 30.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {
    "Accept-Encoding": "identity",  # a small compressed body can fill the memory
    "Connection": "close",  # a kept connection would be shared by hosts that share an address
    "User-Agent": "urgent-action-bot",
}
_REASONS: Final = {
    401: ("forbidden", "the server wants a login (401)"),
    403: ("forbidden", "the server refuses us (403); ask the list's keepers"),
    404: ("not_found", "there is nothing at this address (404); the list may have moved"),
    410: ("not_found", "the list was taken away (410)"),
    429: ("too_often", "the server says we ask too often (429); choose a longer `every`"),
}


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave with the last accepted document, so that it can say "not modified"."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What was got: its bytes, their SHA-256 and the server's validators."""

    body: bytes
    sha256: str
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed."""


@functools.cache
def tls() -> ssl.SSLContext:
    """What trusts the usual authorities, whatever the environment says; reading them takes a while, so once a process."""
    return httpx.create_ssl_context(trust_env=False)


def open_client() -> httpx.AsyncClient:
    """A client fit for `fetch`; the caller closes it."""
    return httpx.AsyncClient(
        verify=tls(), trust_env=False, follow_redirects=False, timeout=httpx.Timeout(TOTAL_SECONDS)
    )


async def fetch(
    client: httpx.AsyncClient, watched: WatchedList, validators: Validators | None = None
) -> Document | NotModified:
    """Get a list's document. FetchError when it cannot be got, ListError when it is too large to be read."""
    if not watched.is_remote:
        return await asyncio.to_thread(_read_path, watched)
    if client.trust_env:
        msg = "lists are fetched without proxies of the environment: make the client with open_client()"
        raise ValueError(msg)
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return await _follow(client, watched, validators or Validators())
    except TimeoutError as error:
        raise _failed(watched, "timeout", f"no whole answer within {TOTAL_SECONDS:.0f} seconds") from error
    except httpx.TimeoutException as error:
        raise _failed(watched, "timeout", f"no answer within {TOTAL_SECONDS:.0f} seconds") from error
    except httpx.InvalidURL as error:
        raise _failed(watched, "address", f"this is no address: {error}") from error
    except httpx.HTTPError as error:
        if _is_tls(error):
            raise _failed(
                watched, "tls", f"the server's certificate or encryption is not accepted: {error}"
            ) from error
        raise _failed(
            watched, "connection", f"the connection failed: {str(error) or type(error).__name__}"
        ) from error


async def _follow(
    client: httpx.AsyncClient, watched: WatchedList, validators: Validators
) -> Document | NotModified:
    url = httpx.URL(watched.url)
    for _ in range(MAX_REDIRECTS + 1):
        request = await _request(client, watched, url, validators)
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code not in _REDIRECTS:
                return await _receive(response, watched)
            url = url.join(response.headers.get("Location", ""))
        finally:
            await response.aclose()
    raise _failed(watched, "redirect", f"more than {MAX_REDIRECTS} redirects")


async def _request(
    client: httpx.AsyncClient, watched: WatchedList, url: httpx.URL, validators: Validators
) -> httpx.Request:
    """A request that goes to the checked address itself, yet names the host (Host header and TLS)."""
    address = await _checked_address(watched, url)
    headers = {**_HEADERS, "Host": url.netloc.decode("ascii")}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return client.build_request(
        "GET", url.copy_with(host=address), headers=headers, extensions={"sni_hostname": url.host}
    )


async def _checked_address(watched: WatchedList, url: httpx.URL) -> str:
    """The address to connect to; FetchError when the scheme or any address of the host is not allowed."""
    if url.scheme not in ({"https", "http"} if watched.loopback_http else {"https"}) or not url.host:
        raise _failed(
            watched, "refused_address", f"{url.scheme}://{url.host} is not read; lists are read over https"
        )
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _failed(watched, "dns", f"the host {url.host} is not known") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not _may_connect(address, url.scheme, loopback=watched.loopback_http):
            raise _failed(
                watched,
                "refused_address",
                f"{url.host} leads to {address}, which is not on the open internet",
            )
    return addresses[0]


def _may_connect(address: str, scheme: str, *, loopback: bool) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return loopback
    return scheme == "https" and ip.is_global and not ip.is_multicast


async def _receive(response: httpx.Response, watched: WatchedList) -> Document | NotModified:
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return NotModified()
    if response.status_code != httpx.codes.OK:
        reason, explanation = _REASONS.get(
            response.status_code, ("server", _any_status(response.status_code))
        )
        raise _failed(watched, reason, explanation)
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in {"identity", ""}:
        raise _failed(watched, "encoding", "the server compresses although it was asked not to")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MAX_BYTES:
            raise _too_large(watched)
    promised = response.headers.get("Content-Length", "")
    if promised.isdecimal() and int(promised) != len(body):
        raise _failed(watched, "half_a_file", f"{len(body):,} bytes came of {int(promised):,} announced")
    validators = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))
    return _document(bytes(body), validators)


def _read_path(watched: WatchedList) -> Document:
    try:
        with Path(watched.url).open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _failed(watched, "not_found", "there is no such file") from error
    except OSError as error:
        raise _failed(watched, "unreadable", f"the file cannot be read: {error.strerror}") from error
    if len(body) > MAX_BYTES:
        raise _too_large(watched)
    return _document(body, Validators())


def _document(body: bytes, validators: Validators) -> Document:
    return Document(body, hashlib.sha256(body).hexdigest(), validators)


def _any_status(code: int) -> str:
    return (
        f"the server has a fault ({code})"
        if code >= httpx.codes.INTERNAL_SERVER_ERROR
        else f"the server answers {code}"
    )


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _failed(watched: WatchedList, reason: str, explanation: str) -> FetchError:
    return FetchError(reason, f"list {watched.name!r}: {watched.url}: {explanation}.")


def _too_large(watched: WatchedList) -> ListError:
    return ListError("too_large", f"list {watched.name!r}: the document is larger than {MAX_BYTES:,} bytes.")
