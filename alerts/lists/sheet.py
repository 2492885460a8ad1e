"""Sheet: what a document holds in the columns we asked for, as plain text; the bounds every format keeps.

Every format reads a document into a Sheet; `alerts.lists.mapping` makes rows of it. Understands no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alerts.errors import ListError
from alerts.lists.watched import WatchedList

MAX_BYTES: Final = 10_000_000
MAX_ROWS: Final = 50_000
"""safety.md 2: a larger edition is held."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`records[i][j]` is row i's text in column `watched.wanted[j]`, "" when there is none.

    `absent` are the wanted columns that the document does not have at all. `ends_with_newline` is None where the
    format itself shows that it is whole (JSON).
    """

    records: list[tuple[str, ...]]
    absent: frozenset[str]
    ends_with_newline: bool | None = None


def refusal(watched: WatchedList, reason: str, explanation: str) -> ListError:
    """The error that holds an edition of this list."""
    return ListError(reason, f"list {watched.name!r}: {explanation}")


def check_size(document: bytes, watched: WatchedList) -> None:
    """ListError when the document is empty, larger than MAX_BYTES, or a web page."""
    if len(document) > MAX_BYTES:
        raise refusal(watched, "too_large", f"the document is larger than {MAX_BYTES:,} bytes.")
    head = document[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if not head:
        raise refusal(watched, "empty", "the document is empty; the last good edition stays.")
    if head.startswith(b"<"):
        raise refusal(
            watched,
            "web_page",
            f"the address gave a web page or XML, not {watched.format.upper()}: "
            "look whether it asks for a login or has moved.",
        )


def check_count(count: int, watched: WatchedList) -> None:
    """ListError when there are no rows, or more than MAX_ROWS."""
    if count == 0:
        raise refusal(watched, "empty", "the document has no rows; the last good edition stays.")
    if count > MAX_ROWS:
        raise refusal(watched, "too_many_rows", f"the document has more than {MAX_ROWS:,} rows.")
