"""Files that went through the emulator: kept in memory under ids as Telegram gives them, for reuse and download.

Pictures are recognised by their first bytes and measured (PNG only); nothing is converted.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.errors import BotApiError, bad_request
from bot.emulator.parameters import Parameters, Upload

LARGEST_DOCUMENT = 50 * 1024 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_FOLDERS = {"document": "documents", "photo": "photos", "sticker": "stickers"}
_UNKNOWN_SIZE = (800, 600)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file, as the tests may read it: `content` are its bytes."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    content_type: str
    content: bytes = field(repr=False)
    path: str = ""

    def json(self) -> Any:
        """Render the field of a message that holds the file."""
        base = {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}
        if self.kind == "photo":
            width, height = _measured(self.content)
            return [{**base, "width": width, "height": height}]
        if self.kind == "sticker":
            flags = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "🙂"}
            return {**base, "width": 512, "height": 512, **flags}
        return {"file_name": self.name, "mime_type": self.content_type, **base}


class FileStore:
    """All files of one emulator."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, kind: str, upload: Upload) -> StoredFile:
        """Take a file in and give it an id."""
        number = len(self._by_id) + 1
        content_type = (
            upload.content_type or mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        )
        suffix = _SUFFIX.search(upload.name)
        stored = StoredFile(
            file_id=f"BQACAg-{kind}-{number:06}",
            unique_id=f"Ag{number:06}",
            kind=kind,
            name=upload.name,
            content_type=content_type,
            content=upload.content,
            path=f"{_FOLDERS[kind]}/file_{number}{suffix[0] if suffix else ''}",
        )
        self._by_id[stored.file_id] = self._by_path[stored.path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        """Find a file for reuse."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """Find a file for download."""
        return self._by_path.get(path)

    def given(self, parameters: Parameters, kind: str) -> StoredFile:
        """Take the file of a call: uploaded with it, or sent before and named by its id.

        Raises:
            BotApiError: when there is none, or it is not one that Telegram takes.
        """
        upload = parameters.upload(kind)
        if upload is None:
            return self._reused(parameters.text(kind), kind)
        if not upload.content:
            raise bad_request("file must be non-empty")
        size = len(upload.content)
        if size > LARGEST_DOCUMENT:
            raise BotApiError(413, "Request Entity Too Large")
        if kind == "photo":
            if size > LARGEST_PHOTO:
                limit = f"the maximum size is {LARGEST_PHOTO} bytes"
                raise bad_request(f"file of size {size} bytes is too big for a photo; {limit}")
            if not upload.content.startswith(_PICTURES):
                raise bad_request("IMAGE_PROCESS_FAILED")
        return self.keep(kind, upload)

    def _reused(self, named: str, kind: str) -> StoredFile:
        if not named:
            raise bad_request(f"there is no {kind} in the request")
        if named.startswith(("http://", "https://")):
            # The emulator opens no connection, so it answers as Telegram does for a page it cannot reach.
            raise bad_request("failed to get HTTP URL content")
        stored = self._by_id.get(named)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if stored.kind != kind:
            raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        return stored


def _measured(content: bytes) -> tuple[int, int]:
    """Read width and height from the header of a PNG."""
    if content.startswith(_PICTURES[0]) and content[12:16] == b"IHDR":
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return _UNKNOWN_SIZE
