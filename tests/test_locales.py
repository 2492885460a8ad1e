"""Catalogues: complete over what the code marks, placeholders and plurals right, isolates balanced, letters there."""

from __future__ import annotations

import re
import shlex
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po

from alerts.letter import reviewers
from alerts.locales import load, reviewers_of_words

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "locales"
CODES = sorted(path.name for path in LOCALES.iterdir() if (path / "LC_MESSAGES").is_dir())
TRANSLATED = [code for code in CODES if code != "en"]
ARABIC = ("zero", "one", "two", "few", "many", "other")
FEW = 3
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%(?!\()")
COMMAND = re.compile(r"(?<![\w/])/[a-z_]+")


def key(message: Message):
    return (message.context, message.id)


def words(catalog: Catalog) -> dict:
    return {key(message): message for message in catalog if message.id}


def read(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def catalogue_of(code: str) -> Catalog:
    return read(LOCALES / code / "LC_MESSAGES" / "messages.po", code)


def make_messages() -> list[str]:
    """The words of the extraction command of `make messages`, so that the test looks for what it looks for."""
    line = next(
        line
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if "pybabel extract" in line
    )
    return shlex.split(line)


def marked() -> set:
    command = make_messages()
    chosen = [command[place + 1] for place, word in enumerate(command) if word == "-k"]
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(chosen)}
    found = Catalog()
    for package in command[-3:]:
        for _file, _line, message, _comments, context in extract_from_dir(ROOT / package, keywords=keywords):
            found.add(message, context=context)
    return set(words(found))


def test_there_are_catalogues():
    assert CODES == ["ar", "ckb", "de", "en", "es", "fa", "fr", "it", "sv", "tr"]


def test_the_template_holds_what_the_code_marks():
    assert set(words(read(LOCALES / "messages.pot"))) == marked(), "run: make messages"


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_holds_what_the_template_holds(code):
    assert set(words(catalogue_of(code))) == set(words(read(LOCALES / "messages.pot"))), "run: make messages"


@pytest.mark.parametrize("code", TRANSLATED)
def test_everything_is_translated(code):
    untranslated = [
        message.id
        for message in words(catalogue_of(code)).values()
        if not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]
    assert untranslated == []


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_fuzzy(code):
    assert [message.id for message in words(catalogue_of(code)).values() if message.fuzzy] == []


def test_english_is_the_message_ids_themselves():
    assert {"".join(message.string) for message in words(catalogue_of("en")).values()} == {""}


@pytest.mark.parametrize("code", TRANSLATED)
def test_placeholders_and_commands_are_the_same(code):
    for message in words(catalogue_of(code)).values():
        original = message.id if isinstance(message.id, str) else message.id[-1]
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for form, string in enumerate(strings):
            if not string:
                continue
            used, offered = sorted(PLACEHOLDER.findall(string)), sorted(PLACEHOLDER.findall(original))
            # Arabic says none, one and two in words.
            is_word_for_few = code == "ar" and isinstance(message.id, tuple) and form < FEW
            assert used == offered or (is_word_for_few and set(used) <= set(offered)), original
            assert sorted(COMMAND.findall(string)) == sorted(COMMAND.findall(original)), original


@pytest.mark.parametrize("code", CODES)
def test_plural_forms_are_those_of_cldr(code):
    path = LOCALES / code / "LC_MESSAGES" / "messages.po"
    head = path.read_text(encoding="utf-8").replace('"\n"', "")
    header = re.search(r"Plural-Forms: nplurals=(\d); plural=(.*?);", head)
    assert header, "the header states them"
    ours = c2py(header[2])
    forms = ARABIC if code == "ar" else ("one", "other")
    assert int(header[1]) == len(forms)
    for number in range(1000):
        # CLDR's "many" of French, Italian and Spanish is for millions; their gettext forms have no such form.
        theirs = Locale(code).plural_form(number)
        assert forms[ours(number)] == ("other" if theirs not in forms else theirs), number


@pytest.mark.parametrize("code", TRANSLATED)
def test_isolates_are_balanced(code):
    for message in words(catalogue_of(code)).values():
        text = "".join(message.string)
        opened = sum(text.count(mark) for mark in "\u2066\u2067\u2068")
        assert opened == text.count("\u2069"), message.id
        assert not re.search("[\u202a-\u202e]", text), message.id


def test_kurdish_is_spelt_with_kurdish_letters():
    for message in words(catalogue_of("ckb")).values():
        text = "".join(message.string)
        assert not re.search("[يكىة۰-۹]", text), text


def test_persian_is_spelt_with_persian_letters():
    for message in words(catalogue_of("fa")).values():
        text = "".join(message.string)
        assert not re.search("[يكىة٠-٩]", text), text
        assert "‌ " not in text, text
        assert " ‌" not in text, text


@pytest.mark.parametrize("code", CODES)
def test_every_catalogue_says_who_reviewed_it(code):
    for path in (LOCALES / code / "LC_MESSAGES" / "messages.po", *(LOCALES / code / "letters").glob("*.md")):
        assert re.search(r"^(# )?reviewed_by: \S", path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_the_readme_says_who_reviewed_what():
    readme = (LOCALES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", readme, re.MULTILINE)
    names = {code: catalogue.name for code, catalogue in load().items()}
    said = {
        code: (names[code], ", ".join(sorted(reviewers_of_words(code))), ", ".join(sorted(reviewers(code))))
        for code in CODES
    }
    assert {code: (name, words, letters) for code, name, words, letters in rows if code in said} == said


def test_no_compiled_catalogue_is_kept():
    assert list(LOCALES.rglob("*.mo")) == []
