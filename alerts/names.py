"""Names in several scripts: which characters may stand in them, what they are compared by, who may be the same.

Normal forms are for matching only; what is stored and shown is what the list says. Suggests that two entries
are one person only on a name and something more, never on a name alone (domain.md section 1).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from alerts.case import DEATHS, CaseView, may_move

_ZERO_WIDTH_JOINERS: Final = frozenset("\u200c\u200d")
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0")
"""Zero-width characters that Unicode does not class as format characters."""
_VISIBLE_MARKS: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u08e2")
"""Arabic number signs: format characters by class, yet drawn."""
_LINE_CHARACTERS: Final = frozenset("\t\n\r")

_LETTERS: Final = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ئ": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ۀ": "ه", "ە": "ه", "ھ": "ه",
        "ہ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ـ": "", "\u200c": "", "\u200d": "",
        "ı": "i", "ß": "ss", "ø": "o", "ł": "l",
    }
)  # fmt: skip
_UNKNOWN: Final = frozenset(
    "unknown unnamed unidentified anonymous withheld undisclosed ناشناس نامعلوم نامشخص مجهول نەناسراو".translate(
        _LETTERS
    ).split()
)
_TOKEN: Final = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*\.?")
_LETTER_NAMES: Final = frozenset({"الف"})
_INITIAL_LETTERS: Final = 2
_FULL_NAME: Final = 2


def forbidden(text: str) -> str | None:
    """The first character that may not stand in a list's field ("U+202E"), else None (safety.md 16).

    Refused are controls (tab and line ends apart), direction marks and overrides, and zero-width characters;
    ZWNJ and ZWJ pass between letters of the Arabic script, where Persian and Kurdish spelling needs them.
    """
    if text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text)):
        return None
    for place, char in enumerate(text):
        if char in _LINE_CHARACTERS or char in _VISIBLE_MARKS:
            continue
        if char in _ZERO_WIDTH_JOINERS:
            if not (_is_arabic(text[place - 1 : place]) and _is_arabic(text[place + 1 : place + 2])):
                return f"U+{ord(char):04X}"
        elif unicodedata.category(char) in {"Cc", "Cf", "Cs"} or char in _INVISIBLE:
            return f"U+{ord(char):04X}"
    return None


def harmless(text: str) -> str:
    """The text for moderators' eyes: one line, every forbidden character replaced by U+FFFD."""
    if forbidden(text) is None:
        return " ".join(text.split())
    kept = (char if unicodedata.category(char) not in {"Cc", "Cf", "Cs"} else "\ufffd" for char in text)
    return " ".join("".join("\ufffd" if char in _INVISIBLE else char for char in kept).split())


def normalise(name: str) -> str:
    """What a name is compared by: one form per letter, no marks, spaces, joiners, digits' scripts or case."""
    letters = (char for char in _plain(name) if char.isalnum())
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in letters)


def is_placeholder(name: str) -> bool:
    """Whether it names nobody in particular: "unknown", "ناشناس", "name withheld", initials ("M. A.", "م ع")."""
    tokens = _TOKEN.findall(_plain(name))
    if not tokens or any(token.rstrip(".") in _UNKNOWN for token in tokens):
        return True
    full = sum(not _is_initial(token) for token in tokens)
    return full < len(tokens) and full < _FULL_NAME


@dataclass(frozen=True, slots=True)
class Match:
    """Whom an entry may be: places among the missing. `certain`: exactly one, by name and something more."""

    candidates: tuple[int, ...]
    certain: bool


def match(strangers: Sequence[CaseView], missing: Sequence[CaseView]) -> list[Match | None]:
    """For each entry under an unknown key, whom of those whose key is gone it may be; None: a new person.

    In order: native name and birth date, Latin name and birth date, native name and prison or province. Two
    that answer to one description are never merged, nor are different outcomes.
    """
    if not missing:
        return [None] * len(strangers)
    known: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, view in enumerate(missing):
        for key in (*_descriptions(view), *_names(view)):
            known[key].append(place)
    asked = Counter(key for view in strangers for key in _descriptions(view))
    found = [_match_one(view, known, asked, missing) for view in strangers]
    claims = Counter(one.candidates[0] for one in found if one and one.certain)
    return [
        Match(one.candidates, certain=False) if one and one.certain and claims[one.candidates[0]] > 1 else one
        for one in found
    ]


def _match_one(
    view: CaseView,
    known: dict[tuple[str, ...], list[int]],
    asked: Counter[tuple[str, ...]],
    missing: Sequence[CaseView],
) -> Match | None:
    for key in _descriptions(view):
        if key in known:
            places = known[key]
            alone = len(places) == 1 and asked[key] == 1
            return Match(tuple(places), alone and _may_be_one(missing[places[0]], view))
    namesakes = dict.fromkeys(place for key in _names(view) for place in known.get(key, ()))
    return Match(tuple(namesakes), certain=False) if namesakes else None


def _may_be_one(case: CaseView, entry: CaseView) -> bool:
    """Neither outcomes nor birth dates contradict each other."""
    if case.status is None or entry.status is None:
        return False
    if (case.status in DEATHS) is not (entry.status in DEATHS) or not may_move(case.status, entry.status):
        return False
    return None in {case.birth_date, entry.birth_date} or case.birth_date == entry.birth_date


def _descriptions(view: CaseView) -> Iterator[tuple[str, ...]]:
    native, latin = _comparable(view.name_native), _comparable(view.name_latin)
    if view.birth_date is not None:
        if native:
            yield "native", native, "born", str(view.birth_date)
        if latin:
            yield "latin", latin, "born", str(view.birth_date)
    if native and view.prison:
        yield "native", native, "prison", normalise(view.prison)
    if native and view.province:
        yield "native", native, "province", normalise(view.province)


def _names(view: CaseView) -> Iterator[tuple[str, ...]]:
    for script, name in (("native", view.name_native), ("latin", view.name_latin)):
        comparable = _comparable(name)
        if comparable:
            yield script, comparable


def _comparable(name: str | None) -> str | None:
    return None if name is None or is_placeholder(name) else normalise(name)


def _plain(name: str) -> str:
    """One form per letter, without case and marks; words still apart."""
    composed = unicodedata.normalize("NFKC", name).translate(_LETTERS).casefold()
    decomposed = unicodedata.normalize("NFKD", composed).translate(_LETTERS)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _is_initial(token: str) -> bool:
    letters = token.rstrip(".")
    return (
        len(letters) == 1
        or letters in _LETTER_NAMES
        or (token != letters and len(letters) <= _INITIAL_LETTERS)
    )


@lru_cache(maxsize=2048)
def _is_arabic(char: str) -> bool:
    return (
        bool(char)
        and unicodedata.name(char, "").startswith("ARABIC ")
        and unicodedata.category(char)[0] in "LM"
    )
