"""CAP 1.2: every kind of alert is valid, says what domain.md section 6 says, and is the same in every export."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.alert import Alert, AlertKind
from alerts.alert.content import Companion
from alerts.case import CaseStatus, Certainty
from alerts.day import Day
from alerts.locales import Catalogues, load
from alerts.render.cap import EVENT_LENGTH, NAMESPACE, Speaker, cap_xml
from tests.alerts.render.samples import ALERTS, ARMAN, NOW, alert, became

SPEAKER = Speaker(
    "contact@example.org", "Example Watch & Friends", "contact@example.org", "https://example.org/?a=1&b=2"
)
K, S = AlertKind, CaseStatus


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).with_name("cap-1.2.xsd"))


@cache
def words() -> Catalogues:
    return load()


def out(made: Alert, number: str = "UA-26/014", at: datetime = NOW) -> Alert:
    return replace(made, number=number, published_at=at)


def read(made: Alert, *earlier: Alert) -> ET.Element:
    xml = cap_xml(made, [*earlier, made], words(), SPEAKER)
    schema().validate(xml.decode())
    return ET.fromstring(xml)


def said(root: ET.Element, name: str) -> str | None:
    return root.findtext(f"{{{NAMESPACE}}}{name}")


def infos(root: ET.Element) -> list[ET.Element]:
    return root.findall(f"{{{NAMESPACE}}}info")


def english(made: Alert, *names: str) -> tuple[str | None, ...]:
    return tuple(said(infos(read(made))[0], name) for name in names)


def with_status(status: CaseStatus, **changes: object) -> Alert:
    return out(alert(replace(ARMAN, **{"status": status, "certainty": Certainty.OFFICIAL, **changes}), None))


@pytest.mark.parametrize("name", ALERTS)
def test_every_kind_of_alert_is_valid(name: str):
    root = read(out(ALERTS[name]))
    assert [said(info, "language") for info in infos(root)] == list(words().codes)
    assert (said(root, "status"), said(root, "scope"), said(root, "sender")) == (
        "Actual",
        "Public",
        "contact@example.org",
    )
    for info in infos(root):
        assert len(said(info, "event")) <= EVENT_LENGTH
        assert said(info, "responseType") in {"AllClear", "Monitor", "None"}


@pytest.mark.parametrize("kind", AlertKind)
@pytest.mark.parametrize("status", CaseStatus)
def test_every_status_is_valid_in_every_kind(status: CaseStatus, kind: AlertKind):
    root = read(replace(with_status(status), kind=kind))
    assert b"Execute<" not in ET.tostring(root)
    assert {said(info, "responseType") for info in infos(root)} <= {"AllClear", "Monitor", "None"}


LAW = {  # (urgency, severity, certainty when official) of domain.md section 6
    S.IMMINENT: ("Immediate", "Extreme", "Likely"),
    S.SCHEDULED: ("Expected", "Extreme", "Likely"),
    S.SENT_FOR_IMPLEMENTATION: ("Expected", "Severe", "Likely"),
    S.UPHELD: ("Future", "Severe", "Likely"),
    S.RETRIAL_REJECTED: ("Future", "Severe", "Likely"),
    S.RETRIAL_REQUESTED: ("Future", "Moderate", "Likely"),
    S.APPEAL_PENDING: ("Future", "Moderate", "Likely"),
    S.SENTENCED: ("Future", "Moderate", "Likely"),
    S.AT_RISK: ("Future", "Moderate", "Likely"),
    S.STAYED: ("Past", "Minor", "Observed"),
    S.QUASHED: ("Past", "Minor", "Observed"),
    S.COMMUTED: ("Past", "Minor", "Observed"),
    S.PARDONED: ("Past", "Minor", "Observed"),
    S.FORGIVEN: ("Past", "Minor", "Observed"),
    S.ACQUITTED: ("Past", "Minor", "Observed"),
    S.RELEASED: ("Past", "Minor", "Observed"),
    S.EXECUTED_REPORTED: ("Past", "Extreme", "Observed"),
    S.EXECUTED: ("Past", "Extreme", "Observed"),
    S.DIED_IN_CUSTODY: ("Past", "Extreme", "Observed"),
    S.UNKNOWN_FATE: ("Unknown", "Unknown", "Likely"),
    S.MERGED: ("Past", "Minor", "Observed"),
    S.RETRACTED: ("Past", "Minor", "Observed"),
}


@pytest.mark.parametrize("status", CaseStatus)
def test_urgency_severity_and_certainty(status: CaseStatus):
    assert english(with_status(status), "urgency", "severity", "certainty") == LAW[status]


@pytest.mark.parametrize(
    ("status", "day", "expected"),
    [
        (S.SCHEDULED, Day(2026, 3, 27), ("Immediate", "Extreme")),
        (S.SCHEDULED, Day(2026, 3, 28), ("Expected", "Extreme")),
        (S.SCHEDULED, Day(2026, 3), ("Immediate", "Extreme")),
        (S.SCHEDULED, Day(2026, 4), ("Expected", "Extreme")),
        (S.UPHELD, Day(2026, 3, 22), ("Immediate", "Extreme")),
        (S.UPHELD, Day(2026, 5, 1), ("Expected", "Extreme")),
        (S.STAYED, Day(2026, 3, 22), ("Past", "Minor")),
    ],
)
def test_a_date_counts_whatever_the_status_column_says(status, day, expected):
    assert english(with_status(status, execution_date=day), "urgency", "severity") == expected


@pytest.mark.parametrize(
    ("certainty", "at_risk", "outcome"),
    [
        (Certainty.CORROBORATED, "Likely", "Observed"),
        (Certainty.SINGLE_SOURCE, "Possible", "Possible"),
        (Certainty.UNCONFIRMED, "Possible", "Possible"),
        (None, "Unknown", "Unknown"),
    ],
)
def test_how_sure_it_is(certainty, at_risk, outcome):
    assert english(with_status(S.IMMINENT, certainty=certainty), "certainty") == (at_risk,)
    assert english(with_status(S.EXECUTED_REPORTED, certainty=certainty), "certainty") == (outcome,)


@pytest.mark.parametrize(
    ("name", "response"),
    [
        ("first_imminent", "Monitor"),
        ("stayed", "AllClear"),
        ("commuted", "AllClear"),
        ("stop_action", "None"),
        ("closed_expired", "None"),
        ("executed", "None"),
        ("correction", "Monitor"),
    ],
)
def test_what_is_asked_for(name: str, response: str):
    assert english(out(ALERTS[name]), "responseType") == (response,)


def test_good_news_that_is_none_is_no_all_clear():
    assert english(replace(with_status(S.IMMINENT), kind=K.GOOD_NEWS), "responseType") == ("Monitor",)


def test_a_chain_refers_to_all_before_it():
    first = out(ALERTS["first_imminent"], at=NOW + timedelta(microseconds=7))
    second = replace(out(ALERTS["correction"], "UA-26/014.1", NOW + timedelta(hours=1)), id=6)
    third = replace(out(ALERTS["stayed"], "UA-26/014.2", NOW + timedelta(days=1)), id=7)
    chain = [third, first, second]
    roots = [ET.fromstring(cap_xml(one, chain, words(), SPEAKER)) for one in (first, second, third)]
    assert [said(root, "msgType") for root in roots] == ["Alert", "Update", "Update"]
    assert [said(root, "identifier") for root in roots] == ["UA-26/014", "UA-26/014.1", "UA-26/014.2"]
    assert [said(root, "references") for root in roots] == [
        None,
        "contact@example.org,UA-26/014,2026-03-20T09:30:00-00:00",
        (
            "contact@example.org,UA-26/014,2026-03-20T09:30:00-00:00 "
            "contact@example.org,UA-26/014.1,2026-03-20T10:30:00-00:00"
        ),
    ]
    read(third, first, second)


@pytest.mark.parametrize(
    ("status", "kind"), [(S.RETRACTED, "Cancel"), (S.MERGED, "Cancel"), (S.STAYED, "Update")]
)
def test_only_what_was_issued_in_error_is_cancelled(status: CaseStatus, kind: str):
    first = out(ALERTS["first_imminent"])
    wrong = alert(*became(ARMAN, status), K.CORRECTION)
    root = read(replace(out(wrong, "UA-26/014.1", NOW + timedelta(hours=1)), id=6), first)
    assert said(root, "msgType") == kind
    assert (said(root, "note") is not None) == (kind == "Cancel")


def test_a_stop_is_an_update_even_when_its_source_withdrew():
    stop = alert(*became(ARMAN, S.RETRACTED), K.STOP_ACTION)
    root = read(
        replace(out(stop, "UA-26/014.1", NOW + timedelta(hours=1)), id=6), out(ALERTS["first_imminent"])
    )
    assert said(root, "msgType") == "Update"


def test_every_export_is_the_same():
    made = out(ALERTS["first_imminent"], at=datetime(2026, 3, 20, 13, 0, 0, 5, tzinfo=UTC))
    assert cap_xml(made, [made], words(), SPEAKER) == cap_xml(made, [made], load(), SPEAKER)
    assert said(read(made), "sent") == "2026-03-20T13:00:00-00:00"


def test_what_an_info_says():
    made = out(ALERTS["first_imminent"])
    assert english(made, "expires", "senderName", "web", "contact") == (
        "2026-03-27T20:29:00-00:00",
        "Example Watch & Friends",
        "https://example.org/?a=1&b=2",
        "contact@example.org",
    )
    headline, description, instruction = english(made, "headline", "description", "instruction")
    assert headline == "Arman Nemuneh (Iran) may be executed at any moment – please act by 27 March 2026."
    assert description.split("\n")[0] == "Name: Arman Nemuneh (آرمان نمونه)"
    assert "According to Example Watch (one source only)." in description.split("\n")
    assert "His lawyer has asked for a stay." in description
    assert instruction == (
        "What you can do: send a short, polite letter until 27 March 2026, 23:59 (Tehran time). "
        "The full text and the addressee are with urgent action UA-26/014."
    )


def test_a_death_asks_for_nothing():
    (instruction,) = english(out(ALERTS["executed"]), "instruction")
    assert instruction == (
        "Our thoughts are with the family and friends of Arman Nemuneh.\n"
        "Please send no more letters for this case."
    )


def test_everybody_of_the_action_is_named():
    made = out(ALERTS["first_imminent"])
    other = Companion(18, replace(ARMAN, name_latin="Dara Sample", name_native=None))
    (description,) = english(replace(made, facts=replace(made.facts, also=(other,))), "description")
    assert description.split("\n")[0] == "Names: Arman Nemuneh (آرمان نمونه) and Dara Sample"


def test_of_several_every_source_is_named():
    made = out(ALERTS["first_imminent"])
    other = Companion(18, replace(ARMAN, name_latin="Dara Sample", source_name="Quay Watch"))
    (description,) = english(replace(made, facts=replace(made.facts, also=(other,))), "description")
    assert "According to Example Watch and Quay Watch (one source only)." in description.split("\n")


def test_a_deadline_that_was_over_is_left_out():
    made = out(ALERTS["closed_expired"], at=datetime(2026, 3, 28, tzinfo=UTC))
    assert english(made, "expires") == (None,)


@pytest.mark.parametrize(
    "change",
    [lambda one: replace(one, number=None), lambda one: replace(one, published_at=None)],
    ids=["no number", "not published"],
)
def test_what_was_not_published_has_no_export(change: Callable[[Alert], Alert]):
    made = change(out(ALERTS["first_imminent"]))
    with pytest.raises(ValueError, match="alert 5"):
        cap_xml(made, [made], words(), SPEAKER)


@pytest.mark.parametrize("sender", ["", "two words", "a,b", "a<b", "a&b", "a\n"])
def test_a_sender_fits_into_references(sender: str):
    with pytest.raises(ValueError, match="cannot be a sender"):
        Speaker(sender)


HOSTILE = st.one_of(
    st.text(max_size=200),
    st.text(
        alphabet="<>&'\"]![CDATA\u2066\u2068\u2069\u2060\u202e\u200c\u200d\u200f\0\x0b\ufffe\ufeff\ud800 آa",
        max_size=60,
    ),
)


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_names_stay_names(name: str, place: str, text: str):
    view = replace(
        ARMAN, name_latin=name, name_native=name, prison=place, source_name=place, charges=(place,)
    )
    root = read(out(alert(view, None, texts={"en": text, "fa": text})))
    for element in root.iter():
        assert {char for char in element.text or "" if unicodedata.category(char)[0] == "C"} <= {
            "\n",
            "\u200c",
            "\u200d",
        }
    assert len(infos(root)) == len(words().codes)
