"""The checks are silent about the letters we ship, and find what is wrong with spoilt copies."""

from __future__ import annotations

from shutil import rmtree

import pytest

from alerts.letter import LetterKind, has_letters, reviewers
from alerts.letter.checks import check_language, check_letters
from alerts.locales import FOLDER, Catalogues, load

CATALOGUES = load()
BOTH = Catalogues({code: CATALOGUES[code] for code in ("en", "fa")})


@pytest.fixture(scope="module")
def english() -> dict[str, int]:
    """The versions of the English letters, in which nothing is wrong."""
    versions: dict[str, int] = {}
    assert list(check_language(CATALOGUES["en"], FOLDER, versions)) == []
    assert len(versions) == len(LetterKind) * 3 + 1
    return versions


@pytest.mark.parametrize("code", [code for code in CATALOGUES if has_letters(code)])
def test_the_shipped_letters_are_right(code, english):
    assert list(check_language(CATALOGUES[code], FOLDER, english)) == []


def test_a_language_without_letters(folder):
    rmtree(folder / "fa")
    assert check_letters(BOTH, folder) == [
        f"{folder / 'fa' / 'letters'}: there are no letters in this language; translate the English ones"
    ]


def test_what_is_missing_and_what_is_older_than_the_english_is_told_at_once(folder, spoil):
    letters = folder / "fa" / "letters"
    (letters / "group-3.md").unlink()
    spoil("en/letters/minor-2.md", "version: 1", "version: 3")
    spoil("en/letters/demands.md", "version: 1", "version: 2")
    assert check_letters(BOTH, folder) == [
        f"{letters / 'demands.md'}: version 1 is older than the English 2",
        f"{letters / 'minor-2.md'}: version 1 is older than the English 3",
        f"{letters / 'group-3.md'}: the file is missing; translate the English one",
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("sentenced-1.md", "{{ own_line }}", "{{ own_lime }}", "unknown placeholder own_lime; known are charges, cou"),
        ("sentenced-1.md", "Please spare", "{{ nmae }}", "unknown placeholder nmae; known are charges, country,"),
        ("sentenced-1.md", "{{ form.threat }}", "{{ form.thread }}", "form.thread is not set in forms.jinja"),
        ("sentenced-1.md", "{{ own_line }}", "", "the letter lacks the placeholder own_line"),
        ("sentenced-1.md", "{{ form.threat }}", "x", "the letter lacks the placeholder status"),
        ("imminent-1.md", "{{ form.threat }}", "{{ status }}", "the letter lacks the placeholder execution_date"),
        ("group-2.md", "{% if hunger_strike %}", "{% if minor %}", "the letter lacks the placeholder hunger_strike"),
        ("sentenced-1.md", "{{ own_line }}", "{% if %}", "Expected an expression"),
        ("sentenced-1.md", "version: 1", "version: one", "version 'one' is not a whole number"),
        ("sentenced-1.md", "reviewed_by: none", "reviewed_by:", "reviewed_by is missing between the --- lines"),
        ("sentenced-1.md", "version: 1", "version: 1\nby: x", "'by: x' between the --- lines is not one of title,"),
        ("sentenced-1.md", "---\ntitle", "title", "the file must begin with --- lines around title, version,"),
        ("sentenced-1.md", "Please spare", "{{ name.__class__.__mro__ }}", "access to attribute '__class__' of"),
        ("sentenced-1.md", "Please spare", "{{ 1 + name }}", "unsupported operand type(s) for +"),
        ("sentenced-1.md", "{{ charges }}.", "{{ charges }} .", "a space before a mark: “"),
        ("sentenced-1.md", "{{ form.threat }}.", "{{ form.threat }}..", "two marks in a row: “"),
        ("sentenced-1.md", "Please spare", "Please spare ({{ charges }})", "nothing between two signs: “"),
        ("sentenced-1.md", "Please spare", "Please spare {{ minor }}", "a word for programs: “"),
        ("sentenced-1.md", "- {{ demand }}", "{{ demand }}", "there is no list of demands"),
        ("sentenced-1.md", "{{ form.sender }}", "{{ form.sender }}!", "the letter does not end with form.sender"),
        ("sentenced-1.md", "Please spare", "Please spare again " * 80, "with everything said it fills 2 pages"),
        ("demands.md", "halt: stop", "stop: stop", "'stop: stop {{ \"their executions\""),
        ("demands.md", "commute: have any death sentence against {{ form.them }} commuted\n", "", "the words for commute are missing"),
        ("demands.md", "{{ form.them }}", "{{ form.him }}", "form.him is not set in forms.jinja"),
        ("demands.md", "{{ form.them }}", "{{ nmae }}", "unknown placeholder nmae; known are charges,"),
        ("demands.md", "retrial: grant {{ form.them }}", "retrial: grant {{ form.them", "retrial: expected token 'end of print"),
        ("forms.jinja", "{{ they }}", "{{ thez }}", "unknown placeholder thez; known are charges,"),
        ("forms.jinja", "set sender", "set signer", "sender must be set here"),
        ("forms.jinja", "{% endset %}", "", "Unexpected end of template."),
        ("forms.jinja", '  "media": editor,\n', "", "no greeting for media, gender m: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_file(folder, spoil, name, old, new, problem):
    path = spoil(f"en/letters/{name}", old, new)
    first = next(check_language(CATALOGUES["en"], folder, {}))
    assert first.startswith(f"{path}: {problem}")


def test_an_empty_greeting(folder, spoil):
    path = spoil("en/letters/forms.jinja", "Dear Editor,", " ")
    first = next(check_language(CATALOGUES["en"], folder, {}))
    assert first == f"{path}: salutations has an empty greeting for media"


def test_who_reviewed_them(folder, spoil):
    assert reviewers("fa", folder) == {"none"}
    spoil("fa/letters/minor-1.md", "reviewed_by: none", "reviewed_by: A. Reader")
    assert reviewers("fa", folder) == {"none", "A. Reader"}
