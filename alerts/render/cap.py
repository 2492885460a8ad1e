"""A published alert as XML of the Common Alerting Protocol 1.2, for aggregators and archives of warnings.

What maps to what: domain.md section 6. Identifier and time are those of the publication, so that every export of an
alert is the same alert. CAP's response type "Execute" is never used: here it would be read as something else. Knows
published alerts only; drills have no way in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree import ElementTree as ET

from alerts.alert import Alert, AlertKind
from alerts.case import CERTAIN, DEATHS, IN_DANGER, RELIEF, CaseStatus, CaseView
from alerts.day import zone_of
from alerts.locales import N_, SOURCE_LOCALE, Catalogue, Catalogues, terms
from alerts.render import person
from alerts.render.builder import plain
from alerts.render.headline import condolence, headline

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
EVENT_LENGTH: Final = 35
"""Longest <event>, in characters (domain.md section 6)."""

_SOON: Final = timedelta(days=7)
_ELLIPSIS: Final = "…"
_UNFIT: Final = re.compile(r"[\s,<&]")
_JOINERS: Final = "\u200c\u200d"  # Persian spelling needs them; every other format character goes
_IN_ERROR: Final = frozenset({CaseStatus.RETRACTED, CaseStatus.MERGED})
"""What a correction says of an alert that should never have been issued; any other mistake is put right by an Update."""

_EXTREME: Final = DEATHS | {CaseStatus.IMMINENT, CaseStatus.SCHEDULED}
_SEVERE: Final = frozenset(
    {CaseStatus.UPHELD, CaseStatus.RETRIAL_REJECTED, CaseStatus.SENT_FOR_IMPLEMENTATION}
)
_SENT: Final = N_("The full text and the addressee are with urgent action %(number)s.")
_ASKS: Final = N_("What you can do: send a short, polite letter until %(deadline)s.")
_ASKS_WITHOUT_DEADLINE: Final = N_("What you can do: send a short, polite letter.")
_STOP: Final = {
    AlertKind.STOP_ACTION: N_(
        "Letters could now do harm, or events have overtaken them. We keep watching the case."
    ),
    AlertKind.CLOSED_EXPIRED: N_(
        "Its deadline has passed: please send no more letters. We keep watching the case."
    ),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who issues the alerts. `sender` is CAP's: an address or host, the same in every export; `web` a page or empty."""

    sender: str
    organisation: str = ""
    contact: str = ""
    web: str = ""

    def __post_init__(self) -> None:
        """Refuse what CAP's references, which put names between commas and spaces, cannot hold (ValueError)."""
        if not self.sender or _UNFIT.search(self.sender):
            msg = f"{self.sender!r} cannot be a sender: no spaces, commas, < or &, and not empty"
            raise ValueError(msg)


def cap_xml(alert: Alert, chain: Sequence[Alert], catalogues: Catalogues, speaker: Speaker) -> bytes:
    """`alert` as CAP, UTF-8 with its declaration; `chain` is all that was published of its action, in any order.

    ValueError when it was not published or has no number.
    """
    earlier = [one for one in chain if _order(one) < _order(alert)]
    root = ET.Element("alert", xmlns=NAMESPACE)
    _add(root, "identifier", _identifier(alert))
    _add(root, "sender", speaker.sender)
    _add(root, "sent", _instant(_sent(alert)))
    _add(root, "status", "Actual")
    kind = _message_type(alert, is_first=not earlier)
    _add(root, "msgType", kind)
    _add(root, "scope", "Public")
    if kind == "Cancel":
        _add(root, "note", _headline(catalogues[SOURCE_LOCALE], alert))
    references = [
        f"{speaker.sender},{_identifier(one)},{_instant(_sent(one))}" for one in sorted(earlier, key=_order)
    ]
    _add(root, "references", " ".join(references))
    for code in catalogues.codes:
        _add_info(root, alert, catalogues[code], speaker)
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _add_info(root: ET.Element, alert: Alert, catalogue: Catalogue, speaker: Speaker) -> None:
    """One language's block; the order of its parts is the schema's."""
    info = ET.SubElement(root, "info")
    _add(info, "language", catalogue.locale)
    _add(info, "category", "Other")
    _add(info, "event", _event(catalogue, alert))
    _add(info, "responseType", _response_type(alert))
    _add(info, "urgency", _urgency(alert))
    _add(info, "severity", _severity(alert))
    _add(info, "certainty", _certainty(alert))
    deadline = alert.facts.deadline
    if deadline is not None and deadline > _sent(alert):
        _add(info, "expires", _instant(deadline))
    _add(info, "senderName", speaker.organisation)
    _add(info, "headline", _headline(catalogue, alert))
    _add(info, "description", _description(catalogue, alert))
    _add(info, "instruction", _instruction(catalogue, alert))
    _add(info, "web", speaker.web)
    _add(info, "contact", speaker.contact)
    place = _shown(person.place(catalogue, alert.facts.view) or "")
    if place:
        area = ET.SubElement(info, "area")
        _add(area, "areaDesc", place)
        if alert.facts.view.country:
            code = ET.SubElement(area, "geocode")
            _add(code, "valueName", "ISO 3166-1")
            _add(code, "value", alert.facts.view.country)


def _add(parent: ET.Element, name: str, text: str) -> None:
    """A part of the message; one that would say nothing is left out."""
    shown = _shown(text)
    if shown:
        ET.SubElement(parent, name).text = shown


