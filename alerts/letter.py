"""Letter: the appeal of one action in one language, filled from the published case.

Each language has one whole letter, locales/<locale>/letters/appeal.md: front matter (title, version,
reviewed_by) and a Jinja body, run in a sandbox. Templates are operators' files; nobody else's text is ever one.
Does not decide whether a letter may be served: that is `action.may_serve_letter`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.action import Action
from alerts.case import CaseView, PublishedCase
from alerts.errors import LetterError
from alerts.locales import FOLDER, N_, SOURCE_LOCALE, Catalogue, Catalogues
from alerts.render import person
from alerts.render.builder import TextBuilder
from alerts.render.message import Button, Keyboard, Message, Variant, units

PLACEHOLDERS: Final = frozenset(
    {"name", "full_name", "gender", "country", "place", "charges", "status", "execution_date", "minor"}
)
"""What a template may and must use. `gender` is "m", "f" or "" (unknown); absent facts are ""; `minor` is a bool."""

SAFETY_NOTE: Final = N_(
    "Before your first letter\n\n"
    "Your name and address reach the official you write to. If you live in that country, have family there or mean"
    " to travel there, think twice before you write.\n\n"
    "Initials and a town are enough. You need not say who you are."
)
"""Said before a reader's first letter (domain.md section 5)."""

COPY_UNITS: Final = 256
"""Longest text of a copy button (delivery.md section 1)."""
_PART_UNITS: Final = 3800  # below Telegram's limit, which leaves room for direction marks at line starts

_FRONT_MATTER: Final = re.compile(r"---\n(?P<front>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_KEYS: Final = ("title", "version", "reviewed_by")
_UNNAMED_CHARGES: Final = frozenset({"other", "unknown"})
"""Codes that tell an official nothing."""

_DIVIDER: Final = "\x1f"
_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # plain text, never parsed as markup
)


@dataclass(frozen=True, slots=True)
class Template:
    """One language's letter as its file has it; `subject` and `body` are Jinja source."""

    path: Path
    version: int
    reviewed_by: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A filled letter, plain text; paragraphs are divided by empty lines."""

    number: str
    country: str
    deadline: datetime | None
    subject: str
    body: str


def fill(
    case: PublishedCase | CaseView, action: Action, catalogue: Catalogue, folder: Path = FOLDER
) -> Letter:
    """The letter of `action` in the catalogue's language; LetterError when its template is missing or wrong."""
    view = case.view if isinstance(case, PublishedCase) else case
    template = _stored(folder, catalogue.locale)
    values = _values(view, catalogue)
    try:
        # The subject may use what the body sets (a form of address), so both are one template.
        whole = _ENVIRONMENT.from_string(f"{template.body}\n{_DIVIDER}\n{template.subject}").render(values)
    except TemplateError as error:
        raise LetterError(f"{template.path}: {error}; correct the letter") from error
    body, _, subject = whole.partition(_DIVIDER)
    body = re.sub(r"[ \t]+\n", "\n", body)
    body = re.sub(r"\n{3,}", "\n\n", body).strip()
    country = str(values["country"])
    return Letter(action.latest_number, country, action.deadline, " ".join(subject.split()), body)


