"""One life of the real bot: `run` in a process of its own that kills itself after its n-th side effect.

Side effects are what the world outside of the process can see: a transaction that is committed, a request that
leaves, and its answer that arrives (a long poll counts when it brings updates). They are counted from outside of the
bot's code, in the libraries below it. The broken variants, which the checker must catch, are made here too.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine.default import DefaultDialect
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from alerts import locales
from alerts.fetch import tls
from bot import app, cli
from bot.cli import run  # noqa: F401 - loaded once, before the first life begins
from bot.messenger import TelegramMessenger
from subscribers.store import leases, ledger

locales.load()
tls()
"""Lives are forked from a process that has loaded what every start loads: it takes them a tenth of the time."""

_POLL = "/getUpdates"


@dataclass(frozen=True)
class Life:
    """How one process lives: with which configuration, until which side effect, in which role, broken how.

    It is killed after the n-th effect, or the n-th of those that are called `kill_on`.
    """

    config: Path
    effects: Path
    log: Path
    kill_at: int | None = None
    kill_on: str = ""
    role: str = ""
    variant: str = ""

    @property
    def worker(self) -> Path:
        """Where the name stands under which it claims, once it has."""
        return self.effects.with_suffix(".worker")


class _Count:
    """Writes each side effect down, and kills the process after the n-th."""

    def __init__(self, life: Life) -> None:
        self._file = os.open(life.effects, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC)
        self._left = life.kill_at
        self._counted = life.kill_on

    def effect(self, what: str) -> None:
        os.write(self._file, f"{time.monotonic()} {what}\n".encode())
        if self._left is not None and self._counted in {"", what}:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def live(life: Life) -> None:
    """The whole process, as `python -m bot run` is."""
    log = os.open(life.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    count = _Count(life)
    _tell_worker(life)
    if life.variant:
        VARIANTS[life.variant]()
    _count_commits(count)
    _count_requests(count)
    role = ["--role", life.role] if life.role else []
    sys.argv = ["urgent-action-bot", "run", "--config", str(life.config), *role]
    cli.main()


def _tell_worker(life: Life) -> None:
    """Write down by which name this process claims, for whoever asks later whose leases they were that lapsed."""
    claim = ledger.claim

    async def claimed(session: Any, count: int, worker: str, *arguments: Any, **named: Any) -> Any:
        life.worker.write_text(worker)
        return await claim(session, count, worker, *arguments, **named)

    ledger.claim = claimed


def _count_commits(count: _Count) -> None:
    commit = DefaultDialect.do_commit

    def counted(dialect: DefaultDialect, connection: Any) -> None:
        commit(dialect, connection)
        count.effect("commit")

    DefaultDialect.do_commit = counted  # type: ignore[method-assign]


def _count_requests(count: _Count) -> None:
    for kind in _kinds(BaseRequest):
        if "do_request" in vars(kind):
            kind.do_request = _counted(kind.do_request, count)


def _kinds(kind: type[Any]) -> list[type[Any]]:
    return [each for child in kind.__subclasses__() for each in (child, *_kinds(child))]


def _counted(request: Callable[..., Any], count: _Count) -> Callable[..., Any]:
    async def counted(self: Any, url: str, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        what, is_poll = url.rpartition("/")[2], url.endswith(_POLL)
        if not is_poll:
            count.effect(f"{what} leaves")
        status, body = await request(self, url, *arguments, **named)
        if not is_poll or b'"update_id"' in body:
            count.effect(f"{what} answered")
        return status, body

    return counted


def _cursor() -> None:
    """A cursor that moves when rows are fetched: what is claimed counts as sent."""
    claim = ledger.claim

    async def claimed(session: Any, *arguments: Any, **named: Any) -> Any:
        claims = await claim(session, *arguments, **named)
        await session.execute(
            text("UPDATE deliveries SET status = 'sent', lease_until = NULL WHERE status = 'dispatched'")
        )
        return claims

    ledger.claim = claimed


def _no_mark() -> None:
    """No mark of a dispatch: whoever comes after a crash finds rows as they were before they were claimed."""
    statement = text(
        "UPDATE deliveries SET status = 'pending', copies = 0, lease_until = NULL WHERE status = 'dispatched'"
    )

    async def lapse(session: Any, now: Any, moment: int) -> list[Any]:
        del now, moment
        await session.execute(statement)
        return []

    leases.lapse = lapse


def _result_first() -> None:
    """The result is recorded before the request leaves."""
    sessions: list[Any] = []
    open_sessions, perform = app.open_sessions, TelegramMessenger.perform
    statement = text("UPDATE deliveries SET status = 'sent' WHERE id = :id")

    def opened(*arguments: Any) -> Any:
        sessions.append(open_sessions(*arguments))
        return sessions[-1]

    async def performed(messenger: TelegramMessenger, envelope: Any, leaving: Any) -> Any:
        async with sessions[-1].begin() as session:
            await session.execute(statement, {"id": envelope.delivery_id})
        return await perform(messenger, envelope, leaving)

    app.open_sessions = opened
    TelegramMessenger.perform = performed  # type: ignore[method-assign]


def _offset_first() -> None:
    """Updates are acknowledged when they are fetched, whatever becomes of them."""
    for kind in _kinds(BaseRequest):
        if "do_request" in vars(kind):
            kind.do_request = _acknowledging(kind.do_request)


def _acknowledging(request: Callable[..., Any]) -> Callable[..., Any]:
    async def fetched(self: Any, url: str, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        status, body = await request(self, url, *arguments, **named)
        if url.endswith(_POLL) and (found := json.loads(body)["result"]):
            offset = RequestParameter("offset", found[-1]["update_id"] + 1, [])
            await request(self, url, *arguments, **{**named, "request_data": RequestData([offset])})
        return status, body

    return fetched


VARIANTS: dict[str, Callable[[], None]] = {
    "cursor moved on fetch": _cursor,
    "no dispatch mark": _no_mark,
    "result before mark": _result_first,
    "offset moved on fetch": _offset_first,
}
"""Ways to be wrong that delivery.md and safety.md rule out. Patched in before the first effect, counted like the rest."""
