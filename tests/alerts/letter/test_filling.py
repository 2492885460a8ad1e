"""What a letter says and does not say, on the English and Persian letters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.case import CaseStatus
from alerts.demand import Demand
from alerts.errors import LetterError
from alerts.letter import OWN_LINE, Addressee, LetterKind, fill, has_letters
from alerts.letter.filling import flowed
from alerts.letter.samples import BARE, FULL
from alerts.locales import load
from tests.alerts.render.samples import ARMAN, CASEY, action

CATALOGUES = load()
EN, FA = CATALOGUES["en"], CATALOGUES["fa"]
JUDGE = Addressee("head_of_judiciary", ("Head of the Example Judiciary",))
K, S = LetterKind, CaseStatus
ASKS = replace(action(), demands=(Demand.RETRIAL, Demand.HALT))


def filled(*views, kind=K.SENTENCED, catalogue=EN, addressee=JUDGE, variant=1, **more):
    return fill(
        views, more.pop("asks", ASKS), addressee, catalogue, kind, variant=variant, subject=variant, **more
    )


@pytest.mark.parametrize(
    ("gender", "demand"),
    [
        ("m", "- grant him a fair retrial, without recourse to the death penalty;"),
        ("f", "- grant her a fair retrial, without recourse to the death penalty;"),
        (None, "- grant them a fair retrial, without recourse to the death penalty;"),
    ],
)
def test_english_agrees_in_gender(gender, demand):
    assert demand in filled(replace(CASEY, gender=gender)).body.splitlines()


@pytest.mark.parametrize(
    ("gender", "who"), [("m", "آقای آرمان نمونه"), ("f", "خانم آرمان نمونه"), (None, "آرمان نمونه")]
)
def test_persian_has_a_form_of_address(gender, who):
    letter = filled(replace(ARMAN, gender=gender), catalogue=FA)
    assert letter.subject == f"درخواست نجات جان {who}"


def test_only_the_demands_of_the_action_are_made_in_its_order():
    lines = filled(CASEY).body.splitlines()
    assert [line for line in lines if line.startswith("- ")] == [
        "- grant them a fair retrial, without recourse to the death penalty;",
        "- stop any execution of Casey Sample at once.",
    ]


def test_an_action_from_before_demands_asks_what_the_case_calls_for():
    lines = filled(replace(CASEY, status=S.STAYED), kind=K.STAYED, asks=replace(ASKS, demands=())).body
    assert [line[:29] for line in lines.splitlines() if line.startswith("- ")] == [
        "- have any death sentence aga",
        "- grant them a fair retrial, ",
    ]


def test_absent_facts_leave_no_hole():
    bare = replace(CASEY, country=None, province=None, charges=("unknown",), execution_date=None, status=None)
    assert filled(bare).body.startswith(
        "Your Excellency,\n\n"
        "I am writing to you because a human life is at stake. My letter concerns Casey Sample."
        " According to what has been published, they are in danger of execution.\n\n"
        "Courts can err,"
    )


def test_what_is_true_is_said_and_nothing_else():
    said = {
        "political": "political",
        "protest": "protests",
        "unfair_trial": "not fair",
        "torture": "torture",
    }
    for flag, words in said.items():
        body = filled(replace(CASEY, **{flag: True})).body
        assert [other for other in said.values() if other in body] == [words]
    assert "drugs" in filled(replace(CASEY, charges=("drug",))).body
    assert not any(words in filled(CASEY).body for words in (*said.values(), "drugs"))


def test_of_several_people_only_what_all_share_is_said():
    first = replace(ARMAN, torture=True, execution_date=None, group_size=None)
    second = replace(first, name_latin="Taraneh Nemuneh", name_native="ترانه نمونه", torture=None, gender="f")
    body = filled(first, second, kind=K.GROUP).body
    assert "orture" not in body
    assert "Arman Nemuneh" in body
    assert "Taraneh Nemuneh" in body
    assert "held in Example Prison, Alborz" in body
    assert "Alborz" not in filled(first, replace(second, province="Fars", prison=None), kind=K.GROUP).body
    assert (
        "they are in danger of execution"
        in filled(first, replace(second, status=S.UPHELD), kind=K.GROUP).body
    )


def test_a_long_list_of_names_stays_on_the_page():
    crowd = [replace(CASEY, name_latin=f"Casey {chr(65 + number)}") for number in range(26)]
    letter = filled(*crowd, kind=K.GROUP)
    assert letter.subject == "Please spare the lives of 26 people"
    assert "26 people, among them Casey A, Casey B," in letter.body
    assert "Casey L" in letter.body
    assert "Casey M" not in letter.body


def test_an_unnamed_group():
    letter = filled(replace(CASEY, name_latin="Ward 4", group_size=16), kind=K.GROUP)
    assert "on behalf of 16 people whose names have not been published" in letter.body
    assert "Ward 4" not in letter.body
    persian = filled(replace(CASEY, group_size=16), kind=K.GROUP, catalogue=FA)
    assert persian.subject == "درخواست نجات جان ۱۶ نفر"


def test_a_name_withheld():
    letter = filled(replace(CASEY, name_latin=None))
    assert letter.subject == "Please spare the life of a person whose name has not been published"


def test_the_date_is_in_the_letter():
    assert "set for 16 April 2026." in filled(CASEY, kind=K.IMMINENT).body
    assert "۱۶ آوریل ۲۰۲۶" in filled(CASEY, kind=K.IMMINENT, catalogue=FA).body
    stayed = replace(CASEY, status=S.STAYED)
    assert "16 April" not in filled(stayed, kind=K.STAYED).body


def test_an_embassy_is_asked_to_pass_it_on():
    embassy = Addressee("embassy_in_readers_country")
    assert ["pass this letter on" in filled(CASEY, addressee=one).body for one in (JUDGE, embassy)] == [
        False,
        True,
    ]


def test_the_greeting_is_the_addressees_own_or_the_languages():
    own = replace(JUDGE, salutation="Your Honour,")
    assert filled(CASEY, addressee=own).body.startswith("Your Honour,\n\n")
    assert filled(CASEY, addressee=Addressee("prosecutor", gender="f")).body.startswith("Dear Madam,\n\n")
    assert filled(CASEY, addressee=Addressee("prosecutor")).body.startswith("Dear Sir or Madam,\n\n")
    woman = Addressee("prosecutor", gender="f")
    assert filled(CASEY, addressee=woman, catalogue=FA).body.startswith("سرکار خانم دادستان،\n\n")


def test_a_line_of_ones_own():
    body = filled(CASEY, own_line="  I teach\nhistory.  ").body
    assert "\n\nI teach history.\n\n" in body
    assert filled(CASEY, own_line="x" * 900).body.count("x" * OWN_LINE + "\n") == 1
    assert filled(CASEY).body == filled(CASEY, own_line="").body


@pytest.mark.parametrize(
    ("code", "line", "kept"),
    [
        ("fa", "I teach history.", "\u2068I teach history.\u2069"),
        ("fa", "من در Example درس می‌دهم.", "من در Example درس می‌دهم."),
        ("en", "من درس می‌دهم.", "\u2068من درس می‌دهم.\u2069"),
        ("en", "I know آرمان.", "I know آرمان."),
    ],
)
def test_a_line_that_runs_the_other_way_keeps_its_full_stop(code, line, kept):
    letter = filled(ARMAN, kind=K.IMMINENT, catalogue=CATALOGUES[code], own_line=line)
    assert f"\n\n{kept}\n\n" in letter.body


def test_the_subject_may_be_another_variants():
    letter = fill([CASEY], ASKS, JUDGE, EN, K.SENTENCED, variant=1, subject=3)
    assert letter.subject == "An appeal on behalf of Casey Sample"
    assert letter.body == filled(CASEY).body


def test_the_letter_knows_what_it_is():
    letter = fill([ARMAN], action(updates=2), JUDGE, FA, K.MINOR, variant=2, subject=1)
    assert (letter.number, letter.language, letter.kind, letter.variant) == ("UA-26/014.2", "fa", K.MINOR, 2)
    assert letter.addressee == JUDGE
    assert letter.body.endswith(f"\n\n{letter.sender}")


def test_text_of_a_list_is_never_a_template():
    letter = filled(replace(ARMAN, name_latin="{{ 7 * 7 }} {% raw %}", name_native=None))
    assert letter.subject == "Please spare the life of {{ 7 * 7 }} {% raw %}"
    line = filled(ARMAN, own_line="{{ name }} {% for %}").body
    assert "\n\n{{ name }} {% for %}\n\n" in line


def test_there_is_no_letter_without_its_file(tmp_path):
    with pytest.raises(LetterError, match="the file is missing; translate the English one"):
        filled(CASEY, folder=tmp_path)
    assert [has_letters("en"), has_letters("fa"), has_letters("en", tmp_path)] == [True, True, False]
    with pytest.raises(ValueError, match="variant 4 is not one of 1 to 3"):
        filled(CASEY, variant=4)


def test_lines_of_a_paragraph_run_on():
    text = "\n\nOne  line\n  and another.\n\n \t\n\nAsk\n- this;\n- that.\n\n\nEnd\n"
    assert flowed(text) == "One line and another.\n\nAsk\n- this;\n- that.\n\nEnd"


def test_the_three_letters_of_a_kind_really_differ():
    for catalogue in (EN, FA):
        for kind in LetterKind:
            views = [FULL, BARE] if kind is K.GROUP else [FULL]
            three = [filled(*views, kind=kind, catalogue=catalogue, variant=number) for number in (1, 2, 3)]
            assert len({letter.subject for letter in three}) == 3
            own = [set(letter.body.split("\n\n")[1:-2]) for letter in three]  # neither greeting nor close
            assert [one & other for one, other in ((own[0], own[1]), (own[1], own[2]), (own[0], own[2]))] == [
                {"با سلام و احترام؛"} if catalogue is FA else set()
            ] * 3
