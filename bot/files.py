"""Files we make: sent once, then named by the id that Telegram gave them, so that the same bytes travel once.

A file is known by a hash of what it was made from, which holds nothing of who asked for it. What a reader has
added of their own is sent and forgotten (`key` None). Compiling runs beside the loop, never in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from telegram import InputFile, Message
from telegram.error import BadRequest

from alerts.render.builder import neutral_line
from bot import store
from bot.context import Call, patiently
from subscribers.subscriber import Mode

_NEUTRAL_NAME: Final = "file"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file to send: how to make its bytes, what it is called, its caption, and the key that finds it again.

    `picture`: a PNG shown as a photo; otherwise a document. `key` None: never kept, never found again.
    """

    make: Callable[[], bytes]
    name: str
    caption: str
    key: str | None
    picture: bool = False


def key_of(kind: str, *content: Any) -> str:
    """A hash of all that a file is made from: dataclasses and plain values, and the version that made it."""
    plain = [asdict(part) if is_dataclass(part) and not isinstance(part, type) else part for part in content]
    written = json.dumps([kind, _made_by(), plain], ensure_ascii=False, sort_keys=True)
    return f"{kind}:{hashlib.sha256(written.encode()).hexdigest()}"


@cache
def _made_by() -> str:
    return version("urgent-action-bot")


async def send_file(call: Call, file: MadeFile) -> None:
    """Send it, by its id where Telegram has it already; in safe mode nothing of it shows on a lock screen."""
    is_safe = call.mode is Mode.SAFE
    key = (
        f"{file.key}{'.safe' if is_safe else ''}" if file.key else None
    )  # a document keeps the name it came with
    known = await _known(call, key)
    if known is not None:
        try:
            await patiently(lambda: _send(call, file, known))
        except BadRequest as error:
            _log.info("Telegram no longer knows a file of ours (%s): it is made again", error.message)
        else:
            return
    made = await asyncio.to_thread(file.make)
    sent = await patiently(lambda: _send(call, file, made))
    if key is not None:
        async with call.services.sessions.begin() as session:
            await store.keep_file(session, key, _id_of(sent), call.now)


async def _known(call: Call, key: str | None) -> str | None:
    if key is None:
        return None
    async with call.services.sessions() as session:
        return await store.file_id(session, key)


async def _send(call: Call, file: MadeFile, what: str | bytes) -> Message:
    is_safe = call.mode is Mode.SAFE
    caption = neutral_line(call.catalogue) if is_safe else file.caption
    if file.picture:
        return await call.bot.send_photo(
            call.chat, what, caption=caption, has_spoiler=is_safe, protect_content=False
        )
    name = f"{_NEUTRAL_NAME}.{file.name.rpartition('.')[2]}" if is_safe else file.name
    given = what if isinstance(what, str) else InputFile(what, filename=name)
    return await call.bot.send_document(call.chat, given, caption=caption, protect_content=False)


def _id_of(sent: Message) -> str:
    if sent.photo:
        return sent.photo[-1].file_id
    assert sent.document is not None
    return sent.document.file_id
