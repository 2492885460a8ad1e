from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx
import pytest
import structlog
from telegram import Bot
from telegram.error import InvalidToken

from bot.logs import _QUIET, REMOVED, Redactor, set_up

TOKEN = "1234567890:AAF0-fictional_token_of_the_tests_xyz"
HALF = TOKEN.partition(":")[2]
SECRET = 'we"bhook\\gehéim&/ß'
CHAT = 7_000_000_123
Lines = Callable[[], str]
MESSAGE = f"polling with {TOKEN}"
ANOTHER = f"999:{'Bb_-9' * 7}"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Put back what set_up changes for the whole process."""
    root = logging.root
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in _QUIET}
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers[:], root.level = handlers, level
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    sys.excepthook, threading.excepthook = hooks
    structlog.reset_defaults()


@pytest.fixture(params=["console", "json"])
def lines(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What was written since the last call, with everything on."""
    stream = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        set_up("debug", request.param, [TOKEN, SECRET, ""])

    def take() -> str:
        written = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return written

    return take


def only_ours() -> logging.StreamHandler:
    """The handler of set_up, alone: pytest's own would raise what it cannot write."""
    (handler,) = (each for each in logging.root.handlers if type(each.formatter).__module__ == "bot.logs")
    logging.root.handlers[:] = [handler]
    return handler


def unredacted(write: Callable[[], object]) -> str:
    """What plain logging makes of it: proof that there was something to take out."""
    record: list[logging.LogRecord] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = record.append  # type: ignore[method-assign]
    logging.root.addHandler(handler)
    write()
    logging.root.removeHandler(handler)
    return "\n".join(logging.Formatter().format(each) for each in record)


WAYS: dict[str, Callable[[], object]] = {
    "message": lambda: logging.getLogger("x").info(MESSAGE),
    "arguments": lambda: logging.getLogger("x").info("polling with %s and %r", TOKEN, {"token": TOKEN}),
    "address": lambda: logging.getLogger("x").info("POST https://api.example.org/bot%s/getMe", TOKEN),
    "address, encoded": lambda: logging.getLogger("x").info("POST /bot%s/getMe", quote(TOKEN, safe="")),
    "the secret half": lambda: logging.getLogger("x").info("the token ends in %s", HALF),
    "structlog": lambda: structlog.get_logger("x").info("start", token=TOKEN, nested={"a": [TOKEN]}),
    "structlog, bound": lambda: structlog.get_logger("x").bind(url=f"/bot{TOKEN}/").warning("start"),
    "another bot's token": lambda: logging.getLogger("x").info(ANOTHER),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_token_is_not_in_a_line(lines: Lines, way: str):
    known = "Bb_-9" if way == "another bot's token" else HALF
    assert known in unredacted(WAYS[way])
    written = lines()
    assert known not in written
    assert REMOVED in written


def fail_with(error: Exception) -> None:
    try:
        try:
            raise error
        except type(error) as cause:
            token = TOKEN  # a local variable, as a request has it
            raise RuntimeError(f"no answer from /bot{token}/") from cause
    except RuntimeError:
        logging.getLogger("x").exception("failed")
        structlog.get_logger("x").exception("failed")


@pytest.mark.parametrize(
    "error", [ValueError(f"bad: {TOKEN}"), InvalidToken(f"The token `{TOKEN}` was rejected by the server.")]
)
def test_the_token_is_not_in_a_traceback(lines: Lines, error: Exception):
    assert HALF in unredacted(lambda: fail_with(error))
    written = lines()
    assert HALF not in written
    assert written.count("Traceback") == 4
    assert type(error).__name__ in written


def test_the_token_is_not_in_the_repr_of_the_bot(lines: Lines):
    bot = Bot(TOKEN)
    assert HALF in repr(bot)
    logging.getLogger("x").info("made %r", bot)
    structlog.get_logger("x").info("made", bot=bot)
    written = lines()
    assert HALF not in written
    assert written.count(f"Bot[token={REMOVED}]") == 2


async def request() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.post(f"https://api.example.org/bot{TOKEN}/getMe")


async def test_httpx_says_nothing_of_its_requests(lines: Lines):
    await request()
    assert lines() == ""


async def test_httpx_made_to_speak_does_not_tell_the_token(lines: Lines, caplog: pytest.LogCaptureFixture):
    logging.getLogger("httpx").setLevel(logging.INFO)
    await request()
    assert HALF in caplog.text
    written = lines()
    assert HALF not in written
    assert f"bot{REMOVED}/getMe" in written


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "telegram.ext.Application", "asyncio"])
def test_libraries_are_heard_from_warning_on(lines: Lines, name: str):
    logging.getLogger(name).info("chatter")
    assert lines() == ""
    logging.getLogger(name).warning("trouble")
    assert "trouble" in lines()