def read_template(path: Path) -> Template:
    """A letter's file, checked for its form and placeholders; LetterError names the file and what is wrong."""
    try:
        match = _FRONT_MATTER.fullmatch(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LetterError(
            f"{path}: there is no letter for this language; translate the English one"
        ) from error
    if match is None:
        raise LetterError(f"{path}: the file must begin with --- lines around {', '.join(_KEYS)}")
    front = dict(_front_line(path, line) for line in match["front"].splitlines())
    if missing := [key for key in _KEYS if not front.get(key)]:
        raise LetterError(f"{path}: {', '.join(missing)} is missing between the --- lines")
    if not front["version"].isdecimal():
        raise LetterError(f"{path}: version {front['version']!r} is not a whole number")
    template = Template(path, int(front["version"]), front["reviewed_by"], front["title"], match["body"])
    _check_placeholders(template)
    return template


def check_letters(catalogues: Catalogues, folder: Path = FOLDER) -> list[str]:
    """What is wrong with the letters of all locales, one explanation each; empty when nothing is."""
    problems: list[str] = []
    current = 0
    for locale in catalogues.codes:  # English first
        try:
            template = read_template(_path(folder, locale))
        except LetterError as error:
            problems.append(str(error))
            continue
        if locale == SOURCE_LOCALE:
            current = template.version
        elif template.version < current:
            problems.append(
                f"{template.path}: version {template.version} is older than the English {current}"
            )
    return problems


def render_letter(letter: Letter, catalogue: Catalogue, variant: Variant = Variant.NORMAL) -> list[Message]:
    """How to send it and the subject; then the bare letter, so that one copy takes nothing else along.

    In the safe variant the letter lies under a spoiler, but can still be copied.
    """
    text = TextBuilder(catalogue, variant).bold(
        catalogue.t("Letter for %(number)s", number=catalogue.identifier(letter.number))
    )
    text.line()
    if letter.deadline is not None:
        text.line(catalogue.t("Send it by %(deadline)s.", deadline=catalogue.moment(letter.deadline, UTC)))
    if letter.country:
        text.line(
            catalogue.t(
                "Send it to the embassy of %(country)s and ask that it be passed on.", country=letter.country
            )
        )
    text.line(
        catalogue.t(
            "Copy the text below. Your own words are better still: stay polite and keep to the facts."
        )
    )
    text.line(
        catalogue.t("Sign only as far as it is safe: initials and a town are enough. Give no more than that.")
    )
    text.line().line(catalogue.t("Subject: %(subject)s", subject=letter.subject))
    copy: Keyboard = ()
    if units(letter.subject) <= COPY_UNITS:
        copy = ((Button(catalogue.t("Copy the subject"), copy=letter.subject),),)
    return [
        text.build(copy, protected=False),
        *(_part(catalogue, part, variant) for part in _parts(letter.body)),
    ]


def _values(view: CaseView, catalogue: Catalogue) -> dict[str, object]:
    named = tuple(charge for charge in view.charges if charge not in _UNNAMED_CHARGES)
    return {
        "name": person.name(catalogue, view),
        "full_name": person.full_name(catalogue, view),
        "gender": view.gender or "",
        "country": catalogue.country(view.country) if view.country else "",
        "place": person.place_within_country(catalogue, view) or "",
        "charges": person.charges(catalogue, replace(view, charges=named)) or "",
        "status": view.status.value if view.status else "",
        "execution_date": catalogue.day(view.execution_date) if view.execution_date else "",
        "minor": bool(view.minor_at_offence),
    }


def _check_placeholders(template: Template) -> None:
    try:
        used = meta.find_undeclared_variables(_ENVIRONMENT.parse(f"{template.body}\n{template.subject}"))
    except TemplateError as error:
        raise LetterError(f"{template.path}: {error}; correct the letter") from error
    if unknown := sorted(used - PLACEHOLDERS):
        known = ", ".join(sorted(PLACEHOLDERS))
        raise LetterError(f"{template.path}: unknown placeholder {', '.join(unknown)}; known are {known}")
    if missing := sorted(PLACEHOLDERS - used):
        raise LetterError(f"{template.path}: the letter lacks the placeholder {', '.join(missing)}")


def _front_line(path: Path, line: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon or key.strip() not in _KEYS:
        raise LetterError(f"{path}: {line!r} between the --- lines is not one of {', '.join(_KEYS)}")
    return key.strip(), value.strip()


@cache
def _stored(folder: Path, locale: str) -> Template:
    return read_template(_path(folder, locale))


def _path(folder: Path, locale: str) -> Path:
    return folder / locale / "letters" / "appeal.md"


def _part(catalogue: Catalogue, text: str, variant: Variant) -> Message:
    builder = TextBuilder(catalogue)
    return (builder.spoiler(text) if variant is Variant.SAFE else builder.add(text)).build()


def _parts(body: str) -> list[str]:
    """The body in as few messages as it needs, divided between paragraphs."""
    parts = [""]
    for paragraph in body.split("\n\n"):
        joined = f"{parts[-1]}\n\n{paragraph}".strip()
        if units(joined) <= _PART_UNITS:
            parts[-1] = joined
        else:
            parts.append(paragraph)
    return [part for part in parts if part]
