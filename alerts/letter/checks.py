"""Checks: everything that is wrong with the letters of all languages, found before anybody is served one.

Missing files, letters older than the English ones, placeholders, words for every demand and greeting; then every
letter is filled for fictional people of every gender and number, and its longest form must fit on one page.
Whether it reads well is for a person to say: `reviewed_by`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from alerts.errors import LetterError
from alerts.letter import samples, template
from alerts.letter.filling import fill, greeting
from alerts.letter.placeholders import check_demands, check_letter, read_forms
from alerts.letter.words import VARIANTS, Addressee, Letter, LetterKind
from alerts.locales import FOLDER, SOURCE_LOCALE, Catalogue, Catalogues
from alerts.render.typeset import PrintedLetter, page_count
from alerts.target.words import TargetKind

Versions = dict[str, int]
"""By file name, the version of the English file."""

_LONGEST: Final = Addressee(
    TargetKind.UN_MISSION,
    lines=(
        "Her Excellency Ayandeh Mesali-Nemuneh",
        "Head of the Example Judiciary",
        "c/o Permanent Mission of the Country of Examples",
        "Chemin des Exemples 28, 1209 Examples",
        "Republic of Examples",
    ),
)
"""Who is written to in the letter that must still fit on its page."""
_SHORTEST: Final = Addressee(TargetKind.HEAD_OF_JUDICIARY)
_AROUND: Final = 20  # characters shown either side of a slip
_SLIPS: Final = {
    "a space before a mark": re.compile(r" [.,;:!?)\]»،؛؟]|[(\[«] "),
    "two marks in a row": re.compile(r"[,;:،؛]\s*[.,;:،؛]|(?<!\.)\.\.(?!\.)"),
    "nothing between two signs": re.compile(r"\(\s*\)|\[\s*\]|“”|«»|„“"),
    "a word for programs": re.compile(r"\b(?:None|False|True)\b|[{}<>]"),
}
"""What a condition leaves behind when its words go."""


def check_letters(catalogues: Catalogues, folder: Path = FOLDER) -> list[str]:
    """What is wrong with the letters of all locales, one explanation each; empty when nothing is."""
    template.forget()
    english: Versions = {}
    problems: list[str] = []
    for catalogue in catalogues.values():  # English first
        problems += check_language(catalogue, folder, english)
    return problems


def check_language(catalogue: Catalogue, folder: Path, english: Versions) -> Iterator[str]:
    """What is wrong with one language's letters; `english` is filled by the English ones and compared with by others."""
    letters = template.folder_of(catalogue.locale, folder)
    if not letters.is_dir():
        yield f"{letters}: there are no letters in this language; translate the English ones"
        return
    sandbox = template.environment(letters)
    try:
        forms = read_forms(letters / template.FORMS, sandbox)
        demands = template.read_demands(letters / template.DEMANDS)
    except LetterError as error:
        yield str(error)
        return
    yield from _stale(demands.path, demands.version, catalogue, english)
    yield from check_demands(demands, forms, sandbox)
    yield from _greetings(catalogue, folder)
    for kind in LetterKind:
        for variant in range(1, VARIANTS + 1):
            path = template.path_of(letters, kind, variant)
            try:
                letter = template.read_letter(path)
            except LetterError as error:
                yield str(error)
                continue
            yield from _stale(path, letter.version, catalogue, english)
            wrong = check_letter(letter, kind, forms, sandbox)
            yield from wrong or _as_filled(path, kind, variant, catalogue, folder)


def _greetings(catalogue: Catalogue, folder: Path) -> Iterator[str]:
    """Addressees whom the language cannot greet; the first of each kind is enough."""
    views = samples.longest(LetterKind.OWN_GOVERNMENT).views
    path = template.folder_of(catalogue.locale, folder) / template.FORMS
    for kind in TargetKind:
        for gender in ("m", "f", None):
            try:
                words = greeting(views, Addressee(kind.value, gender=gender), catalogue, folder)
            except LetterError as error:
                yield str(error)
                break
            if not words.strip():
                yield f"{path}: salutations has an empty greeting for {kind.value}"
                break


def _stale(path: Path, version: int, catalogue: Catalogue, english: Versions) -> Iterator[str]:
    if catalogue.locale == SOURCE_LOCALE:
        english[path.name] = version
    elif version < (current := english.get(path.name, 0)):
        yield f"{path}: version {version} is older than the English {current}"


def _as_filled(
    path: Path, kind: LetterKind, variant: int, catalogue: Catalogue, folder: Path
) -> Iterator[str]:
    """The first slip among the letters for all samples, and whether the longest fits on its page."""
    try:
        letters = [
            _filled(sample, _LONGEST if sample.is_full else _SHORTEST, kind, variant, catalogue, folder)
            for sample in samples.samples(kind)
        ]
        longest = _filled(samples.longest(kind), _LONGEST, kind, variant, catalogue, folder)
    except LetterError as error:
        yield str(error)
        return
    slips = (f"{path}: {slip}" for letter in letters for slip in slips_of(letter))
    yield from islice(slips, 1)
    if (pages := page_count(_printed(longest, catalogue))) > 1:
        yield f"{path}: with everything said it fills {pages} pages; a letter has one"


def slips_of(letter: Letter) -> Iterator[str]:
    """What reads wrong in a filled letter, as far as a program can tell."""
    for what, slip in _SLIPS.items():
        for text in (letter.subject, letter.body):
            if found := slip.search(text):
                around = text[max(found.start() - _AROUND, 0) : found.end() + _AROUND]
                yield f"{what}: “{' '.join(around.split())}”"
    if not letter.subject:
        yield "the subject is empty"
    if "\n- " not in letter.body:
        yield "there is no list of demands (lines that begin with “- ”)"
    if not letter.body.endswith(f"\n\n{letter.sender}"):
        yield "the letter does not end with form.sender in a paragraph of its own"


def _filled(
    sample: samples.Sample,
    addressee: Addressee,
    kind: LetterKind,
    variant: int,
    catalogue: Catalogue,
    folder: Path,
) -> Letter:
    action = samples.ACTION if sample.is_full else samples.ALL_DEMANDS
    own_line = samples.OWN_LINE if sample.is_full else ""
    return fill(
        sample.views,
        action,
        addressee,
        catalogue,
        kind,
        variant=variant,
        subject=variant,
        own_line=own_line,
        folder=folder,
    )


def _printed(letter: Letter, catalogue: Catalogue) -> PrintedLetter:
    return PrintedLetter(
        locale=catalogue.locale,
        is_rtl=catalogue.is_rtl,
        addressee=letter.addressee.lines,
        place_and_date=catalogue.date(samples.ACTION.opened_at),
        subject=letter.subject,
        body=letter.unsigned,
        sign_here=letter.sender,
    )
