from __future__ import annotations

import json
from typing import Any

import pytest

from alerts.errors import ListError
from alerts.lists.mapping import WatchedList, parse
from tests.alerts.editions import json_of, watched

PAT = {"id": 7, "who": {"latin": "Pat Example", "native": None}, "status": "Waiting", "tags": ["a", "b"]}
COLUMNS = {"name_latin": "who.latin", "name_native": "who.native", "status": "status", "aliases": "tags"}


def listed(**changes: Any) -> WatchedList:
    return watched(**({"format": "json", "columns": COLUMNS, "also": []} | changes))


def test_nested_rows_lists_and_numbers() -> None:
    document = json.dumps({"page": {"people": [PAT]}}).encode()
    (row,) = parse(document, listed(rows="page.people"))
    assert (row.key, row.view.name_latin, row.view.aliases) == ("7", "Pat Example", ("a", "b"))


def test_a_null_is_an_answer_and_a_missing_name_is_not() -> None:
    assert parse(json_of(PAT), listed())[0].view.name_native is None
    with pytest.raises(
        ListError, match=r"there is no answer to the jmespath 'who.native' for name_native"
    ) as caught:
        parse(json_of(PAT | {"who": {"latin": "Pat Example"}}), listed())
    assert caught.value.reason == "missing_column"


def test_a_field_that_only_some_rows_have() -> None:
    kim = {"id": 8, "who": {"latin": "Kim Sample"}, "status": "Dead"}
    assert [row.view.name for row in parse(json_of(PAT, kim), listed())] == ["Pat Example", "Kim Sample"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (7.0, "7"), (7.5, "7.5"), (["x", None, 2], "x; 2"), ("", None), ([], None)],
)
def test_plain_values_become_text(value: Any, text: str | None) -> None:
    (row,) = parse(json_of(PAT | {"ward": value}), listed(columns=COLUMNS | {"prison": "ward"}))
    assert row.view.prison == text


WHOLE = json_of(PAT)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "empty"),
        (b"[]", "empty"),
        (b"<html>", "web_page"),
        (WHOLE[:-1], "half_a_file"),
        (WHOLE[:-40], "half_a_file"),
        (WHOLE[: WHOLE.index(b"Pat") + 1], "half_a_file"),
        (b"id,name\n1,Pat\n", "not_json"),
        (WHOLE + WHOLE, "not_json"),
        (b'[{"id": NaN}]', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'[{"id": ' + b"9" * 5000 + b"}]", "not_json"),
        (b'["\xff\xfe"]', "undecodable"),
        (b'{"victims": []}', "wrong_shape"),
        (b'["Pat"]', "wrong_shape"),
        (b"null", "wrong_shape"),
        (json_of(PAT | {"status": {"now": "Waiting"}}), "wrong_shape"),
        (json_of({"key": 1}), "missing_column"),
    ],
)
def test_documents_that_are_held(document: bytes, reason: str) -> None:
    with pytest.raises(ListError, match=r"^list 'harbour': ") as caught:
        parse(document, listed())
    assert caught.value.reason == reason


def test_an_expression_that_fails_on_a_row_names_it() -> None:
    with pytest.raises(ListError, match=r"row 1: 'length\(id\)' fails") as caught:
        parse(WHOLE, listed(columns=COLUMNS | {"prison": "length(id)"}))
    assert caught.value.reason == "wrong_shape"


def test_a_row_path_that_fails_is_told() -> None:
    with pytest.raises(ListError, match="rows = 'keys\\(@\\)' fails"):
        parse(WHOLE, listed(rows="keys(@)"))
