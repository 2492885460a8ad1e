"""Letters: agreement, status, one page; what is wrong with a template is said with its file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.case import CaseStatus, PublishedCase
from alerts.day import Day
from alerts.errors import LetterError
from alerts.letter import PLACEHOLDERS, check_letters, fill, read_template, render_letter
from alerts.locales import load
from alerts.render.message import Variant, units
from tests.alerts.render.samples import ARMAN, CASEY, DEADLINE, NOW, action

CATALOGUES = load()
EN, FA = CATALOGUES["en"], CATALOGUES["fa"]
LIVING = [status for status in CaseStatus if status not in {CaseStatus.EXECUTED, CaseStatus.MERGED}]
ALL = " ".join(f"{{{{ {name} }}}}" for name in sorted(PLACEHOLDERS))


def template(folder, locale, *, version="1", title="For {{ name }}", body=ALL, reviewed_by="none"):
    path = folder / locale / "letters" / "appeal.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    front = f"title: {title}\nversion: {version}\nreviewed_by: {reviewed_by}"
    path.write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("gender", "sentence"),
    [
        ("m", "see that he is given a new and fair trial"),
        ("f", "see that she is given a new and fair trial"),
        (None, "see that they are given a new and fair trial"),
    ],
)
def test_english_agrees_in_gender(gender, sentence):
    assert sentence in fill(replace(ARMAN, gender=gender), action(), EN).body


@pytest.mark.parametrize(
    ("gender", "subject"),
    [
        ("m", "درخواست توقف اجرای حکم اعدام آقای آرمان نمونه"),
        ("f", "درخواست توقف اجرای حکم اعدام خانم آرمان نمونه"),
        (None, "درخواست توقف اجرای حکم اعدام آرمان نمونه"),
    ],
)
def test_persian_has_a_form_of_address(gender, subject):
    assert fill(replace(ARMAN, gender=gender), action(), FA).subject == subject


def test_a_published_case_and_its_view_give_one_letter():
    assert fill(PublishedCase(17, ARMAN, NOW), action(), EN) == fill(ARMAN, action(), EN)


@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=CATALOGUES.codes)
@pytest.mark.parametrize("status", LIVING)
def test_every_status_gives_one_page_with_the_demands(status, catalogue):
    letter = fill(replace(ARMAN, status=status), action(), catalogue)
    assert letter.body.count("\n- ") == 3
    assert 5 <= letter.body.count("\n\n") <= 9
    assert "\n\n\n" not in letter.body
    assert units(letter.body) <= 1800


def test_absent_facts_leave_no_hole():
    bare = replace(CASEY, country=None, province=None, charges=("unknown",), execution_date=None, status=None)
    assert fill(bare, action(), EN).body.startswith(
        "To the Head of the Judiciary\n\n"
        "Your Excellency,\n\n"
        "I am writing to you about Casey Sample.\n\n"
        "According to what has been published, they are under sentence of death.\n\n"
        "I respectfully ask you\n- to stop"
    )


def test_the_date_is_in_the_letter():
    assert "set for 16 April 2026." in fill(CASEY, action(), EN).body
    assert "۲۷ فروردین ۱۴۰۵ (۱۶ آوریل ۲۰۲۶)" in fill(CASEY, action(), FA).body
    imminent = replace(ARMAN, execution_date=Day(2026, 3, 24))
    assert (
        "may be executed at any moment; the date given is 24 March 2026." in fill(imminent, action(), EN).body
    )


def test_the_letter_carries_its_action():
    letter = fill(ARMAN, action(updates=2), EN)
    assert (letter.number, letter.country, letter.deadline) == ("UA-26/014.2", "Iran", DEADLINE)


def test_text_of_a_list_is_never_a_template():
    letter = fill(replace(ARMAN, name_latin="{{ 7 * 7 }} {% raw %}", name_native=None), action(), EN)
    assert letter.subject == "Please stop the execution of {{ 7 * 7 }} {% raw %}"


def test_a_long_letter_is_divided_between_paragraphs():
    letter = fill(ARMAN, action(), EN)
    paragraphs = [f"{number} " + "word " * 300 + "." for number in range(6)]
    messages = render_letter(replace(letter, body="\n\n".join(paragraphs)), EN)[1:]
    assert "\n\n".join(message.text for message in messages) == "\n\n".join(
        part.strip() for part in paragraphs
    )
    assert [units(message.text) <= 4096 for message in messages] == [True, True, True]


def test_the_bare_letter_can_be_copied_in_the_safe_variant():
    head, body = render_letter(fill(ARMAN, action(), EN), EN, Variant.SAFE)
    assert (head.protected, body.protected) == (False, False)
    assert [(entity.kind, entity.offset, entity.length) for entity in body.entities] == [
        ("spoiler", 0, units(body.text))
    ]


def test_a_subject_too_long_to_copy_has_no_button():
    letter = replace(fill(ARMAN, action(), EN), subject="x" * 257)
    assert render_letter(letter, EN)[0].keyboard == ()


def test_the_shipped_letters_are_right():
    assert check_letters(CATALOGUES) == []


def test_everything_wrong_with_letters_is_told_at_once(tmp_path):
    english = template(tmp_path, "en", body=ALL.replace("{{ minor }}", ""))
    assert check_letters(CATALOGUES, tmp_path) == [
        f"{english}: the letter lacks the placeholder minor",
        f"{tmp_path / 'fa' / 'letters' / 'appeal.md'}: there is no letter for this language; translate the English one",
    ]


def test_a_letter_older_than_the_english_is_stale(tmp_path):
    template(tmp_path, "en", version="3")
    persian = template(tmp_path, "fa", version="2")
    assert check_letters(CATALOGUES, tmp_path) == [f"{persian}: version 2 is older than the English 3"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"body": f"{ALL} {{{{ nmae }}}}"}, "unknown placeholder nmae; known are charges, country,"),
        ({"title": "For {{ nmae }}"}, "unknown placeholder nmae; known are"),
        ({"body": f"{ALL} {{% if %}}"}, "Expected an expression"),
        ({"version": "one"}, "version 'one' is not a whole number"),
        ({"reviewed_by": ""}, "reviewed_by is missing between the --- lines"),
        (
            {"title": "x\nauthor: y"},
            "'author: y' between the --- lines is not one of title, version, reviewed_by",
        ),
    ],
)
def test_a_wrong_template_says_what_and_where(tmp_path, changes, problem):
    path = template(tmp_path, "en", **changes)
    with pytest.raises(LetterError) as caught:
        read_template(path)
    assert str(caught.value).startswith(f"{path}: {problem}")


def test_a_file_without_front_matter_is_refused(tmp_path):
    path = tmp_path / "appeal.md"
    path.write_text("Dear Sir", encoding="utf-8")
    with pytest.raises(LetterError, match="must begin with --- lines around title, version, reviewed_by"):
        read_template(path)


def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path):
    path = template(tmp_path, "en", body=f"{ALL} {{{{ name.__class__.__mro__ }}}}")
    with pytest.raises(LetterError) as caught:
        fill(ARMAN, action(), EN, tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
