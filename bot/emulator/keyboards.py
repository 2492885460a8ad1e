"""Buttons under messages: reads `reply_markup`, refuses what Telegram refuses, renders it again.

What happens when a button is tapped belongs to the people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.emulator import links
from bot.emulator.errors import bad_request

_LONGEST_DATA = 64
_LONGEST_COPY = 256
_LONGEST_PLACEHOLDER = 64
_BUTTONS_A_ROW = 8
_BUTTONS = 100
_BOOLEANS = (
    "force_reply",
    "remove_keyboard",
    "selective",
    "one_time_keyboard",
    "is_persistent",
    "resize_keyboard",
)
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


@dataclass(frozen=True, slots=True)
class Button:
    """One button, of an inline or of a reply keyboard."""

    text: str
    action: str = ""
    value: Any = None
    style: Mapping[str, Any] = field(default_factory=dict)

    @property
    def callback_data(self) -> str | None:
        """What the bot gets back when it is tapped."""
        return self.value if self.action == "callback_data" else None

    @property
    def url(self) -> str | None:
        """Where it leads."""
        return self.value if self.action == "url" else None

    @property
    def copied(self) -> str | None:
        """What it puts on the clipboard."""
        return self.value["text"] if self.action == "copy_text" else None

    @property
    def web_app(self) -> str | None:
        """Which page it opens inside Telegram."""
        return self.value["url"] if self.action == "web_app" else None

    def json(self) -> dict[str, Any]:
        """Render it as on the wire."""
        shown = {"text": self.text, **self.style}
        return {**shown, self.action: self.value} if self.action else shown


@dataclass(frozen=True, slots=True)
class Keyboard:
    """A whole `reply_markup`: inline buttons, a reply keyboard, its removal or a forced reply."""

    kind: str
    rows: tuple[tuple[Button, ...], ...] = ()
    placeholder: str = ""

    @property
    def inline(self) -> bool:
        """Tell whether it hangs under the message, the only kind that Telegram shows in messages."""
        return self.kind == "inline_keyboard"

    def json(self) -> dict[str, Any]:
        """Render an inline keyboard as on the wire."""
        return {"inline_keyboard": [[button.json() for button in row] for row in self.rows]}


def keyboard(raw: Any, *, private: bool, inline_only: bool = False) -> Keyboard | None:
    """Read a `reply_markup`; None when there is none or it has no buttons.

    Raises:
        BotApiError: with Telegram's words, when it would not take it.
    """
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    for name in _BOOLEANS:
        if name in raw and not isinstance(raw[name], bool):
            raise bad_request(f'field "{name}" must be of type Boolean')
    if "inline_keyboard" in raw:
        rows = _rows(
            raw["inline_keyboard"], "inline_keyboard", lambda button: _inline(button, private=private)
        )
        return Keyboard("inline_keyboard", rows) if rows else None
    if inline_only:
        raise bad_request("inline keyboard expected")
    return _other(raw)


def _other(raw: dict[str, Any]) -> Keyboard | None:
    placeholder = str(raw.get("input_field_placeholder", ""))
    if len(placeholder) > _LONGEST_PLACEHOLDER:
        raise bad_request("INPUT_FIELD_PLACEHOLDER_INVALID")
    if "keyboard" in raw:
        rows = _rows(raw["keyboard"], "keyboard", _plain)
        return Keyboard("keyboard", rows, placeholder) if rows else None
    if raw.get("remove_keyboard"):
        return Keyboard("remove_keyboard")
    return Keyboard("force_reply", placeholder=placeholder) if raw.get("force_reply") else None


def _rows(raw: Any, called: str, read: Callable[[Any], Button]) -> tuple[tuple[Button, ...], ...]:
    if not isinstance(raw, list):
        raise bad_request(f'field "{called}" must be of type Array')
    if any(not isinstance(row, list) for row in raw):
        raise bad_request(f'field "{called}" must be an Array of Arrays')
    rows = tuple(tuple(read(button) for button in row) for row in raw if row)
    if any(len(row) > _BUTTONS_A_ROW for row in rows) or sum(map(len, rows)) > _BUTTONS:
        raise bad_request("reply markup is too long")
    return rows


def _plain(raw: Any) -> Button:
    if isinstance(raw, str):
        return Button(raw)
    if not isinstance(raw, dict) or "text" not in raw:
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not raw["text"]:
        raise bad_request("keyboard button text must be non-empty")
    return Button(str(raw["text"]))


def _inline(raw: Any, *, private: bool) -> Button:
    parse = "can't parse inline keyboard button: "
    if not isinstance(raw, dict):
        raise bad_request(f"{parse}Expected an Object")
    if "text" not in raw:
        raise bad_request(f'{parse}Can\'t find field "text"')
    # An inline query may be empty, everything else that is empty counts as not given.
    action = next((name for name in _ACTIONS if raw.get(name) or _is_query(name, raw)), "")
    if not action:
        raise bad_request(f"{parse}Text buttons are unallowed in the inline keyboard")
    text = str(raw["text"]).strip()
    if not text:
        raise bad_request("inline keyboard button text must be non-empty")
    style = {name: raw[name] for name in ("style", "icon_custom_emoji_id") if name in raw}
    return Button(text, action, _value(action, raw[action], private=private), style)


def _is_query(name: str, raw: Mapping[str, Any]) -> bool:
    return name.startswith("switch_inline_query") and name in raw


def _value(action: str, value: Any, *, private: bool) -> Any:
    match action:
        case "callback_data" if not isinstance(value, str) or len(value.encode()) > _LONGEST_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
        case "copy_text":
            copied = value.get("text") if isinstance(value, dict) else None
            if not isinstance(copied, str) or not 1 <= len(copied) <= _LONGEST_COPY:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case "callback_game" | "pay":
            raise bad_request("BUTTON_TYPE_INVALID")
        case "url":
            return _link(str(value), "inline keyboard button")
        case "web_app":
            page = _link(str(value.get("url", "")), "inline keyboard button Web App", https_only=True)
            if not private:
                raise bad_request("BUTTON_TYPE_INVALID")
            return {"url": page}
    return value


def _link(url: str, called: str, *, https_only: bool = False) -> str:
    try:
        return links.checked(url, https_only=https_only)
    except links.BadLinkError as error:
        raise bad_request(f"{called} {error}") from error
