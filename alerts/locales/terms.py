"""The words for our codes: statuses, kinds, charges, certainty, signs, lanes, fields.

Each function takes a catalogue and gives a short label. A code that is not known here is a list's own word: the
functions return None for it, and the caller decides whether to show that word.
"""

from __future__ import annotations

import re
from typing import Final

from alerts.alert import AlertKind, AlertStatus, Disposition
from alerts.case import CaseStatus, Certainty
from alerts.demand import Demand
from alerts.locales import N_, Catalogue

_STATUSES: Final = {
    CaseStatus.AT_RISK: N_("At risk of a death sentence"),
    CaseStatus.SENTENCED: N_("Sentenced to death"),
    CaseStatus.APPEAL_PENDING: N_("Appeal pending"),
    CaseStatus.UPHELD: N_("Death sentence upheld"),
    CaseStatus.RETRIAL_REQUESTED: N_("Retrial requested"),
    CaseStatus.RETRIAL_REJECTED: N_("Request for retrial rejected"),
    CaseStatus.SENT_FOR_IMPLEMENTATION: N_("Sent for implementation"),
    CaseStatus.SCHEDULED: N_("Execution scheduled"),
    CaseStatus.IMMINENT: N_("Execution imminent"),
    CaseStatus.STAYED: N_("Execution stayed"),
    CaseStatus.QUASHED: N_("Death sentence overturned"),
    CaseStatus.COMMUTED: N_("Death sentence commuted"),
    CaseStatus.PARDONED: N_("Pardoned"),
    CaseStatus.FORGIVEN: N_("Forgiven by the victim’s family"),
    CaseStatus.ACQUITTED: N_("Acquitted"),
    CaseStatus.RELEASED: N_("Released"),
    CaseStatus.EXECUTED_REPORTED: N_("Reported executed"),
    CaseStatus.EXECUTED: N_("Executed"),
    CaseStatus.DIED_IN_CUSTODY: N_("Died in custody"),
    CaseStatus.UNKNOWN_FATE: N_("Fate unknown"),
    CaseStatus.MERGED: N_("Recorded twice"),
    CaseStatus.RETRACTED: N_("Withdrawn by its source"),
}
_KINDS: Final = {
    AlertKind.FIRST: N_("Urgent action"),
    AlertKind.UPDATE_NEW_DEMAND: N_("Update"),
    AlertKind.UPDATE_DEADLINE_EXTENDED: N_("Update: more time"),
    AlertKind.CORRECTION: N_("Correction"),
    AlertKind.STOP_ACTION: N_("Letters stopped"),
    AlertKind.GOOD_NEWS: N_("Good news"),
    AlertKind.EXECUTED_NOTICE: N_("Notice of a death"),
    AlertKind.CLOSED_EXPIRED: N_("Action ended"),
}
_CHARGES: Final = {
    "moharebeh": N_("enmity against God (moharebeh)"),
    "efsad_fel_arz": N_("corruption on earth (efsad-e fel-arz)"),
    "baghi": N_("armed rebellion (baghi)"),
    "qisas_murder": N_("murder (qisas, retribution in kind)"),
    "murder": N_("murder"),
    "drug": N_("drug offences"),
    "rape": N_("rape"),
    "armed_robbery": N_("armed robbery"),
    "espionage": N_("espionage"),
    "religious": N_("religious offences"),
    "same_sex": N_("consensual same-sex relations"),
    "other": N_("another charge"),
    "unknown": N_("charge not known"),
}
_CERTAINTIES: Final = {
    Certainty.OFFICIAL: N_("officially confirmed"),
    Certainty.CORROBORATED: N_("confirmed by independent sources"),
    Certainty.SINGLE_SOURCE: N_("one source only"),
    Certainty.UNCONFIRMED: N_("not confirmed"),
}
_DETAILS: Final = {
    "solitary": N_("moved to solitary confinement"),
    "execution_prison": N_("moved to the prison where executions take place"),
    "last_visit": N_("called for a last visit"),
    "family_summoned": N_("family summoned to the prison"),
    "phone_cut": N_("telephone calls cut off"),
    "date_set": N_("a date has been set"),
    "returned_to_ward": N_("returned to the ward"),
    "court": N_("by order of a court"),
    "reprieve": N_("reprieve by the governor"),
    "postponed": N_("postponed"),
    "incompetent": N_("found not competent to be executed"),
    "withdrawn": N_("the date was withdrawn"),
    "clemency_hearing": N_("clemency hearing scheduled"),
    "clemency_recommended": N_("clemency recommended"),
    "clemency_denied": N_("clemency denied"),
    "warrant_pending": N_("while a warrant for execution was pending"),
    "hanging": N_("by hanging"),
    "lethal_injection": N_("by lethal injection"),
    "nitrogen": N_("by nitrogen gas"),
    "firing_squad": N_("by firing squad"),
    "public": N_("in public"),
}
_ANNOUNCED: Final = {
    "official": N_("announced by the authorities"),
    "known_to_family_or_lawyer": N_("known to the family or the lawyer only"),
    "unannounced": N_("not announced"),
}
_DEMANDS: Final = {
    Demand.HALT: N_("Stop the execution"),
    Demand.RETRIAL: N_("A fair retrial without the death penalty"),
    Demand.COMMUTE: N_("Commute the death sentence"),
    Demand.CLEMENCY: N_("Grant clemency"),
    Demand.DISCLOSE: N_("Tell the family and the lawyer what is planned"),
    Demand.ACCESS: N_("Access to family, lawyer and medical care"),
    Demand.INVESTIGATE_TORTURE: N_("Investigate the reports of torture"),
    Demand.RELEASE: N_("Release"),
    Demand.MORATORIUM: N_("Suspend all executions"),
}
_GENDERS: Final = {"m": N_("man"), "f": N_("woman")}
_DISPOSITIONS: Final = {
    Disposition.RECORD: N_("record only"),
    Disposition.DIGEST: N_("next digest"),
    Disposition.ALERT: N_("alert at once"),
    Disposition.ACTION: N_("alert with letters"),
}
_STANDINGS: Final = {
    AlertStatus.DRAFT: N_("not handed in yet"),
    AlertStatus.PENDING: N_("waits for approval"),
    AlertStatus.RETURNED: N_("sent back"),
    AlertStatus.REJECTED: N_("turned down"),
    AlertStatus.APPROVED: N_("approved"),
    AlertStatus.PUBLISHED: N_("published"),
    AlertStatus.SUPERSEDED: N_("published, overtaken since"),
    AlertStatus.STOPPED: N_("published, stopped since"),
    AlertStatus.EXPIRED: N_("published, ended since"),
    AlertStatus.CANCELLED: N_("overtaken by the list"),
}
_LANES: Final = (N_("most urgent"), N_("urgent"), N_("soon"), N_("can wait"))
_FIELDS: Final = {
    "name_latin": N_("Name in Latin script"),
    "name_native": N_("Name in its own script"),
    "aliases": N_("Other names"),
    "status": N_("Status"),
    "detail": N_("Details"),
    "word": N_("The list’s own word"),
    "status_since": N_("Since"),
    "execution_date": N_("Date of execution"),
    "birth_date": N_("Date of birth"),
    "gender": N_("Gender"),
    "country": N_("Country"),
    "province": N_("Province"),
    "prison": N_("Prison"),
    "charges": N_("Charges"),
    "court": N_("Court"),
    "verdict_date": N_("Date of the verdict"),
    "minor_at_offence": N_("Under 18 at the time"),
    "political": N_("Political case"),
    "protest": N_("Protest case"),
    "unfair_trial": N_("Unfair trial"),
    "torture": N_("Torture reported"),
    "hunger_strike": N_("On hunger strike"),
    "announced": N_("Announced"),
    "group_size": N_("People in the group"),
    "source_name": N_("Source"),
    "source_url": N_("Address of the source"),
    "certainty": N_("How sure"),
    "note": N_("Note"),
}


