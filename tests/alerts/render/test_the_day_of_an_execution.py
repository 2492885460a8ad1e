"""On the day of an execution a message mourns: who says so, a word of condolence, and nothing to celebrate."""

from __future__ import annotations

import re
import unicodedata

import pytest

from alerts.alert import Alert
from alerts.case import DEATHS
from alerts.locales import load
from alerts.render import person
from alerts.render.alert import SENT_IT, SHARE, SIGN_PETITION, WRITE_LETTER, render_alert
from alerts.render.headline import condolence
from alerts.render.message import Variant
from tests.alerts.render.samples import ALERTS

CATALOGUES = load()
DEATH_ALERTS = {name: alert for name, alert in ALERTS.items() if alert.status_in_law in DEATHS}
everywhere = [
    pytest.mark.parametrize("code", CATALOGUES.codes),
    pytest.mark.parametrize("variant", list(Variant)),
    pytest.mark.parametrize("name", sorted(DEATH_ALERTS)),
]


def on_every_death(test):
    for mark in everywhere:
        test = mark(test)
    return test


def message_of(alert: Alert, code: str, variant: Variant):
    return render_alert(alert, CATALOGUES[code], variant, number="UA-26/014.1")


@on_every_death
def test_it_names_the_person_says_who_reports_it_and_mourns(code, variant, name):
    catalogue, alert = CATALOGUES[code], DEATH_ALERTS[name]
    text = message_of(alert, code, variant).text
    assert person.name(catalogue, alert.facts.view) in text.partition("\n\n")[2 * (variant is Variant.SAFE)]
    assert person.says_who(catalogue, alert.facts.view) in text
    assert condolence(catalogue, alert) in text


@on_every_death
def test_it_makes_no_sound_and_asks_for_nothing_to_be_sent_signed_or_shared(code, variant, name):
    message = message_of(DEATH_ALERTS[name], code, variant)
    catalogue = CATALOGUES[code]
    labels = [button.label for row in message.keyboard for button in row]
    assert message.silent
    assert labels == [catalogue.t("Details")]
    assert {catalogue.t(label) for label in (WRITE_LETTER, SIGN_PETITION, SHARE, SENT_IT)}.isdisjoint(labels)


@on_every_death
def test_it_has_no_pictograms_bars_or_deadline(code, variant, name):
    text = message_of(DEATH_ALERTS[name], code, variant).text
    assert {unicodedata.category(char) for char in text} & {"So"} == set()
    assert not re.search("[▓░█]", text)
    asked = CATALOGUES[code].t("Deadline: %(deadline)s", deadline="")
    assert asked not in text
