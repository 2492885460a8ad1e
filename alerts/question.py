"""Question: something a list says that only a moderator can settle. Asked once; never told to a reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

ACTIONS: Final = "our actions"
"""What stands for a list's name with questions about urgent actions; no list can be called so (it has a space)."""

SAYS: Final = "says"
"""In the details of a row that waits: the end or stay that it states. While it waits, so do the letters of its case."""


class QuestionKind(StrEnum):
    """What is asked (domain.md sections 1 and 2, safety.md 2 and 3)."""

    VANISHED = "vanished"  # the row is gone
    KEY_CHANGED = "key_changed"  # same person under another key: carried on, for the moderators to know
    SAME_NAME = "same_name"  # another key, and only the name agrees: the row waits
    NO_KEY = "no_key"  # the cell of the key is blank: the row waits
    DOUBLE_KEY = "double_key"  # two rows, one key: both wait
    UNKNOWN_STATUS = "unknown_status"  # a word the mapping does not know: the row waits
    ILLEGAL_TRANSITION = "illegal_transition"  # a move the law does not have: the row waits
    FORBIDDEN_TEXT = "forbidden_text"  # control or direction-changing characters: the row waits
    UNREADABLE_DATE = "unreadable_date"  # not a date: the row waits
    DATE_REMOVED = "date_removed"  # recorded; what does it mean?
    DATE_PASSED = "date_passed"  # the day came and the status stayed: what happened?
    HELD = "held"  # an edition refused whole
    DEADLINE_NEAR = "deadline_near"  # an action ends within a day: more time, let it end, or news?
    REVIEW_DUE = "review_due"  # an imminent action, each day: does it still stand?
    NAME_CHANGED = "name_changed"  # on an open action: does its letter need a revision?
    TARGET_DUE = "target_due"  # an official not checked for 90 days, or whose term has ended
    ADDRESS_FAILED = "address_failed"  # three readers say so


@dataclass(frozen=True, slots=True)
class Question:
    """One open question. `subject` makes it unique within its list and kind while it is open."""

    kind: QuestionKind
    list_name: str
    subject: str
    case_name: str
    detail: dict[str, Any]
    case_id: int | None = None
    id: int | None = None
    asked_at: datetime | None = None
