from __future__ import annotations

import pytest

from alerts.alert import Alert, AlertKind, AlertStatus, Disposition, Facts
from alerts.case import CaseStatus, CaseView
from subscribers.subscription import case_key, case_of, country_key, is_key, wants
from tests.subscribers.world import NOW


@pytest.mark.parametrize("key", ["*/*", "IR/*", "IR/women", "*/minor", "US/political", "case:17"])
def test_keys(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "*",
        "IR",
        "ir/*",
        "IRN/*",
        "IR/men",
        "IR/* ",
        "case:0",
        "case:x",
        "case:",
        "case:12345678901",
        "*/*\n",
    ],
)
def test_not_keys(key: str) -> None:
    assert not is_key(key)


def test_keys_are_made_and_read() -> None:
    assert (country_key("ir"), country_key("*", "women"), case_key(17)) == ("IR/*", "*/women", "case:17")
    assert (case_of("case:17"), case_of("IR/*")) == (17, None)
    with pytest.raises(ValueError, match="not a topic key"):
        country_key("Iran")


def test_every_topic_of_an_alert_is_a_key() -> None:
    view = CaseView(status=CaseStatus.UPHELD, country="IR", gender="f", minor_at_offence=True, political=True)
    alert = Alert(
        1,
        17,
        AlertKind.FIRST,
        AlertStatus.DRAFT,
        Disposition.ALERT,
        0,
        1,
        "list:example",
        Facts(view),
        {},
        NOW,
    )
    assert {topic for topic in alert.topics() if not is_key(topic)} == set()
    assert len(alert.topics()) == 9


def test_wanted_is_one_key_in_common() -> None:
    assert wants({"IR/*", "case:2"}, {"*/*", "IR/*"})
    assert not wants({"US/*"}, {"*/*", "IR/*"})
    assert not wants(set(), {"*/*"})
