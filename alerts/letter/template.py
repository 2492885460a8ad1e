"""Templates: the letters, demands and forms of a language as its files have them; what they may and must use.

A file has front matter (title, version, reviewed_by) and a body in Jinja, run in a sandbox. Templates are operators'
files; nobody else's text is ever one. `forms.jinja` of a language holds its agreement and fixed phrases: whatever
it sets, letters and demands see as `form`. Does not know cases: see `filling`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.demand import Demand
from alerts.errors import LetterError
from alerts.letter.words import VARIANTS, LetterKind
from alerts.locales import FOLDER

FORMS: Final = "forms.jinja"
DEMANDS: Final = "demands.md"
NUMBERS: Final = "_number_in_words"
"""The value that the filter `number` asks for; templates cannot name it."""

_FRONT_MATTER: Final = re.compile(r"---\n(?P<front>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_KEYS: Final = ("title", "version", "reviewed_by")


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """One letter as its file has it; `subject` and `body` are Jinja source."""

    path: Path
    version: int
    reviewed_by: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Demands:
    """What may be asked for, in one language; the texts are Jinja source."""

    path: Path
    version: int
    reviewed_by: str
    texts: Mapping[Demand, str]


def folder_of(locale: str, folder: Path = FOLDER) -> Path:
    """Where the letters of a language are."""
    return folder / locale / "letters"


def has_letters(locale: str, folder: Path = FOLDER) -> bool:
    """Whether there are letters in this language at all."""
    return (folder_of(locale, folder) / FORMS).is_file()


def reviewers(locale: str, folder: Path = FOLDER) -> frozenset[str]:
    """Who reviewed the letters and demands of a language, "none" for those that nobody has; LetterError as `read_letter`."""
    letters = folder_of(locale, folder)
    paths = [path_of(letters, kind, variant) for kind in LetterKind for variant in range(1, VARIANTS + 1)]
    return frozenset(
        [read_demands(letters / DEMANDS).reviewed_by, *(read_letter(path).reviewed_by for path in paths)]
    )


def path_of(letters: Path, kind: LetterKind, variant: int) -> Path:
    """The file of a letter; ValueError for a variant that is none."""
    if not 1 <= variant <= VARIANTS:
        raise ValueError(f"variant {variant} is not one of 1 to {VARIANTS}")
    return letters / f"{kind.value}-{variant}.md"


def read_letter(path: Path) -> LetterTemplate:
    """A letter's file; LetterError names the file and what is wrong with its form."""
    front, body = _read(path)
    return LetterTemplate(path, int(front["version"]), front["reviewed_by"], front["title"], body)


def read_demands(path: Path) -> Demands:
    """A language's demands, all of them; LetterError names the file and what is wrong."""
    front, body = _read(path)
    texts: dict[Demand, str] = {}
    for line in filter(str.strip, body.splitlines()):
        code, colon, text = line.partition(":")
        if not colon or code.strip() not in set(Demand) or not text.strip():
            raise LetterError(
                f"{path}: {line!r} is not a demand and its words; known are {', '.join(Demand)}"
            )
        texts[Demand(code.strip())] = text.strip()
    if missing := [demand.value for demand in Demand if demand not in texts]:
        raise LetterError(f"{path}: the words for {', '.join(missing)} are missing")
    return Demands(path, int(front["version"]), front["reviewed_by"], texts)


@cache
def environment(letters: Path) -> Environment:
    """The sandbox for the letters in one folder; a name that nobody gives is an error."""
    sandbox = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(letters),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain text, never parsed as markup
        auto_reload=False,
    )
    sandbox.filters["number"] = _number
    return sandbox


@cache
def compiled(letters: Path, source: str) -> Template:
    """`source` ready to fill; TemplateError when it is wrong."""
    return environment(letters).from_string(source)


@cache
def stored_letter(letters: Path, kind: LetterKind, variant: int) -> LetterTemplate:
    """As `read_letter`, read once."""
    return read_letter(path_of(letters, kind, variant))


@cache
def stored_demands(letters: Path) -> Demands:
    """As `read_demands`, read once."""
    return read_demands(letters / DEMANDS)


def forget() -> None:
    """Read the files again from now on."""
    for kept in (environment, compiled, stored_letter, stored_demands):
        kept.cache_clear()


@pass_context
def _number(context: Context, number: int) -> str:
    shown: Any = context[NUMBERS]
    return str(shown(number))


def _read(path: Path) -> tuple[dict[str, str], str]:
    try:
        match = _FRONT_MATTER.fullmatch(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LetterError(f"{path}: the file is missing; translate the English one") from error
    except UnicodeDecodeError as error:
        raise LetterError(f"{path}: {error}; save it as UTF-8") from error
    if match is None:
        raise LetterError(f"{path}: the file must begin with --- lines around {', '.join(_KEYS)}")
    front = dict(_front_line(path, line) for line in match["front"].splitlines())
    if missing := [key for key in _KEYS if not front.get(key)]:
        raise LetterError(f"{path}: {', '.join(missing)} is missing between the --- lines")
    if not front["version"].isdecimal():
        raise LetterError(f"{path}: version {front['version']!r} is not a whole number")
    return front, match["body"]


def _front_line(path: Path, line: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon or key.strip() not in _KEYS:
        raise LetterError(f"{path}: {line!r} between the --- lines is not one of {', '.join(_KEYS)}")
    return key.strip(), value.strip()
