"""The first sentence of an alert, which alone carries the name, the danger and the deadline."""

from __future__ import annotations

from typing import Final

from alerts.alert import Alert, AlertKind
from alerts.case import DEATHS, CaseStatus
from alerts.day import zone_of
from alerts.locales import N_, Catalogue
from alerts.render.person import name, subject

_SENTENCES: Final = {
    CaseStatus.AT_RISK: N_("%(name)s is at risk of a death sentence"),
    CaseStatus.SENTENCED: N_("%(name)s has been sentenced to death"),
    CaseStatus.APPEAL_PENDING: N_("%(name)s is under sentence of death and has appealed"),
    CaseStatus.UPHELD: N_("The death sentence of %(name)s has been upheld"),
    CaseStatus.RETRIAL_REQUESTED: N_(
        "A retrial has been requested for %(name)s, who is under sentence of death"
    ),
    CaseStatus.RETRIAL_REJECTED: N_(
        "A retrial of %(name)s was refused and the death sentence can be carried out"
    ),
    CaseStatus.SENT_FOR_IMPLEMENTATION: N_("The death sentence of %(name)s has been sent for implementation"),
    CaseStatus.SCHEDULED: N_("%(name)s is scheduled to be executed"),
    CaseStatus.IMMINENT: N_("%(name)s may be executed at any moment"),
    CaseStatus.STAYED: N_("The execution of %(name)s has been stayed"),
    CaseStatus.QUASHED: N_("The death sentence of %(name)s has been overturned"),
    CaseStatus.COMMUTED: N_("The death sentence of %(name)s has been commuted"),
    CaseStatus.PARDONED: N_("%(name)s has been pardoned"),
    CaseStatus.FORGIVEN: N_("%(name)s has been forgiven by the victim’s family"),
    CaseStatus.ACQUITTED: N_("%(name)s has been acquitted"),
    CaseStatus.RELEASED: N_("%(name)s has been released"),
    CaseStatus.EXECUTED_REPORTED: N_("%(name)s is reported to have been executed"),
    CaseStatus.EXECUTED: N_("%(name)s has been executed"),
    CaseStatus.DIED_IN_CUSTODY: N_("%(name)s has died in custody"),
    CaseStatus.UNKNOWN_FATE: N_("The fate of %(name)s is unknown"),
    CaseStatus.MERGED: N_("The case of %(name)s was recorded twice"),
    CaseStatus.RETRACTED: N_("The report about %(name)s has been withdrawn by its source"),
}
_WITH_DATE: Final = {
    CaseStatus.UPHELD: N_("The execution of %(name)s has been set for %(date)s"),
    CaseStatus.RETRIAL_REJECTED: N_("The execution of %(name)s has been set for %(date)s"),
    CaseStatus.SENT_FOR_IMPLEMENTATION: N_("The execution of %(name)s has been set for %(date)s"),
    CaseStatus.SCHEDULED: N_("The execution of %(name)s has been set for %(date)s"),
    CaseStatus.IMMINENT: N_("%(name)s may be executed at any moment (date set: %(date)s)"),
}
_BY_KIND: Final = {
    AlertKind.UPDATE_DEADLINE_EXTENDED: N_("There is more time to write for %(name)s"),
    AlertKind.STOP_ACTION: N_("Please send no more letters for %(name)s"),
    AlertKind.CLOSED_EXPIRED: N_("The urgent action for %(name)s has ended"),
}


def headline(catalogue: Catalogue, alert: Alert, *, asks: bool, reader_may_send: bool) -> str:
    """The sentence; with the deadline when the alert `asks` for something."""
    sentence = _sentence(catalogue, alert)
    if alert.kind is AlertKind.CORRECTION:
        sentence = catalogue.t("Correction: %(sentence)s", sentence=sentence)
    if not asks or alert.facts.deadline is None:
        return catalogue.t("%(sentence)s.", sentence=sentence)
    zone = zone_of(alert.facts.view.country)
    deadline = catalogue.date(alert.facts.deadline.astimezone(zone).date())
    if reader_may_send:
        return catalogue.t("%(sentence)s – please act by %(deadline)s.", sentence=sentence, deadline=deadline)
    return catalogue.t(
        "%(sentence)s – letters are sent until %(deadline)s.", sentence=sentence, deadline=deadline
    )


def _sentence(catalogue: Catalogue, alert: Alert) -> str:
    view, status = alert.facts.view, alert.status_in_law
    whom = subject(catalogue, alert.facts.views)
    if alert.kind in _BY_KIND and status not in DEATHS:
        return catalogue.begun(catalogue.t(_BY_KIND[alert.kind], name=whom))
    if view.execution_date is not None and status in _WITH_DATE:
        date = catalogue.day(view.execution_date)
        return catalogue.begun(catalogue.t(_WITH_DATE[status], name=whom, date=date))
    return catalogue.begun(catalogue.t(_SENTENCES[status], name=whom))


def condolence(catalogue: Catalogue, alert: Alert) -> str:
    """The word said on a death (domain.md section 9)."""
    return catalogue.t(
        "Our thoughts are with the family and friends of %(name)s.", name=name(catalogue, alert.facts.view)
    )
