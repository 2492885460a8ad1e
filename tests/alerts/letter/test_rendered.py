"""Every letter as text, against the reviewed files in tests/rendered/<locale>/letters/."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.letter import Addressee, LetterKind, fill, has_letters
from alerts.letter.samples import ACTION, FULL, OWN_LINE, longest
from alerts.locales import load

CATALOGUES = load()
RENDERED = Path(__file__).parents[2] / "rendered"
MISSION = Addressee("un_mission", gender="f")
USUAL = replace(ACTION, demands=ACTION.demands[:3])
_MEMBERS = (FULL, replace(FULL, name_latin="Taraneh Nemuneh", name_native="ترانه نمونه"))


def usual(kind: LetterKind):
    """Named, with place and charge, and nothing more to say; a man, or two people."""
    views = _MEMBERS if kind is LetterKind.GROUP else (replace(FULL, gender="m"),)
    status = longest(kind).views[0].status
    silent = {
        "minor_at_offence": None,
        "political": None,
        "protest": None,
        "unfair_trial": None,
        "torture": None,
    }
    return [
        replace(view, **silent, status=status, charges=("moharebeh",), hunger_strike=None) for view in views
    ]


def shown(views, action, kind, variant, catalogue, own_line) -> str:
    kinds = {LetterKind.OWN_GOVERNMENT: Addressee("own_foreign_minister", gender="m")}
    letter = fill(
        views,
        action,
        kinds.get(kind, MISSION),
        catalogue,
        kind,
        variant=variant,
        subject=variant,
        own_line=own_line,
    )
    return f"{letter.subject}\n\n{letter.body}\n"


@pytest.mark.parametrize("variant", [1, 2, 3])
@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("code", [code for code in CATALOGUES if has_letters(code)])
def test_a_letter(code, kind, variant):
    catalogue = CATALOGUES[code]
    everything = shown(longest(kind).views, ACTION, kind, variant, catalogue, OWN_LINE)
    letters = f"{everything}\n=== as usual\n\n{shown(usual(kind), USUAL, kind, variant, catalogue, '')}"
    path = RENDERED / code / "letters" / f"{kind.value}-{variant}.txt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(letters, encoding="utf-8")
        pytest.fail(f"{path} is new: read it as its reader would, then run again")
    assert letters == path.read_text(encoding="utf-8")