@pytest.mark.parametrize(
    "form", [SECRET, repr(SECRET), json.dumps(SECRET), quote(SECRET, safe=""), quote(SECRET, safe="").lower()]
)
def test_a_secret_is_found_however_it_is_written(lines: Lines, form: str):
    logging.getLogger("x").info("got %s.", form)
    written = lines()
    assert form not in written
    assert REMOVED in written
    assert "h%c3%a9im" not in written.lower()
    assert "gehéim" not in written


@pytest.mark.parametrize("key", ["chat", "chat_id", "user", "user_id", "telegram_id"])
def test_whom_we_talk_to_is_dropped_with_its_key(lines: Lines, key: str):
    structlog.get_logger("x").info("sent", **{key: CHAT}, lane=2, nested=[{key: CHAT, "kept": 5}])
    written = lines()
    assert str(CHAT) not in written
    assert not re.search(rf"\b{key}\b", written)
    assert re.search(r"\blane\b", written)
    assert re.search(r"\bkept\b", written)


def test_a_database_password_in_an_address_is_removed_untold():
    line = "cannot reach postgresql+asyncpg://bot:hunter2@db.example.org/bot"
    assert Redactor([])(line) == f"cannot reach postgresql+asyncpg://bot:{REMOVED}@db.example.org/bot"


def test_ordinary_lines_are_left_alone():
    line = "2026-11-03T09:30:00Z UA-26/014.1 https://example.org:8443/list.csv?x=1 [::1]:8080 sha 1:abc"
    assert Redactor([TOKEN, SECRET, "", " "])(line) == line


def test_a_line_that_cannot_be_formatted_does_not_print_its_arguments(lines: Lines):
    only_ours()
    logging.getLogger("x").info("%d subscribers", TOKEN)
    written = lines()
    assert HALF not in written
    assert "cannot be written" in written
    assert "test_logs.py" in written


def test_a_line_that_cannot_be_written_does_not_print_its_arguments(
    lines: Lines, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    handler = only_ours()
    said = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", said)
    handler.stream.close()
    logging.getLogger("x").info("polling with %s", TOKEN)
    assert re.fullmatch(r"log line lost: test_logs\.py:\d+: ValueError\n", said.getvalue())
    assert HALF not in "".join(capsys.readouterr())


def test_an_uncaught_exception_is_logged_without_the_token():
    program = f"""
import threading
from bot.logs import set_up
set_up("info", "console", [])
def fail(): raise ValueError("in a thread: {TOKEN}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
raise ValueError("at the end: {TOKEN}")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert HALF not in done.stderr
    assert f"ValueError: in a thread: {REMOVED}" in done.stderr
    assert f"ValueError: at the end: {REMOVED}" in done.stderr


def test_an_interrupt_is_no_fault(capsys: pytest.CaptureFixture[str]):
    set_up("info", "console", [])
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert capsys.readouterr().err == "KeyboardInterrupt\n"


def test_an_exception_lost_in_a_task_is_logged_without_the_token(lines: Lines):
    with asyncio.Runner() as runner:
        runner.get_loop().call_exception_handler({"message": "lost", "exception": ValueError(TOKEN)})
    written = lines()
    assert "lost" in written
    assert HALF not in written


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]):
    set_up("info", "json", [TOKEN])
    structlog.get_logger("bot.x").info("sent", lane=2, token=TOKEN)
    logging.getLogger("lib").warning("slow by %d s", 3)
    logging.getLogger("lib").debug("chatter")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert {key: first[key] for key in ("event", "level", "logger", "lane", "token")} == {
        "event": "sent",
        "level": "info",
        "logger": "bot.x",
        "lane": 2,
        "token": REMOVED,
    }
    assert (second["event"], second["level"], second["logger"]) == ("slow by 3 s", "warning", "lib")
    assert first["timestamp"].endswith("Z")


def test_setting_up_again_does_not_double_the_lines(capsys: pytest.CaptureFixture[str]):
    set_up("info", "console", [])
    set_up("warning", "console", [])
    logging.getLogger("x").info("quiet")
    logging.getLogger("x").warning("once")
    assert capsys.readouterr().err.count("once") == 1
