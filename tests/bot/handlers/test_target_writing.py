from __future__ import annotations

from datetime import date

import pytest

from alerts.errors import ConfigError
from alerts.render.target import FIELDS
from alerts.target import TargetKind
from bot.handlers.target_writing import read_block, with_field
from tests.alerts.officials import an_entry

BLOCK = """\
[[targets]]
key = "ir-leader"
country = "IR"
kind = "head_of_state"
emails = ["leader@office.example"]
sources = ["https://office.example/contact"]
"""


def test_a_block_is_read_with_or_without_its_heading_and_with_curled_quotes():
    entry = read_block(BLOCK)
    assert (entry.key, entry.kind) == ("ir-leader", TargetKind.HEAD_OF_STATE)
    assert read_block(BLOCK.removeprefix("[[targets]]\n")) == entry
    assert read_block(BLOCK.replace(' "', " “").replace('"\n', "”\n")) == entry


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Dear friends", "not TOML: "),
        (BLOCK + BLOCK, "targets: send one official at a time"),
        ("targets = 3", "text:1: targets: must be a list"),
        (
            BLOCK.replace("emails", "email"),
            "text:5: [[targets]] ir-leader: email: unknown key; is 'emails' meant?",
        ),
        (BLOCK + "verified = 2026-01-01\n", "text:7: [[targets]] ir-leader: verified: unknown key"),
        (BLOCK.replace("https", "http"), "text:6: [[targets]] ir-leader: sources: 'http://office"),
        ("[other]\nkey = 3\n", "other: unknown key"),
    ],
)
def test_a_block_that_is_wrong_says_where(text: str, says: str):
    with pytest.raises(ConfigError) as caught:
        read_block(text)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("field", "written", "expected"),
    [
        ("emails", "a@office.example\nb@office.example", ("a@office.example", "b@office.example")),
        ("emails", "a@office.example, b@office.example", ("a@office.example", "b@office.example")),
        ("postal", "1 Lantern Square, Room 2\n\nKuhpayeh", ("1 Lantern Square, Room 2", "Kuhpayeh")),
        ("title", "Chief Justice", {"": "Chief Justice"}),
        (
            "title",
            "en: Chief Justice\nde: Oberster Richter",
            {"en": "Chief Justice", "de": "Oberster Richter"},
        ),
        ("salutations", "en: Your Honour,", {"en": "Your Honour,"}),
        ("salutations", "-", {}),
        ("languages", "fa en", ("fa", "en")),
        ("reader_countries", "DE, AT", ("DE", "AT")),
        ("active_until", "2027-01-01", date(2027, 1, 1)),
        ("active_until", "-", None),
        ("example", "yes", True),
        ("example", "-", False),
        ("kind", "prosecutor", TargetKind.PROSECUTOR),
        ("gender", "f", "f"),
        ("phone", "+98 00 000000", "+98 00 000000"),
    ],
)
def test_a_field_is_read_as_it_is_typed(field: str, written: str, expected: object):
    changed = with_field(an_entry(), field, written)
    assert getattr(changed, field) == expected
    assert set(FIELDS) >= {field}


@pytest.mark.parametrize(
    ("field", "written", "says"),
    [
        ("emails", "office", "'office' is not an e-mail address such as office@example.org"),
        ("salutations", "Your Honour,", "a line begins with its language and a colon"),
        ("active_until", "soon", "date"),
        ("sources", "-", "Field required"),
        ("kind", "boss", "head_of_judiciary"),
    ],
)
def test_a_value_that_is_wrong_says_so(field: str, written: str, says: str):
    with pytest.raises(ConfigError) as caught:
        with_field(an_entry(), field, written)
    assert says in str(caught.value)


def test_the_last_address_cannot_be_taken_away():
    with pytest.raises(ConfigError, match="has no address"):
        with_field(an_entry(postal=[], emails=["a@office.example"]), "emails", "-")
