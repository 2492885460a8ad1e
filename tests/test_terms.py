"""The table of terms of each locale: complete, the same as in the catalogue, and each thing called one thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from alerts.locales import FOLDER, load, terms
from alerts.locales.gazetteer import read_terms

CATALOGUES = load()
CODES = CATALOGUES.codes
CODED = {"status": terms._STATUSES, "charge": terms._CHARGES, "signal": terms._DETAILS}
KEYS = {"term", "also", "avoid", "source"}


def table(code: str) -> dict:
    return read_terms(FOLDER / code / "terms.toml")


def words_of(code: str) -> dict[Path, str]:
    """Everything of a locale that readers read: the translations (not the English above them) and the letters."""
    catalogue = FOLDER / code / "LC_MESSAGES" / "messages.po"
    with catalogue.open("rb") as file:
        strings = [
            "\n".join([message.string] if isinstance(message.string, str) else message.string)
            for message in read_po(file)
            if message.id
        ]
    letters = {path: path.read_text(encoding="utf-8") for path in (FOLDER / code / "letters").glob("*.md")}
    return {catalogue: "\n".join(strings), **letters}


@pytest.mark.parametrize("code", CODES)
def test_a_table_has_what_the_english_one_has(code):
    english = {(section, key) for section, entries in table("en").items() for key in entries}
    assert {(section, key) for section, entries in table(code).items() for key in entries} == english


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_the_term_that_messages_use(code):
    for section, codes in CODED.items():
        said = {str(word): CATALOGUES[code].t(msgid) for word, msgid in codes.items()}
        assert {key: entry["term"] for key, entry in table(code)[section].items()} == said


@pytest.mark.parametrize("code", CODES)
def test_entries_are_well_formed(code):
    for section, entries in table(code).items():
        for key, entry in entries.items():
            assert entry.keys() <= KEYS, (section, key)
            assert entry["term"].strip() == entry["term"] != "", (section, key)


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_called_by_a_name_to_avoid(code):
    avoided = [
        word
        for entries in table(code).values()
        for entry in entries.values()
        for word in entry.get("avoid", ())
    ]
    found = [
        (path.name, word)
        for path, text in words_of(code).items()
        for word in avoided
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
    ]
    assert found == []


@pytest.mark.parametrize("code", CODES)
def test_who_reviewed_the_terms_is_said(code):
    assert re.search(r"^# reviewed_by: \S", (FOLDER / code / "terms.toml").read_text("utf-8"), re.MULTILINE)


def test_the_check_of_avoided_words_sees_translations_and_not_what_stands_above_them():
    text = "\n".join(words_of("fa").values())
    assert CATALOGUES["fa"].t("Details") in text
    assert "Details" not in text


@pytest.mark.parametrize("code", CODES)
def test_a_place_of_a_list_is_written_as_its_reader_writes_it(code):
    written = table(code)["place"]["evin"]["term"]
    for known in ("Evin", "Evin Prison", "evin  prison", "زندان اوین"):
        assert CATALOGUES[code].place(known) == written


def test_a_place_that_is_not_known_is_not_guessed():
    assert CATALOGUES["en"].place("Example Prison") is None
