from __future__ import annotations

import pytest

from alerts.errors import ListError
from alerts.lists.mapping import parse
from tests.alerts.editions import csv_of, json_of, person, watched

AZAD = person("1", "Pat Example", native="آزاد نمونه")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_what_bears_a_mark(encoding: str) -> None:
    csv, json = csv_of(AZAD).decode().encode(encoding), json_of(AZAD).decode().encode(encoding)
    assert [row.view.name_native for row in parse(csv, watched())] == ["آزاد نمونه"]
    assert [row.view.name_native for row in parse(json, watched(format="json"))] == ["آزاد نمونه"]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("iso8859-6", "سعيد نموذج"),
        ("cp1256", "سعيد نموذج"),
        ("cp1254", "Şahin Örnek"),
        ("cp1251", "Иван Примеров"),
        ("cp1252", "Zoë Ñandú"),
    ],
)
def test_an_older_encoding_is_never_guessed_but_said(encoding: str, name: str) -> None:
    document = (
        csv_of(*(person(str(number), name, note=name) for number in range(20))).decode().encode(encoding)
    )
    with pytest.raises(ListError) as caught:
        parse(document, watched())
    assert caught.value.reason == "undecodable"
    said = watched(encoding=encoding)
    assert [row.view.name for row in parse(document, said)] == [name] * 20


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_the_line_and_the_byte_are_told(ending: str) -> None:
    document = ending.join(["id,name", "1,Pat", "2,Zoë", ""]).encode("cp1252")
    with pytest.raises(ListError) as caught:
        parse(document, watched())
    assert str(caught.value) == (
        f"list 'harbour': line 3, byte {document.index(0xEB) + 1} is not utf-8. "
        "Save the list as UTF-8, or ask its keepers for its encoding and say encoding = … in [[lists]]."
    )


def test_a_list_that_has_moved_on_to_utf_8_is_not_read_in_its_old_encoding() -> None:
    with pytest.raises(ListError, match=r"the document is UTF-8, .*: take the key out") as caught:
        parse(csv_of(AZAD), watched(encoding="windows-1252"))
    assert caught.value.reason == "undecodable"
    marked = csv_of(AZAD).decode().encode("utf-8-sig")
    assert [row.view.name_native for row in parse(marked, watched(encoding="windows-1252"))] == ["آزاد نمونه"]
    plain = csv_of(person("1", "Pat Example"))
    assert [row.view.name for row in parse(plain, watched(encoding="windows-1252"))] == ["Pat Example"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_characters_without_a_known_mark_are_held(encoding: str) -> None:
    for document, one in ((csv_of(AZAD), watched()), (json_of(AZAD), watched(format="json"))):
        with pytest.raises(ListError) as caught:
            parse(document.decode().encode(encoding), one)
        assert caught.value.reason == "undecodable"


def test_an_encoding_that_fails_in_its_own_way_is_held_too() -> None:
    with pytest.raises(ListError, match="line 1, byte 1 is not punycode") as caught:
        parse(b"id,name\n1,a-!!\n", watched(encoding="punycode"))
    assert caught.value.reason == "undecodable"
