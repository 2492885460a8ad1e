from __future__ import annotations

import pytest

from alerts.errors import ListError
from alerts.lists import sheet
from alerts.lists.mapping import parse
from tests.alerts.editions import COLUMNS, csv_of, person, watched

PAT = person("1", "Pat Example", native="آزاد نمونه")
KIM = person("2", "Kim Sample")


def names(document: bytes) -> list[str]:
    return [row.view.name for row in parse(document, watched())]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    assert names(csv_of(PAT, KIM, delimiter=delimiter)) == ["Pat Example", "Kim Sample"]


def test_a_cell_full_of_another_delimiter_does_not_mislead() -> None:
    odd = person("3", "Sam; Test; Of; Many; Semicolons; In; One; Name; Indeed")
    assert names(csv_of(odd)) == ["Sam; Test; Of; Many; Semicolons; In; One; Name; Indeed"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_and_cells_of_several_lines(ending: str) -> None:
    document = ending.join(
        ["id,name,native,born,status,date,prison,decision", '1,"Pat', 'Example",,,Waiting,,,', ""]
    )
    assert names(document.encode()) == ["Pat Example"]


def test_a_delimiter_at_the_end_of_every_row_adds_nothing() -> None:
    document = csv_of(PAT, KIM).replace(b"\r\n", b",\r\n").replace(b"decision,", b"decision", 1)
    assert names(document) == ["Pat Example", "Kim Sample"]


def test_blank_lines_are_no_rows() -> None:
    assert names(csv_of(PAT) + b"\r\n,,,,,,,\r\n\r\n") == ["Pat Example"]


def test_cells_left_out_at_the_end_of_some_rows_are_empty() -> None:
    document = b"id,name,native,born,status,date,prison,decision\n1,Pat,,,Waiting\n2,Kim,,,Waiting\n"
    assert names(document) == ["Pat", "Kim"]


HEADER = ",".join(COLUMNS).encode()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "empty"),
        (b"  \r\n\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (HEADER + b"\n", "empty"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "web_page"),
        (b"\n <html>", "web_page"),
        (csv_of(PAT).decode().encode("utf-16")[:-1], "undecodable"),
        (HEADER + b"\n1,P\x00t,,,Waiting,,,\n", "undecodable"),
        (csv_of(PAT) + b'2,"Kim" Sample,,,Waiting,,,', "not_csv"),
        (csv_of(PAT) + b'2,Kim,,,"Waiti', "half_a_file"),
        (csv_of(PAT) + b"2,Kim,,,Waiti", "half_a_file"),
        (HEADER + b"\n1,Pat,,", "half_a_file"),
        (csv_of(PAT) + b"2,Sample, Kim,,1980-01-01,Waiting,,,\n", "slipped_cells"),
        (b"id,name,status,status\n1,Pat,Waiting,Dead\n", "double_column"),
        (b'{"id": "1",\n"name": "Pat"}', "not_csv"),
        (csv_of(PAT, columns=COLUMNS[1:]), "missing_column"),
        (csv_of(PAT, columns=tuple(column for column in COLUMNS if column != "date")), "missing_column"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "undecodable"),
    ],
)
def test_documents_that_are_held(document: bytes, reason: str) -> None:
    with pytest.raises(ListError, match=r"^list 'harbour': ") as caught:
        parse(document, watched())
    assert caught.value.reason == reason


def test_the_missing_column_and_what_to_do_are_named() -> None:
    with pytest.raises(ListError) as caught:
        parse(csv_of(PAT, columns=("id", "name", "native", "born", "status", "prison")), watched())
    assert str(caught.value) == (
        "list 'harbour': there is no column 'date' for execution_date. "
        "If the list has renamed it, change [lists.columns]."
    )


def test_too_many_bytes_and_rows() -> None:
    with pytest.raises(ListError) as caught:
        parse(b"x" * (sheet.MAX_BYTES + 1), watched())
    assert caught.value.reason == "too_large"
    rows = [person(str(number), "Pat") for number in range(sheet.MAX_ROWS + 1)]
    assert len(parse(csv_of(*rows[:-1]), watched())) == sheet.MAX_ROWS
    with pytest.raises(ListError) as caught:
        parse(csv_of(*rows), watched())
    assert caught.value.reason == "too_many_rows"


def test_one_of_several_columns_is_enough() -> None:
    mapped = {"name_latin": ["full_name", "name"], "status": "status"}
    rows = parse(csv_of(PAT), watched(columns=mapped))
    assert [row.view.name_latin for row in rows] == ["Pat Example"]
    both = b"id,name,full_name,status\n1,Pat,Pat Example,Waiting\n2,Kim,,Waiting\n"
    assert [row.view.name_latin for row in parse(both, watched(columns=mapped))] == ["Pat Example", "Kim"]