def status(catalogue: Catalogue, code: CaseStatus) -> str:
    """Where the case stands: "Execution imminent"."""
    return catalogue.t(_STATUSES[code])


def kind(catalogue: Catalogue, code: AlertKind) -> str:
    """What the alert is: "Update"."""
    return catalogue.t(_KINDS[code])


def charge(catalogue: Catalogue, code: str) -> str | None:
    """A charge of domain.md section 3; None for a list's own wording."""
    return catalogue.t(_CHARGES[code]) if code in _CHARGES else None


def certainty(catalogue: Catalogue, code: Certainty) -> str:
    """How well it is known: "one source only"."""
    return catalogue.t(_CERTAINTIES[code])


def details(catalogue: Catalogue, codes: str | None) -> str | None:
    """Signs and circumstances ("solitary", "solitary+last_visit"); what is not known is left out, None when nothing is."""
    known = [catalogue.t(_DETAILS[code]) for code in re.split(r"[+,\s]+", codes or "") if code in _DETAILS]
    return catalogue.listing(known) if known else None


def announced(catalogue: Catalogue, code: str | None) -> str | None:
    """How an execution was made known; None when that is not known."""
    return catalogue.t(_ANNOUNCED[code]) if code in _ANNOUNCED else None


def demand(catalogue: Catalogue, code: Demand) -> str:
    """What is asked for, in a few words: "Stop the execution"."""
    return catalogue.t(_DEMANDS[code])


def gender(catalogue: Catalogue, code: str) -> str | None:
    """The word for "m" or "f"."""
    return catalogue.t(_GENDERS[code]) if code in _GENDERS else None


def disposition(catalogue: Catalogue, code: Disposition) -> str:
    """How far it goes: "alert at once"."""
    return catalogue.t(_DISPOSITIONS[code])


def standing(catalogue: Catalogue, code: AlertStatus) -> str:
    """Where an alert stands in review: "waits for approval"."""
    return catalogue.t(_STANDINGS[code])


def lane(catalogue: Catalogue, number: int) -> str:
    """How urgent deliveries of lane 0 to 3 are."""
    return catalogue.t(_LANES[number])


def field(catalogue: Catalogue, name: str) -> str | None:
    """The name of a field of CaseView; None for a column of the list's own."""
    return catalogue.t(_FIELDS[name]) if name in _FIELDS else None
