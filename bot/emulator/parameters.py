"""Reads the parameters of a call from wherever Telegram takes them: query, form, multipart or a JSON body.

Values are read leniently in the way Telegram does ("true", 1 and true are one); what they mean is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.emulator.errors import bad_request

_TRUE = frozenset({"true", "yes", "1"})
_LARGEST_FIELD = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a multipart body."""

    name: str
    content_type: str
    content: bytes


class Parameters:
    """What one call was given, by name."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}
        self._uploads = dict(uploads or {})

    @classmethod
    async def of(cls, request: Request) -> Parameters:
        """Read the query string and the body of a request."""
        values: dict[str, Any] = dict(request.query_params)
        uploads: dict[str, Upload] = {}
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            values.update(_decoded(await request.body()))
        elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
            async with request.form(max_part_size=_LARGEST_FIELD) as form:
                for name, value in form.multi_items():
                    if isinstance(value, UploadFile):
                        content = await value.read()
                        uploads[name] = Upload(value.filename or "file", value.content_type or "", content)
                    else:
                        values[name] = value
        return cls(values, uploads)

    def has(self, name: str) -> bool:
        """Tell whether the parameter was given and is not empty."""
        return self._values.get(name, "") != "" or name in self._uploads

    def text(self, name: str, default: str = "") -> str:
        """Read a string; numbers are taken as their digits."""
        value = self._values.get(name, default)
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Read a whole number; anything else counts as not given, as at Telegram."""
        try:
            return int(self.text(name, str(default)).strip())
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Read a Boolean in any of its spellings."""
        return self.text(name).strip().lower() in _TRUE

    def structure(self, name: str, called: str) -> Any:
        """Read a nested value: JSON in a string, or already decoded from a JSON body; None when absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {called} JSON object") from error

    def upload(self, name: str) -> Upload | None:
        """Read a file given in the body, directly or as `attach://…`."""
        value = self._values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self._uploads.get(value.removeprefix("attach://"))
        return self._uploads.get(name)

    def recorded(self) -> dict[str, Any]:
        """Render everything for the record: nested values decoded, files by name and size."""
        shown: dict[str, Any] = {name: _shown(name, value) for name, value in self._values.items()}
        for name, upload in self._uploads.items():
            shown[name] = {"file_name": upload.name, "file_size": len(upload.content)}
        return shown


# Texts that a person or a bot wrote stay texts in the record, even when they happen to be JSON.
_FREE_TEXT = frozenset({"text", "caption", "name", "description", "short_description", "callback_query_id"})


def _shown(name: str, value: Any) -> Any:
    if not isinstance(value, str) or name in _FREE_TEXT:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _decoded(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        decoded = json.loads(body)
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(decoded, dict):
        raise bad_request("object expected as request body")
    return decoded
