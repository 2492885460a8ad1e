"""Alert: the text to the public about a case, its kinds, and the machine its review runs on.

Statuses and rules: domain.md section 7. A refusal is a value that names its reason; its words are in locales/
(bot/handlers/refusals.py).

    draft -> pending -> {returned, rejected, approved} -> published -> {superseded, stopped, expired, cancelled}
"""

from alerts.alert.content import Alert, Companion, Facts, Hand
from alerts.alert.rules import (
    APPROVAL_LASTS,
    is_enough,
    makes_editor,
    may_approve,
    may_edit,
    may_publish,
    may_submit,
    may_turn_down,
    takes_back_an_end,
)
from alerts.alert.words import ENDS, OPEN, AlertKind, AlertStatus, Disposition, Part, Refusal

__all__ = [
    "APPROVAL_LASTS",
    "ENDS",
    "OPEN",
    "Alert",
    "AlertKind",
    "AlertStatus",
    "Companion",
    "Disposition",
    "Facts",
    "Hand",
    "Part",
    "Refusal",
    "is_enough",
    "makes_editor",
    "may_approve",
    "may_edit",
    "may_publish",
    "may_submit",
    "may_turn_down",
    "takes_back_an_end",
]
