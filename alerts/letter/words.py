"""What a letter is: its kinds, variants and addressee; which kind fits the cases it is written for.

Pure values. Does not read templates, and does not decide whether a letter may be served: that is
`action.may_serve_letter`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alerts.case import IN_DANGER, CaseStatus, CaseView

VARIANTS: Final = 3
"""Letters of one kind in one language, numbered from 1 as their files are."""


class LetterKind(StrEnum):
    """What sort of letter it is; the first half of its file's name."""

    SENTENCED = "sentenced"  # or upheld: not yet at the door
    IMMINENT = "imminent"  # or scheduled
    STAYED = "stayed"  # thanks, and go on
    MINOR = "minor"  # at the time of the alleged offence
    GROUP = "group"
    OWN_GOVERNMENT = "own_government"  # the reader's own


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to, in the letter's language: a TargetKind's value, the lines above the letter, the greeting.

    `salutation` None: the language's own for that kind and gender ("m", "f" or None) is used.
    """

    kind: str
    lines: tuple[str, ...] = ()
    salutation: str | None = None
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A filled letter, plain text: paragraphs divided by empty lines, list lines beginning with "- ".

    `body` runs from the salutation to `sender`, its last line, which whoever signs fills in.
    """

    number: str
    language: str
    kind: LetterKind
    variant: int
    subject: str
    body: str
    addressee: Addressee
    sender: str

    @property
    def unsigned(self) -> str:
        """The body without its last line, for paper that is signed by hand."""
        return self.body.removesuffix(self.sender).rstrip()


def kind_for(views: Sequence[CaseView], *, own_government: bool) -> LetterKind:
    """The kind that fits the cases of one action, of which there is at least one."""
    if own_government:
        return LetterKind.OWN_GOVERNMENT
    if all(view.status is CaseStatus.STAYED for view in views):
        return LetterKind.STAYED
    if people(views) != 1:
        return LetterKind.GROUP
    view = views[0]
    if view.minor_at_offence:
        return LetterKind.MINOR
    return LetterKind.IMMINENT if is_dated(view) or view.status in _AT_THE_DOOR else LetterKind.SENTENCED


_AT_THE_DOOR: Final = (CaseStatus.IMMINENT, CaseStatus.SCHEDULED)


def people(views: Sequence[CaseView]) -> int:
    """How many people the cases are about; 0 when the size of a group is not known."""
    sizes = [1 if view.group_size is None else view.group_size for view in views]
    return sum(sizes) if all(sizes) else 0


def is_dated(view: CaseView) -> bool:
    """Whether a date of execution is known and still means something."""
    return view.execution_date is not None and view.status in IN_DANGER
