from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.case import CaseStatus
from tests.alerts.editions import watched


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        ("1d", timedelta(1)),
    ],
)
def test_lengths_of_time(text: str, length: timedelta) -> None:
    assert watched(every=text).every == length


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"every": "often"}, "'often' is not a length of time"),
        ({"every": "0m"}, "'0m' is not a length of time"),
        ({"encoding": "martian"}, "'martian' is not an encoding of text"),
        ({"encoding": "rot13"}, "'rot13' is not an encoding of text"),
        ({"encoding": "idna"}, "'idna' is not an encoding of text"),
        ({"encoding": "a\0b"}, "is not an encoding of text"),
        ({"every": 15}, "15 is not a length of time"),
        ({"format": "pdf"}, "'csv' or 'json'"),
        ({"tier": 4}, "less than or equal to 3"),
        ({"country": "Harbour"}, "pattern"),
        ({"name": "Two words"}, "pattern"),
        ({"certainty": "sure"}, "official"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        (
            {"columns": {"name_latin": "n", "status": "s", "hat": "h"}},
            "list 'harbour': columns: 'hat' is not a field",
        ),
        ({"columns": {"status": "s"}}, "name_latin or name_native must be mapped"),
        ({"columns": {"name_native": "n"}}, "status must be mapped"),
        ({"columns": {"name_native": [], "status": "s"}}, "columns: name_native names no column"),
        ({"statuses": {}}, "no word of the list is mapped"),
        ({"statuses": {"Gone": "lost"}}, "list 'harbour': statuses: 'Gone' = 'lost': no such status"),
        ({"url": "http://example.org/list.csv"}, "over https only"),
        ({"url": "http://example.org/list.csv", "loopback_http": True}, "over https only"),
        ({"url": "ftp://example.org/list.csv"}, "ftp:// is not supported"),
        ({"url": "https:///list.csv"}, "has no host"),
        ({"rows": "victims"}, "a CSV has no path to its rows"),
        ({"format": "json", "rows": "a["}, "'a[' is not a jmespath expression"),
    ],
)
def test_mistakes_are_told_at_start(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        watched(**changes)
    assert told in str(caught.value)


def test_an_encoding_has_one_name() -> None:
    assert [watched(encoding=name).encoding for name in ("UTF8", "Windows-1256")] == ["utf-8", "cp1256"]
    assert watched(encoding="UTF8").mapping_sha256 == watched().mapping_sha256
    assert watched(encoding="cp1256").mapping_sha256 != watched().mapping_sha256


def test_columns_may_name_one_or_several() -> None:
    one = watched(columns={"name_latin": ["full_name", "name"], "status": "status"})
    assert one.columns == {"name_latin": ("full_name", "name"), "status": ("status",)}
    assert one.wanted == ("id", "full_name", "name", "status", "decision")


def test_words_carry_their_detail() -> None:
    assert watched().words["Unfit"] == (CaseStatus.STAYED, "incompetent")
    assert watched().words["Waiting"] == (CaseStatus.UPHELD, None)


def test_a_path_is_not_remote() -> None:
    assert watched().is_remote is False
    assert watched(url="https://example.org/list.csv").is_remote is True
    assert watched(url="http://127.0.0.1:8000/list.csv", loopback_http=True).is_remote is True


def test_only_what_changes_the_meaning_changes_the_mapping() -> None:
    assert watched(title="Other", every="1h", url="b.csv").mapping_sha256 == watched().mapping_sha256
    assert watched(statuses={"Waiting": "scheduled"}).mapping_sha256 != watched().mapping_sha256
