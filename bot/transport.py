"""The HTTP transport under python-telegram-bot for bulk sending, and the bot that sends through it.

aiohttp behind the library's own `BaseRequest`; its errors come out as the library's classes, and their
`__cause__` says whether a request can have reached the server: `NeverLeft` or `Unanswered`. Nothing that is
raised here holds the token or what a stranger between us and Telegram answered. Does not retry, pace or judge
(the sending station and bot/messenger.py do), upload files, or look at proxies of the environment.

Why aiohttp, measured side by side on loopback, 64 requests in flight, median of three, messages a second and
CPU a message: aiohttp 3.14 alone 9,500 and 105 µs, under `Bot.do_api_request` 7,850 and 127 µs; pyreqwest 0.15
alone 9,400 and 126 µs, under it 7,550 and 154 µs. With 50 ms of latency both do what the latency allows, and
pyreqwest takes less CPU (130 µs against 194 µs). Both have wheels for each platform; aiohttp has no threads of
its own and is the older by ten years.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from aiohttp import BytesPayload
from aiohttp.abc import AbstractStreamWriter
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from alerts.fetch import tls

BODY: Final = "body"
"""The one parameter of a call whose body is already JSON: see `BulkBot.call`."""

DEFAULT_LEASE: Final = timedelta(seconds=30)

_LONGEST: Final = timedelta(seconds=20)
_LARGEST_ANSWER: Final = 1024 * 1024  # Telegram's echo of a message is a hundredth of this
_IDLE_SECONDS: Final = (
    15.0  # shorter than a server's patience: a connection it closed just now leaves us in doubt
)
_DNS_SECONDS: Final = 60
_NEVER_LEFT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_REFUSED: Final = {429: "Too Many Requests (429)", 413: "Request Entity Too Large (413)"}


class NeverLeft(Exception):  # noqa: N818 - a cause, not an error by itself
    """Nothing of the request reached the server: no name, no connection, no TLS, no free place in the pool."""


class Unanswered(Exception):  # noqa: N818 - a cause, not an error by itself
    """The request may have reached the server; a whole answer did not come."""


Leaving = Callable[[], None]
"""Called just before the first byte of a body leaves."""


class BulkRequest(BaseRequest):
    """At most `in_flight` connections to one server, kept alive; no request lives as long as `lease`.

    Time-outs given with a single call are not looked at: a request that outlives the lease may be sent twice.
    Raises TimedOut and NetworkError with a cause of this module.
    """

    __slots__ = ("_in_flight", "_session", "_timeout", "_urls")

    def __init__(self, in_flight: int, lease: timedelta = DEFAULT_LEASE) -> None:
        self._in_flight = in_flight
        self._timeout = timeouts(lease)
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}  # one per method of the Bot API

    @property
    def read_timeout(self) -> float | None:
        """Seconds for a whole request."""
        return self._timeout.total

    async def initialize(self) -> None:
        """Open the pool; again after `shutdown`, if wanted."""
        if self._session is None:
            self._session = _open_session(self._in_flight, self._timeout)

    async def shutdown(self) -> None:
        """Close all connections; what is in flight ends as unanswered."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """One request, never repeated and never redirected; its status and the bytes of the answer."""
        del read_timeout, write_timeout, connect_timeout, pool_timeout
        if self._session is None:
            raise NetworkError("the transport is not open") from NeverLeft("closed")
        place = self._urls.get(url) or self._urls.setdefault(url, URL(url, encoded=True))
        body = _body(request_data)
        try:
            async with self._session.request(method, place, data=body, allow_redirects=False) as response:
                status, payload = response.status, await _whole(response)
        except (aiohttp.ClientError, OSError) as error:  # of which TimeoutError is one
            failure = _typed(error)
        else:
            return _known(status, payload)
        # Not within the `except`: the words of aiohttp hold the address, and so the token.
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object; TelegramError without a word of it, and without a line in the log."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


class BulkBot(Bot):
    """The bot of the sending station: a transport of its own, bodies that are serialised by their maker.

    Opened and closed with `async with`, or by `initialize` (which asks Telegram who it is) and `shutdown`.
    """

    def __repr__(self) -> str:
        """Without the token (safety.md 13)."""
        return "BulkBot()"

    async def initialize(self) -> None:
        """Open the transport and ask for our name. InvalidToken, without the token in it, when it is refused."""
        refused = False
        try:
            await super().initialize()
        except InvalidToken:
            refused = True
        if refused:
            raise InvalidToken("Telegram refuses the token")

    async def call(self, method: str, body: bytes, leaving: Leaving | None = None) -> Any:
        """Call a method of the Bot API ("sendmessage") with a JSON body; the bare result.

        In small letters, which is all one to Telegram: the library warns at each call by a name that it has a function
        of its own for. Raises TelegramError, and KeyError when Telegram answers 200 without a result.
        """
        return await self.do_api_request(method, {BODY: _Body(body, leaving)})


class _Body(BytesPayload):
    """A body that says when it leaves: its bytes go to the socket in the same breath."""

    def __init__(self, body: bytes, leaving: Leaving | None) -> None:
        super().__init__(body, content_type="application/json")
        self._leaving = leaving

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        if self._leaving is not None:
            self._leaving()
        await super().write_with_length(writer, content_length)


def open_bulk_bot(token: str, base_url: str, in_flight: int, lease: timedelta = DEFAULT_LEASE) -> BulkBot:
    """A bot for the sending station, to be opened with `async with`.

    `base_url` without "/bot"; `in_flight` requests at most at a time; `lease` of a dispatched row.
    """
    request = BulkRequest(in_flight, lease)
    # It takes no updates; a second transport would only read the proxies of the environment.
    return BulkBot(token, base_url=f"{base_url}/bot", request=request, get_updates_request=request)


def timeouts(lease: timedelta) -> aiohttp.ClientTimeout:
    """Within two thirds of the lease all is over, so that the result is recorded by who holds it.

    Half of that is for getting a connection: what fails by then has certainly not been sent.
    """
    total = min(_LONGEST, lease * 2 / 3).total_seconds()
    return aiohttp.ClientTimeout(total=total, connect=total / 2)


def _open_session(in_flight: int, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=in_flight, ssl=tls(), keepalive_timeout=_IDLE_SECONDS, ttl_dns_cache=_DNS_SECONDS
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": BaseRequest.USER_AGENT,
        },
        timeout=timeout,
        auto_decompress=False,
        trust_env=False,
    )


def _body(request_data: RequestData | None) -> bytes | BytesPayload:
    if request_data is None:
        return b"{}"
    if request_data.contains_files:
        raise TelegramError("the transport for bulk sending takes no files")
    given: dict[str, Any] = request_data.parameters
    ready = given.get(BODY)
    return ready if isinstance(ready, BytesPayload) else json.dumps(given).encode()


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """The bytes of an answer. ClientPayloadError when it is cut short, or larger than any of Telegram's."""
    length = response.content_length
    if length is not None and length <= _LARGEST_ANSWER:
        return await response.read()
    whole = bytearray()
    async for chunk in response.content.iter_any():
        whole += chunk
        if len(whole) > _LARGEST_ANSWER:
            response.close()
            raise aiohttp.ClientPayloadError
    return bytes(whole)


def _known(status: int, payload: bytes) -> tuple[int, bytes]:
    """An answer as the library understands it; a page of a stranger's is emptied, since it would be quoted.

    A 429 that names no wait and a 413 refuse, whoever says so and in whatever words: NetworkError with Telegram's.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return status, payload
    try:
        parameters = BulkRequest.parse_json_payload(payload).get("parameters")
    except TelegramError:
        payload, parameters = b"", None
    is_waited_for = isinstance(parameters, dict) and parameters.get("retry_after")
    if status in _REFUSED and not is_waited_for:
        raise NetworkError(_REFUSED[status])
    return status, payload


def _typed(error: Exception) -> TelegramError:
    """The library's class for a failure, with a cause of ours that says how far it got; only names, no address."""
    name = type(error).__name__
    failure = TimedOut(name) if isinstance(error, TimeoutError) else NetworkError(f"aiohttp.{name}")
    failure.__cause__ = NeverLeft(name) if isinstance(error, _NEVER_LEFT) else Unanswered(name)
    return failure
