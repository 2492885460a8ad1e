from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.case import Case
from alerts.change import FieldChange
from alerts.lists.edition import Findings, weigh
from alerts.lists.mapping import parse
from alerts.question import SAYS, Question, QuestionKind
from tests.alerts.editions import COLUMNS, NOON, csv_of, person, watched

K = QuestionKind
PAT = person("1", "Pat Example", born="1980-02-03")
KIM = person("2", "Kim Sample", born="1975-06-07")
SAM = person("3", "Sam Test", born="1990-01-01")


def known(*rows: dict[str, str]) -> dict[str, Case]:
    """The cases that a baseline of these rows leaves."""
    sound = [row for row in parse(csv_of(*rows), watched()) if not row.waits]
    return {row.key: Case(number, "harbour", row.key, row.view) for number, row in enumerate(sound, start=1)}


def look(cases: dict[str, Case], *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Findings:
    return weigh(cases, parse(csv_of(*rows, columns=columns), watched()), watched())


def asked(questions: list[Question]) -> list[tuple[QuestionKind, str, str]]:
    return sorted((one.kind, one.subject, one.case_name) for one in questions)


def moved(findings: Findings) -> dict[str, tuple[FieldChange, ...]]:
    return {one.key: one.changes for one in findings.moved}


def test_a_first_reading_takes_every_sound_row() -> None:
    findings = look({}, PAT, KIM, person("3", "Sam Test", "Lost"))
    assert [row.key for row in findings.new] == ["1", "2"]
    assert asked(findings.questions) == [(K.UNKNOWN_STATUS, "3|Lost", "Sam Test")]


def test_a_changed_row() -> None:
    findings = look(known(PAT, KIM), PAT | {"status": "Dead"}, KIM)
    assert moved(findings)["1"] == (FieldChange("status", "upheld", "executed"),)
    assert (findings.new, findings.gone, findings.questions, findings.news) == ([], [], [], [])


def test_a_row_that_vanishes_is_asked_about_once_and_its_return_is_noted() -> None:
    cases = known(PAT, KIM)
    findings = look(cases, KIM)
    assert findings.gone == [cases["1"]]
    assert asked(findings.questions) == [(K.VANISHED, "1", "Pat Example")]
    missing = cases | {"1": replace(cases["1"], missing_since=NOON)}
    later = look(missing, KIM)
    assert (later.gone, later.questions, asked(later.still)) == ([], [], [(K.VANISHED, "1", "Pat Example")])
    back = look(missing, PAT | {"status": "Stopped"}, KIM)
    assert back.back == [missing["1"]]
    assert moved(back)["1"] == (FieldChange("status", "upheld", "stayed"),)


def test_two_rows_with_one_key_both_wait_even_when_they_are_equal() -> None:
    for second in (PAT, PAT | {"name": "Kim Sample", "status": "Dead"}):
        findings = look(known(PAT), PAT, second)
        assert asked(findings.questions) == [(K.DOUBLE_KEY, "1", "Pat Example")]
        assert (findings.moved, findings.new, findings.gone) == ([], [], [])


def test_a_key_mistyped_as_another_s_is_not_a_vanished_row() -> None:
    findings = look(known(PAT, KIM), PAT, KIM | {"id": "1"})
    assert (asked(findings.questions), findings.gone) == ([(K.DOUBLE_KEY, "1", "Pat Example")], [])


def test_a_changed_key_is_the_same_person() -> None:
    cases = known(PAT, KIM)
    findings = look(cases, KIM, PAT | {"id": "9", "status": "Stopped"})
    assert moved(findings)["9"] == (FieldChange("status", "upheld", "stayed"),)
    assert asked(findings.news) == [(K.KEY_CHANGED, "1|9", "Pat Example")]
    assert (findings.gone, findings.new, findings.questions) == ([], [], [])


def test_a_changed_key_is_followed_from_a_row_missing_for_long() -> None:
    cases = known(PAT)
    missing = {"1": replace(cases["1"], missing_since=NOON)}
    findings = look(missing, PAT | {"id": "9"})
    assert (moved(findings), findings.back) == ({"9": ()}, [missing["1"]])


def test_a_name_alone_waits_and_the_old_row_is_not_called_vanished() -> None:
    findings = look(known(PAT), PAT | {"id": "9", "born": ""})
    assert asked(findings.questions) == [(K.SAME_NAME, "9", "Pat Example")]
    assert (findings.moved, findings.new, findings.gone) == ([], [], [])


def test_an_executed_case_is_not_a_living_row() -> None:
    findings = look(known(PAT | {"status": "Dead"}), PAT | {"id": "9"})
    assert asked(findings.questions) == [(K.SAME_NAME, "9", "Pat Example")]


def test_placeholders_are_never_carried_on() -> None:
    nobody = person("1", "Unknown", native="ناشناس", born="1980-01-01", prison="Harbour")
    findings = look(known(nobody), nobody | {"id": "9"})
    assert [row.key for row in findings.new] == ["9"]
    assert asked(findings.questions) == [(K.VANISHED, "1", "Unknown")]


def test_a_row_without_a_key_waits_unless_we_know_the_person() -> None:
    stranger = look(known(PAT), PAT, person("", "Kim Sample"))
    assert asked(stranger.questions) == [(K.NO_KEY, "|Kim Sample", "Kim Sample")]
    blanked = look(known(PAT), PAT | {"id": "", "status": "Stopped"})
    assert moved(blanked) == {"1": (FieldChange("status", "upheld", "stayed"),)}
    assert (blanked.questions, blanked.news, blanked.gone) == ([], [], [])
    two = look({}, person("", "Kim Sample"), person("", "Sam Test"))
    assert asked(two.questions) == [
        (K.NO_KEY, "|Kim Sample", "Kim Sample"),
        (K.NO_KEY, "|Sam Test", "Sam Test"),
    ]


def test_an_unknown_word_leaves_the_case_as_it_stands() -> None:
    findings = look(known(PAT), PAT | {"status": "Lost", "prison": "Elsewhere"})
    assert asked(findings.questions) == [(K.UNKNOWN_STATUS, "1|Lost", "Pat Example")]
    assert (findings.moved, findings.gone) == ([], [])


def test_an_unknown_word_under_a_changed_key_waits_and_nobody_has_vanished() -> None:
    findings = look(known(PAT), PAT | {"id": "9", "status": "Lost"})
    assert asked(findings.questions) == [(K.UNKNOWN_STATUS, "9|Lost", "Pat Example")]
    assert (findings.moved, findings.new, findings.gone) == ([], [], [])


def test_an_illegal_move_waits_whole() -> None:
    findings = look(known(PAT | {"status": "Dead"}), PAT | {"prison": "Elsewhere"})
    assert asked(findings.questions) == [(K.ILLEGAL_TRANSITION, "1|upheld", "Pat Example")]
    assert findings.questions[0].detail == {"before": "executed", "after": "upheld", "word": "Waiting"}
    assert findings.moved == []


def test_unreadable_dates_and_forbidden_text_wait() -> None:
    findings = look(known(PAT, KIM), PAT | {"date": "soon"}, KIM | {"prison": "a\u202eb"})
    assert asked(findings.questions) == [
        (K.FORBIDDEN_TEXT, "2|prison|U+202E", "Kim Sample"),
        (K.UNREADABLE_DATE, "1|execution_date|soon", "Pat Example"),
    ]
    assert findings.moved == []


def test_a_date_removed_under_a_threat_is_recorded_and_asked_about() -> None:
    dated = PAT | {"date": "2031-06-05", "status": "Date set"}
    findings = look(known(dated), dated | {"date": ""})
    assert moved(findings)["1"] == (FieldChange("execution_date", "2031-06-05", None),)
    assert asked(findings.news) == [(K.DATE_REMOVED, "1", "Pat Example")]
    stopped = look(known(dated), dated | {"date": "", "status": "Stopped"})
    assert stopped.news == []


def test_a_detail_or_a_new_spelling_is_taken_over() -> None:
    stayed = look(known(PAT | {"status": "Stopped"}), PAT | {"status": "Unfit"})
    assert moved(stayed) == {"1": ()}
    assert stayed.moved[0].view.detail == "incompetent"
    named = look(known(PAT), PAT | {"name": "Pat Q. Example"})
    assert moved(named)["1"] == (FieldChange("name_latin", "Pat Example", "Pat Q. Example"),)


def test_a_detail_column_that_goes_and_comes_changes_nothing() -> None:
    decided = PAT | {"decision": "Denied"}
    cases = known(decided)
    without = look(cases, decided, columns=tuple(column for column in COLUMNS if column != "decision"))
    assert moved(without) == {"1": ()}
    assert without.moved[0].view == cases["1"].seen
    again = look(known(decided), decided | {"decision": "Granted"})
    assert moved(again)["1"] == (FieldChange("decision", "Denied", "Granted"),)


def test_names_in_questions_are_harmless() -> None:
    findings = look({}, person("1", "Pat\u202eelpmaxE", "Lost\u202e"))
    assert all(one.case_name == "Pat\ufffdelpmaxE" for one in findings.questions)
    assert "\u202e" not in repr(findings.questions)


_people = st.builds(
    person,
    key=st.sampled_from(["", "1", "2", "3", "4", "5"]),
    name=st.sampled_from(["Pat Example", "Kim Sample", "Unknown", "Sam Test"]),
    status=st.sampled_from(["Waiting", "Date set", "Dead", "Stopped", "Lost"]),
    born=st.sampled_from(["", "1980-01-01", "1981-02-02", "then"]),
)
_lists = st.lists(_people, min_size=1, max_size=7)


def picture(findings: Findings) -> list[Any]:
    """What was found, without the order it was found in."""
    strip: Callable[[list[Question]], list[Any]] = lambda questions: sorted(  # noqa: E731
        (one.kind, one.subject, one.case_name, one.case_id or 0) for one in questions
    )
    return [
        sorted((row.key, repr(row.view)) for row in findings.new),
        sorted((one.case.id, one.key, repr(one.view), one.changes) for one in findings.moved),
        sorted(case.id for case in findings.gone),
        sorted(case.id for case in findings.back),
        strip(findings.questions),
        strip(findings.news),
        strip(findings.still),
    ]


@given(before=_lists, after=_lists, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(
    before: list[dict[str, str]], after: list[dict[str, str]], seed: random.Random
) -> None:
    single = {row["id"]: row for row in before if row["id"]}
    cases = known(*single.values()) if single else {}
    shuffled = list(after)
    seed.shuffle(shuffled)
    assert picture(look(cases, *after)) == picture(look(cases, *shuffled))


@given(rows=_lists)
def test_an_edition_against_itself_is_empty(rows: list[dict[str, str]]) -> None:
    single = {row["id"]: row for row in rows if row["id"]}
    if not single:
        return
    findings = look(known(*single.values()), *single.values())
    assert (findings.new, findings.gone, findings.back, findings.news) == ([], [], [], [])
    assert all(one.changes == () and one.view == one.case.seen for one in findings.moved)


@given(before=_lists, after=_lists)
def test_nobody_is_lost(before: list[dict[str, str]], after: list[dict[str, str]]) -> None:
    """Every row and every case is taken over, asked about, or gone with a question."""
    single = {row["id"]: row for row in before if row["id"]}
    cases = known(*single.values()) if single else {}
    findings = look(cases, *after)
    assert sorted(case.list_key for case in findings.gone) == sorted(
        one.subject for one in findings.questions if one.kind is K.VANISHED
    )
    questions = (*findings.questions, *findings.news)
    told = {one.case_name for one in questions} | {
        name for one in questions for name in one.detail.get("names", [])
    }
    taken = {row.view.name for row in findings.new} | {one.view.name for one in findings.moved}
    assert {row["name"] for row in after} <= told | taken


def test_a_row_that_waits_says_so_when_it_states_an_end_or_a_stay() -> None:
    hidden = PAT | {"prison": "North\u202e"}
    for word, says in (("Dead", "executed"), ("Stopped", "stayed"), (PAT["status"], None)):
        (question,) = look(known(PAT), hidden | {"status": word}).questions
        assert question.detail.get(SAYS) == says
