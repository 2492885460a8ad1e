"""Filling: the values of cases and an action put into a letter's template, in the addressee's language.

Does not choose the variant (`alerts.serve` deals it) or the addressee.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from unicodedata import bidirectional

from jinja2 import TemplateError
from jinja2.environment import TemplateModule

from alerts.action import Action
from alerts.case import CaseView
from alerts.demand import Demand, demands_for
from alerts.errors import LetterError
from alerts.letter.facts import facts
from alerts.letter.template import (
    FORMS,
    NUMBERS,
    compiled,
    environment,
    folder_of,
    stored_demands,
    stored_letter,
)
from alerts.letter.words import Addressee, Letter, LetterKind
from alerts.locales import FOLDER, Catalogue

PASS_ON: Final = frozenset({"foreign_ministry", "embassy_in_readers_country", "un_mission"})
"""Kinds of addressees that can only hand a letter on to those who decide."""
OWN_LINE: Final = 300
"""Longest line of the reader's own, in characters."""

_FAULTS: Final = (TemplateError, AttributeError, KeyError, TypeError)
"""What a wrong template can raise when it is filled."""


def fill(  # noqa: PLR0913 - what a letter is made of
    views: Sequence[CaseView],
    action: Action,
    addressee: Addressee,
    catalogue: Catalogue,
    kind: LetterKind,
    *,
    variant: int,
    subject: int,
    own_line: str = "",
    folder: Path = FOLDER,
) -> Letter:
    """The letter of `action` for the cases `views` in the catalogue's language.

    `variant` and `subject` (the variant whose subject line is used) count from 1; `own_line` is what the reader
    adds. LetterError when a template is missing or wrong.
    """
    letters = folder_of(catalogue.locale, folder)
    body, title = stored_letter(letters, kind, variant), stored_letter(letters, kind, subject)
    texts = stored_demands(letters).texts
    values = _values(views, addressee, catalogue, own_line)
    try:
        form = _form(letters, values)
        values["form"] = form
        values["demands"] = [
            _on_one_line(compiled(letters, texts[demand]).render(values)) for demand in asked(views, action)
        ]
        values["salutation"] = addressee.salutation or _greeting(form, addressee)
        return Letter(
            action.latest_number,
            catalogue.locale,
            kind,
            variant,
            subject=_on_one_line(compiled(letters, title.subject).render(values)),
            body=flowed(compiled(letters, body.body).render(values)),
            addressee=addressee,
            sender=_set_in(form, "sender"),
        )
    except _FAULTS as error:
        raise LetterError(
            f"{body.path}: {error}; correct the letter, or the forms and demands beside it"
        ) from error


def greeting(
    views: Sequence[CaseView], addressee: Addressee, catalogue: Catalogue, folder: Path = FOLDER
) -> str:
    """How the language greets such an addressee; LetterError when its forms do not know."""
    letters = folder_of(catalogue.locale, folder)
    try:
        return _greeting(_form(letters, _values(views, addressee, catalogue, "")), addressee)
    except _FAULTS as error:
        who = f"{addressee.kind}, gender {addressee.gender or 'unknown'}"
        raise LetterError(
            f"{letters / FORMS}: no greeting for {who}: {error}; add it to salutations"
        ) from error


def flowed(text: str) -> str:
    """Text as a letter has it: the lines of a paragraph run on, list lines stay, empty paragraphs go."""
    paragraphs = (_paragraph(part.splitlines()) for part in re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _paragraph(lines: Iterable[str]) -> str:
    shown = ""
    for line in filter(None, (re.sub(r" {2,}", " ", line.strip(" \t")) for line in lines)):
        joint = "\n" if line.startswith("- ") else " "
        shown += f"{joint}{line}" if shown else line
    return shown


def _on_one_line(text: str) -> str:
    return re.sub(r"[ \t\n]+", " ", text).strip()


def asked(views: Sequence[CaseView], action: Action) -> tuple[Demand, ...]:
    """What the action asks; an action from before demands were kept asks what its case calls for."""
    return action.demands or demands_for(views[0])


def _values(
    views: Sequence[CaseView], addressee: Addressee, catalogue: Catalogue, own_line: str
) -> dict[str, Any]:
    return facts(views, catalogue) | {
        "pass_on": addressee.kind in PASS_ON,
        "own_line": _own(" ".join(own_line.split())[:OWN_LINE], catalogue),
        NUMBERS: catalogue.number,
    }


def _own(line: str, catalogue: Catalogue) -> str:
    """The reader's line; in a language that runs the other way it keeps its full stop at its own end."""
    own = {"R", "AL"} if catalogue.is_rtl else {"L"}
    runs_along = any(bidirectional(char) in own for char in line)
    return line if runs_along else catalogue.isolate(line)


def _form(letters: Path, values: dict[str, Any]) -> TemplateModule:
    return environment(letters).get_template(FORMS).make_module(values)


def _greeting(form: TemplateModule, addressee: Addressee) -> str:
    return str(_set_in(form, "salutations")[addressee.kind][addressee.gender or ""])


def _set_in(form: TemplateModule, name: str) -> Any:
    return getattr(form, name)
