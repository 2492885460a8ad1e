"""Text: a document's bytes in the one encoding that its list says. Never guesses; understands no words.

Between two old encodings of eight bits a guess gives another person's name, in another script even, and nothing
shows it. So what is not UTF-8, nor UTF-16 with its mark, nor what `encoding` says, is held.
"""

from __future__ import annotations

import codecs
from typing import Final

from alerts.errors import ListError
from alerts.lists.sheet import refusal
from alerts.lists.watched import UTF_8, WatchedList

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(document: bytes, watched: WatchedList) -> str:
    """The document's text without its byte order mark, which beats the configured encoding. ListError names the place."""
    marked = next((name for mark, name in _MARKS if document.startswith(mark)), None)
    encoding = marked or watched.encoding
    if encoding not in {*UTF_8, "utf-16"} and _is_utf_8(document):
        raise refusal(
            watched,
            "undecodable",
            f"the document is UTF-8, but the configuration says encoding = {watched.encoding!r}: take the key out.",
        )
    try:
        text = document.decode(encoding)
    except UnicodeError as error:
        raise _undecodable(document, encoding, error, watched) from error
    if "\0" in text:
        raise refusal(watched, "undecodable", "the document holds zero bytes: it is not text.")
    return text


def _is_utf_8(document: bytes) -> bool:
    """Whether it holds more than ASCII and all of it is UTF-8: text of another encoding practically never is."""
    if document.isascii() or b"\0" in document:
        return False
    try:
        document.decode()
    except UnicodeDecodeError:
        return False
    return True


def _undecodable(document: bytes, encoding: str, error: UnicodeError, watched: WatchedList) -> ListError:
    start = error.start if isinstance(error, UnicodeDecodeError) else 0
    before = document[:start].decode(encoding, "ignore").replace("\r\n", "\n").replace("\r", "\n")
    return refusal(
        watched,
        "undecodable",
        f"line {before.count(chr(10)) + 1:,}, byte {start + 1:,} is not {encoding.removesuffix('-sig')}. "
        "Save the list as UTF-8, or ask its keepers for its encoding and say encoding = … in [[lists]].",
    )
