"""Letters to officials: filled from the published cases of an action, in the language of the addressee.

    letter = fill(views, action, addressee, catalogue, kind_for(views, own_government=False), variant=1, subject=1)

words (kinds, addressee, letter) · template (files) · placeholders · facts (of cases) · filling · checks · points
(what to say in one's own words, and by telephone). Sends nothing; decides nothing about who may be served. The
checks are imported from their own module: they set type.
"""

from __future__ import annotations

from alerts.letter.filling import OWN_LINE, PASS_ON, fill
from alerts.letter.points import OWN_SIDE, phone_script, talking_points
from alerts.letter.template import has_letters, reviewers
from alerts.letter.words import VARIANTS, Addressee, Letter, LetterKind, kind_for

__all__ = [
    "OWN_LINE",
    "OWN_SIDE",
    "PASS_ON",
    "VARIANTS",
    "Addressee",
    "Letter",
    "LetterKind",
    "fill",
    "has_letters",
    "kind_for",
    "phone_script",
    "reviewers",
    "talking_points",
]