def _shown(text: str) -> str:
    """Without isolates, joiners of words, marks and controls: who reads XML lays out text by rules of their own."""
    kept = (char for char in text if char == "\n" or char in _JOINERS or unicodedata.category(char)[0] != "C")
    return "".join(kept).strip()


def _identifier(alert: Alert) -> str:
    if alert.number is None:
        msg = f"alert {alert.id} has no number: it sent nothing"
        raise ValueError(msg)
    return alert.number


def _sent(alert: Alert) -> datetime:
    if alert.published_at is None:
        msg = f"alert {alert.id} was not published"
        raise ValueError(msg)
    return alert.published_at


def _instant(moment: datetime) -> str:
    """CAP wants whole seconds, and an offset even for UTC, which it writes -00:00."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _order(alert: Alert) -> tuple[datetime, int]:
    return _sent(alert), alert.id


def _message_type(alert: Alert, *, is_first: bool) -> str:
    if is_first:
        return "Alert"
    in_error = alert.kind is AlertKind.CORRECTION and alert.status_in_law in _IN_ERROR
    return "Cancel" if in_error else "Update"


def _event(catalogue: Catalogue, alert: Alert) -> str:
    event = _shown(terms.status(catalogue, alert.status_in_law))
    return event if len(event) <= EVENT_LENGTH else event[: EVENT_LENGTH - 1].rstrip() + _ELLIPSIS


def _response_type(alert: Alert) -> str:
    if alert.kind is AlertKind.GOOD_NEWS and alert.status_in_law in RELIEF:
        return "AllClear"
    return "Monitor" if alert.status_in_law in IN_DANGER and alert.kind not in _STOP else "None"


def _urgency(alert: Alert) -> str:
    view, status = alert.facts.view, alert.status_in_law
    if status is CaseStatus.UNKNOWN_FATE:
        return "Unknown"
    if status not in IN_DANGER:
        return "Past"
    if status is CaseStatus.IMMINENT or _is_soon(view, _sent(alert)):
        return "Immediate"
    has_date = view.execution_date is not None or status is CaseStatus.SCHEDULED
    return "Expected" if has_date or status is CaseStatus.SENT_FOR_IMPLEMENTATION else "Future"


def _is_soon(view: CaseView, sent: datetime) -> bool:
    """Whether the date may lie within seven days; of a month or year that is known, its first day."""
    day = view.execution_date
    return day is not None and day.first <= (sent + _SOON).astimezone(zone_of(view.country)).date()


def _severity(alert: Alert) -> str:
    view, status = alert.facts.view, alert.status_in_law
    if status is CaseStatus.UNKNOWN_FATE:
        return "Unknown"
    # Lists set a date weeks before they change the word (domain.md section 2, rule 8).
    if status in _EXTREME or (status in IN_DANGER and view.execution_date is not None):
        return "Extreme"
    if status in _SEVERE:
        return "Severe"
    return "Moderate" if status in IN_DANGER else "Minor"


def _certainty(alert: Alert) -> str:
    certainty = alert.facts.view.certainty
    if certainty is None:
        return "Unknown"
    if certainty not in CERTAIN:
        return "Possible"
    return "Likely" if alert.status_in_law in IN_DANGER else "Observed"


def _headline(catalogue: Catalogue, alert: Alert) -> str:
    return headline(catalogue, alert, asks=alert.offers_letters, reader_may_send=True)


def _description(catalogue: Catalogue, alert: Alert) -> str:
    """The coded facts, who says so, and what a moderator wrote in this language."""
    view, views = alert.facts.view, alert.facts.views
    changed = person.what_was_wrong if alert.kind is AlertKind.CORRECTION else person.what_changed
    details = terms.details(catalogue, view.detail) if len({one.detail for one in views}) == 1 else None
    place = person.place(catalogue, view)
    lines = [
        _who(catalogue, views),
        catalogue.t("Under 18 at the time of the alleged offence.")
        if all(one.minor_at_offence for one in views)
        else None,
        catalogue.t("Place: %(place)s", place=place) if place else None,
        person.charges_line(catalogue, view) if len({one.charges for one in views}) == 1 else None,
        *(changed(catalogue, alert.facts) if alert.kind is not AlertKind.CLOSED_EXPIRED else []),
        catalogue.t("Circumstances: %(details)s", details=details) if details else None,
        person.says_who(catalogue, *views),
        person.announcement(catalogue, *views),
        plain(alert.texts.get(catalogue.locale, "")),
    ]
    return "\n".join(line for line in lines if line)


def _who(catalogue: Catalogue, views: Sequence[CaseView]) -> str:
    names = person.names(catalogue, views, both_scripts=True)
    if len(views) > 1:
        return catalogue.t("Names: %(names)s", names=names)
    return catalogue.t("Name: %(name)s", name=names)


def _instruction(catalogue: Catalogue, alert: Alert) -> str:
    if alert.status_in_law in DEATHS:
        stop = catalogue.t("Please send no more letters for this case.")
        return f"{condolence(catalogue, alert)}\n{stop}"
    if not alert.offers_letters:
        wait = N_("No letters are asked for at the moment. We keep watching the case.")
        return catalogue.t(_STOP.get(alert.kind, wait))
    deadline = alert.facts.deadline
    asks = (
        catalogue.t(_ASKS_WITHOUT_DEADLINE)
        if deadline is None
        else catalogue.t(_ASKS, deadline=catalogue.moment(deadline, zone_of(alert.facts.view.country)))
    )
    return f"{asks} {catalogue.t(_SENT, number=catalogue.identifier(_identifier(alert)))}"
