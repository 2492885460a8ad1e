"""One update as it came from Telegram: from whom, in which chat, and whether it may overtake others.

Reads the JSON itself, since an update that the library cannot read must be stored, and answered for, like any other.
Decides nothing about who may do what: that is bot/gate.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from bot.buttons import reader_data

_LEAVING: Final = re.compile(r"/(stop|forget|panic)(@\w+)?(\s|$)", re.IGNORECASE)
_LEAVING_TAPS: Final = frozenset({reader_data("forget", "yes")})
_GONE: Final = frozenset({"kicked", "left"})
_HOLDERS: Final = ("message", "edited_message", "callback_query", "my_chat_member")


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update, with all that its turn depends on.

    `person` is who sent it (the group itself for anonymous administrators, who share one id), `chat` where. `leaving`:
    they want to hear no more. `same_as` is equal for two updates that ask for the same: a button's data under the same
    message, or a way of leaving; None for all others.
    """

    update_id: int
    body: dict[str, Any]
    person: int | None
    chat: int | None
    leaving: bool
    by_moderator: bool
    same_as: tuple[object, ...] | None

    @property
    def is_urgent(self) -> bool:
        """Whether it overtakes what others have sent."""
        return self.leaving or self.by_moderator


def read(body: dict[str, Any], moderators: Collection[int] = ()) -> Incoming:
    """What an update is, as far as that can be told; ValueError when it is none of Telegram's."""
    update_id = body.get("update_id")
    if not isinstance(update_id, int):
        msg = "this is no update of Telegram's: it has no update_id"
        raise ValueError(msg)  # noqa: TRY004 - its content is wrong, not our call
    kind = next((name for name in _HOLDERS if isinstance(body.get(name), dict)), "")
    content = body.get(kind, {})
    message = _within(content, "message") if kind == "callback_query" else content
    sender, chat = _number(content, "from", "id"), _number(message, "chat", "id")
    leaving = _is_leaving(kind, content)
    return Incoming(
        update_id,
        body,
        person=_number(content, "sender_chat", "id") or sender,
        chat=chat,
        leaving=leaving,
        by_moderator=sender in moderators,
        same_as=_sameness(kind, content, chat, leaving=leaving),
    )


def _is_leaving(kind: str, content: dict[str, Any]) -> bool:
    if kind == "my_chat_member":
        return _within(content, "new_chat_member").get("status") in _GONE
    if kind == "callback_query":
        return content.get("data") in _LEAVING_TAPS
    return kind == "message" and bool(_command(content))


def _sameness(
    kind: str, content: dict[str, Any], chat: int | None, *, leaving: bool
) -> tuple[object, ...] | None:
    if kind == "callback_query":
        message = _number(content, "message", "message_id")
        return kind, chat, message, content.get("data")
    if kind == "message" and leaving:
        return kind, chat, _command(content).casefold()
    return None


def _command(content: dict[str, Any]) -> str:
    """The name of the command to leave that a message begins with, or nothing."""
    text = content.get("text")
    found = _LEAVING.match(text) if isinstance(text, str) else None
    return found[1] if found else ""


def _within(content: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        inner = content.get(name)
        if not isinstance(inner, dict):
            return {}
        content = inner
    return content


def _number(content: dict[str, Any], *names: str) -> int | None:
    found = _within(content, *names[:-1]).get(names[-1])
    return found if isinstance(found, int) else None
