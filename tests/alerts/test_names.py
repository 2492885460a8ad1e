from __future__ import annotations

import pytest

from alerts.case import CaseStatus, CaseView
from alerts.day import Day
from alerts.names import Match, forbidden, harmless, is_placeholder, match, normalise

BORN = Day(1985, 3, 4)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("علي کريمي", "علی کریمی"),
        ("كاوه", "کاوه"),
        ("محمد\u200cعلی", "محمد علی"),
        ("محمـــد", "محمد"),
        ("مُحَمَّد", "محمد"),
        ("آرش", "ارش"),
        ("۱۲", "12"),
        ("José Ñandú", "jose nandu"),
        ("Pat Example*", "Pat  Example"),
        ("Jean-Luc O’Test", "jean luc o'test"),
        ("Iſtvan", "ISTVAN"),
    ],
)
def test_spellings_of_one_name_are_equal(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)


@pytest.mark.parametrize(
    ("left", "right"), [("Pat Example", "Pat Sample"), ("علی", "عالی"), ("Kim 1", "Kim 2")]
)
def test_different_names_stay_different(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


@pytest.mark.parametrize(
    "name",
    [
        "Unknown", "ناشناس", "Name withheld", "Sina Unknown", "M. A.", "A.B.", "م ع", "ع. ب.", "م الف", "Hossein Kh.",
        "R. Testi", "N/A", "-", "", "Unidentified Harbour man", "نامعلوم", "نەناسراو",
    ],
)  # fmt: skip
def test_a_placeholder_names_nobody(name: str) -> None:
    assert is_placeholder(name) is True


@pytest.mark.parametrize(
    "name",
    ["Amir", "Wim A. Example", "آزاد نمونه", "Pat O'Test", "Jo Li", "Kim Example Jr.", "محمد\u200cعلی"],
)
def test_a_name_names_somebody(name: str) -> None:
    assert is_placeholder(name) is False


@pytest.mark.parametrize(
    ("text", "character"),
    [
        ("abc\u202edef", "U+202E"),
        ("abc\u200bdef", "U+200B"),
        ("a\u200cb", "U+200C"),
        ("علی\u200c", "U+200C"),
        ("\u200cعلی", "U+200C"),
        ("علی \u200d رضا", "U+200D"),
        ("\u2066abc\u2069", "U+2066"),
        ("ab\x00c", "U+0000"),
        ("ab\x1b[31m", "U+001B"),
        ("a\u034fb", "U+034F"),
        ("a\ufeffb", "U+FEFF"),
        ("a\ud800b", "U+D800"),
        ("a\u00adb", "U+00AD"),
    ],
)
def test_characters_that_hide_or_turn_text_are_refused(text: str, character: str) -> None:
    assert forbidden(text) == character
    assert forbidden(harmless(text)) is None


@pytest.mark.parametrize(
    "text", ["محمد\u200cعلی", "مُ\u200cع", "line\none\ttwo\r\n", "Zoë—Ñ", "\u00a0x", "۱۴۰۳", "𝒜 🕊"]
)
def test_what_spelling_needs_passes(text: str) -> None:
    assert forbidden(text) is None


def view(**facts: object) -> CaseView:
    return CaseView(**({"name_latin": "Pat Example", "status": CaseStatus.UPHELD} | facts))  # type: ignore[arg-type]


def test_name_and_birth_date_make_one_person() -> None:
    assert match([view(birth_date=BORN)], [view(birth_date=BORN)]) == [Match((0,), certain=True)]


def test_the_native_name_comes_before_the_latin_one() -> None:
    missing = [view(name_native="آزاد نمونه", name_latin="Azad N", birth_date=BORN), view(birth_date=BORN)]
    assert match([view(name_native="ازاد نمونه", birth_date=BORN)], missing) == [Match((0,), certain=True)]


@pytest.mark.parametrize("place", ["prison", "province"])
def test_native_name_and_place_make_one_person(place: str) -> None:
    one = view(name_native="آزاد نمونه", **{place: "Harbour"})
    assert match([one], [one]) == [Match((0,), certain=True)]


def test_a_latin_name_and_a_prison_do_not() -> None:
    assert match([view(prison="Harbour")], [view(prison="Harbour")]) == [Match((0,), certain=False)]


@pytest.mark.parametrize(
    ("stranger", "missing"),
    [
        (view(), view()),
        (view(birth_date=BORN), view()),
        (view(birth_date=BORN), view(birth_date=Day(1986, 1, 1))),
        (
            view(name_native="آزاد نمونه", prison="Harbour", birth_date=BORN),
            view(name_native="آزاد نمونه", prison="Harbour", birth_date=Day(1986, 1, 1)),
        ),
    ],
)
def test_a_name_alone_is_never_certain(stranger: CaseView, missing: CaseView) -> None:
    assert match([stranger], [missing]) == [Match((0,), certain=False)]


@pytest.mark.parametrize(
    ("stranger", "missing"),
    [
        (CaseStatus.UPHELD, CaseStatus.EXECUTED),
        (CaseStatus.EXECUTED, CaseStatus.UPHELD),
        (CaseStatus.UPHELD, CaseStatus.RELEASED),
        (None, CaseStatus.UPHELD),
    ],
)
def test_different_outcomes_are_never_one_person(stranger: CaseStatus | None, missing: CaseStatus) -> None:
    found = match([view(status=stranger, birth_date=BORN)], [view(status=missing, birth_date=BORN)])
    assert found == [Match((0,), certain=False)]


def test_two_missing_people_who_answer_to_it_leave_it_open() -> None:
    twins = [view(birth_date=BORN), view(birth_date=BORN)]
    assert match([view(birth_date=BORN)], twins) == [Match((0, 1), certain=False)]


def test_two_strangers_for_one_missing_person_leave_it_open() -> None:
    by_native = view(name_native="آزاد نمونه", name_latin="A. N.", birth_date=BORN)
    missing = view(name_native="آزاد نمونه", birth_date=BORN)
    found = match([by_native, view(birth_date=BORN)], [missing])
    assert found == [Match((0,), certain=False), Match((0,), certain=False)]


@pytest.mark.parametrize("name", ["Unknown", "M. A.", "ناشناس"])
def test_placeholders_match_nobody(name: str) -> None:
    one = view(name_latin=name, name_native=name, birth_date=BORN, prison="Harbour", province="Coast")
    assert match([one], [one]) == [None]


def test_a_new_name_is_a_new_person() -> None:
    assert match([view(name_latin="Kim Sample")], [view()]) == [None]
    assert match([view()], []) == [None]
