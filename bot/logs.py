"""What is written to the log, and what never is: the token, other secrets, and whom we talk to (safety.md 13, 27).

Every line goes through one formatter, which takes the secrets out of the finished text: message, arguments,
`repr` and traceback alike. Does not find chat ids inside a sentence: log them under their keys, where they
are dropped, or not at all. A library that brings handlers of its own (uvicorn: `log_config=None`) must be
told not to.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

REMOVED: Final = "[removed]"
PERSONAL_KEYS: Final = frozenset({"chat", "chat_id", "user", "user_id", "telegram_id"})
"""Keys of a structured line that are dropped with their values, at any depth."""

# Whether or not we were told of it: a token's shape, as it is and as URLs write it (once or twice encoded).
_TOKEN_SHAPE: Final = r"\d{1,20}(?::|%(?:25)*3[aA])[A-Za-z0-9_-]{30,}"  # noqa: S105 - the shape of all
_PASSWORD_IN_URL: Final = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")

_QUIET: Final = (
    "aiosqlite",
    "apscheduler",
    "asyncio",
    "asyncpg",
    "httpcore",
    "httpx",  # the URL of each request, and so the token, at INFO
    "sqlalchemy",
    "telegram",  # whole updates at DEBUG
    "uvicorn.access",
)
"""Libraries that are heard from WARNING on, whatever level is configured."""


class Redactor:
    """Takes secrets out of text, however a URL, JSON or `repr` writes them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        written = {form for secret in secrets for form in _forms(secret) if form.strip()}
        longest_first = sorted(written, key=len, reverse=True)
        self._secrets = re.compile("|".join([_TOKEN_SHAPE, *(_pattern(form) for form in longest_first)]))

    def __call__(self, text: str) -> str:
        """The text with each secret replaced."""
        return _PASSWORD_IN_URL.sub(rf"\1{REMOVED}", self._secrets.sub(REMOVED, text))


def set_up(level: str, layout: str, secrets: Iterable[str]) -> None:
    """Send all logging to standard error from `level` ("debug" … "error") on.

    `layout` is "console" or "json"; `secrets` are the values that must not appear. Uncaught exceptions are
    logged too, since the interpreter would print them as they are. Calling it again replaces the set-up.
    """
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _drop_people,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(_Formatter(Redactor(secrets), before, _rendering(layout)))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say that a line was lost; logging itself would print its arguments as they are."""
        error = type(sys.exception()).__name__
        with suppress(OSError, ValueError):  # standard error itself is gone: there is nowhere left to say it
            print(f"log line lost: {record.filename}:{record.lineno}: {error}", file=sys.__stderr__)


class _Formatter(ProcessorFormatter):
    def __init__(self, redact: Redactor, before: list[Processor], rendering: list[Processor]) -> None:
        processors = [ProcessorFormatter.remove_processors_meta, *rendering]
        super().__init__(foreign_pre_chain=before, processors=processors)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        try:
            return self._redact(super().format(record))
        except Exception as error:  # noqa: BLE001 - logging would print the arguments as they are
            place = f"{record.name} ({record.filename}:{record.lineno})"
            return self._redact(f"{place} logged what cannot be written: {type(error).__name__}: {error}")


def _rendering(layout: str) -> list[Processor]:
    # Tracebacks without local variables: those of a request hold the token and the chat.
    if layout == "json":
        return [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


def _drop_people(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    del logger, method
    return {key: _without_people(value) for key, value in event.items() if key not in PERSONAL_KEYS}


def _without_people(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_people(part) for key, part in value.items() if key not in PERSONAL_KEYS}
    if type(value) in {list, tuple}:  # a named tuple, which takes its parts singly, stays as it is
        return type(value)(_without_people(part) for part in value)
    return value


def _forms(secret: str) -> Iterator[str]:
    """A secret as text, `repr` and URLs write it, and JSON any of these; of a token also its second half alone."""
    for part in {secret, secret.rpartition(":")[2]} if re.fullmatch(_TOKEN_SHAPE, secret) else {secret}:
        escaped = {json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1]}
        for form in {part, repr(part)[1:-1], quote(part, safe=""), quote(part), quote_plus(part)} | escaped:
            yield form
            yield json.dumps(form, ensure_ascii=False)[1:-1]


def _pattern(form: str) -> str:
    """A regular expression for it; percent-encoding may be in either case."""
    return re.sub(r"%[0-9A-F]{2}", lambda found: f"(?i:{found.group()})", re.escape(form))


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    logging.getLogger(__name__).critical("uncaught exception", exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
