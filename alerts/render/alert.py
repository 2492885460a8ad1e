"""One published (or previewed) alert as its readers get it: preview and delivery are this same function.

The text is made from coded facts; moderators' free text stands in it as they wrote it. Which chat gets which
variant is subscribers' matter; what a tapped button does is bot's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alerts.alert import Alert, AlertKind
from alerts.case import DEATHS, RELIEF, CaseStatus
from alerts.day import zone_of
from alerts.locales import N_, SOURCE_LOCALE, Catalogue, terms
from alerts.render import person
from alerts.render.builder import TextBuilder, plain, shortened
from alerts.render.headline import condolence, headline
from alerts.render.message import Button, Keyboard, Message, Variant, units

MOST_UNITS: Final = 900
"""Most that an alert says; what is less urgent gives way and stays one tap away, under Details."""

_SPACES: Final = 12
"""Empty lines, separators and direction marks."""

_WAIT: Final = N_("No letters are asked for at the moment. We keep watching the case.")
_HELD: Final = N_("Letters are held while we find out what helps now. Please wait for our next message.")
_WAIT_BY_STATUS: Final = {
    **dict.fromkeys(RELIEF, N_("No more letters are needed. Thank you to everyone who wrote.")),
    CaseStatus.STAYED: _HELD,
    CaseStatus.QUASHED: _HELD,
}
_WAIT_BY_KIND: Final = {
    AlertKind.STOP_ACTION: N_(
        "Letters could now do harm, or events have overtaken them. We keep watching the case."
    ),
    AlertKind.CLOSED_EXPIRED: N_(
        "Its deadline has passed: please send no more letters. We keep watching the case."
    ),
}

WRITE_LETTER: Final = N_("Write a letter")
SIGN_PETITION: Final = N_("Sign the petition")
SHARE: Final = N_("Share")
SENT_IT: Final = N_("I sent it")
DETAILS: Final = N_("Details")
_LATEST_AND_LETTER: Final = N_("Latest and letter")
_LATEST: Final = N_("Latest")


def render_alert(alert: Alert, catalogue: Catalogue, variant: Variant, *, number: str | None) -> Message:
    """The message of `alert` for one locale and variant; `number` ("UA-26/014.1") None while it has none.

    Without a number there are no letter buttons, since they name it. Deaths are silent and carry no petition.
    """
    asks, may_send = alert.offers_letters, variant.may_send
    first = headline(catalogue, alert, asks=asks, reader_may_send=may_send)
    says = _says(catalogue, alert)
    ends = _ends(catalogue, alert, asks=asks, may_send=may_send)
    reference = _reference(catalogue, alert, number) if number is not None else ""
    latest = catalogue.t(_LATEST_AND_LETTER if asks and may_send else _LATEST)
    fixed = sum(units(line) + 1 for line in (first, says, *ends, reference, latest)) + _SPACES
    facts, own = _fitting(catalogue, alert, MOST_UNITS - fixed, both_scripts=not variant.is_plain)
    text = TextBuilder(catalogue, variant).bold(first).line().line()
    for line in (*facts, says):
        text.line(line)
    if own:
        text.line().line(own)
    text.line()
    for line in ends:
        text.line(line)
    if number is not None:
        text.line().add(f"{reference} · ").link(latest, _payload(alert, number, may_write=asks and may_send))
    keyboard = _keyboard(catalogue, alert, variant, number if asks else None)
    return text.build(keyboard, silent=alert.is_silent)


def _says(catalogue: Catalogue, alert: Alert) -> str:
    """Who says so, and whether the authorities have, where that is the same for everybody."""
    views = alert.facts.views
    parts = (person.says_who(catalogue, *views), person.announcement(catalogue, *views))
    return " ".join(part for part in parts if part)


def _ends(catalogue: Catalogue, alert: Alert, *, asks: bool, may_send: bool) -> list[str]:
    """What to do, and until when."""
    lines = [_what_to_do(catalogue, alert, asks=asks, may_send=may_send)]
    if asks and may_send and alert.facts.deadline is not None:
        deadline = catalogue.moment(alert.facts.deadline, zone_of(alert.facts.view.country))
        lines.append(catalogue.t("Deadline: %(deadline)s", deadline=deadline))
    return lines


def _payload(alert: Alert, number: str, *, may_write: bool) -> str:
    """Of the deep link to what is newest; where letters are asked for, to the letter."""
    return letter_payload(number) if may_write else f"c_{alert.case_id}"


def letter_payload(number: str) -> str:
    """Of the deep link to an action's letter, whatever update of it is shown: "l_26_014"."""
    return f"l_{number.partition('.')[0].removeprefix('UA-').replace('/', '_')}"


def letter_button(catalogue: Catalogue, number: str, variant: Variant, label: str | None = None) -> Button:
    """Opens the letter of an action, whatever update of it is shown; in groups by way of a private chat."""
    first = number.partition(".")[0]
    text = label or catalogue.t(WRITE_LETTER)
    if variant is Variant.GROUP:
        return Button(text, start=letter_payload(number))
    return Button(text, data=f"letter:{first}")


def details_button(catalogue: Catalogue, case_id: int, variant: Variant, label: str | None = None) -> Button:
    """Opens the case; in groups by way of a private chat."""
    text = label or catalogue.t(DETAILS)
    return (
        Button(text, start=f"c_{case_id}")
        if variant is Variant.GROUP
        else Button(text, data=f"case:{case_id}")
    )


def _fitting(catalogue: Catalogue, alert: Alert, room: int, *, both_scripts: bool) -> tuple[list[str], str]:
    """The lines of facts in reading order, and the moderators' own words; what is last in rank gives way."""
    ranked = _ranked(catalogue, alert, both_scripts=both_scripts)
    own = in_own_words(catalogue, alert.texts)
    most_pressing = sum(units(line) + 1 for rank, line in ranked if line is not None and rank == 0)
    own = shortened(own, max(room - most_pressing - 1, 0)) if own else ""
    room -= units(own) + 1 if own else 0
    kept: set[int] = set()
    for index in sorted(range(len(ranked)), key=lambda index: ranked[index][0]):
        line = ranked[index][1]
        if line is not None and units(line) < room:
            room -= units(line) + 1
            kept.add(index)
    return [line for index, (_, line) in enumerate(ranked) if line is not None and index in kept], own


def _ranked(catalogue: Catalogue, alert: Alert, *, both_scripts: bool) -> list[tuple[int, str | None]]:
    """(rank, line) in reading order; the lower the rank, the sooner a line finds room."""
    view, views = alert.facts.view, alert.facts.views
    place = person.place(catalogue, view)
    details = terms.details(catalogue, view.detail) if len({one.detail for one in views}) == 1 else None
    were_minors = all(one.minor_at_offence for one in views)
    is_one_charge = len({one.charges for one in views}) == 1
    return [
        (0, _who(catalogue, alert, both_scripts=both_scripts)),
        (2, catalogue.t("Under 18 at the time of the alleged offence.") if were_minors else None),
        (3, catalogue.t("Place: %(place)s", place=place) if place else None),
        (5, person.charges_line(catalogue, view) if is_one_charge else None),
        *((1, line) for line in _what_changed(catalogue, alert)),
        (4, catalogue.t("Circumstances: %(details)s", details=details) if details else None),
    ]


def _who(catalogue: Catalogue, alert: Alert, *, both_scripts: bool) -> str | None:
    """The names in full, unless the headline has them so already."""
    views = alert.facts.views
    if len(views) > 1:
        return catalogue.t(
            "Names: %(names)s", names=person.names(catalogue, views, both_scripts=both_scripts)
        )
    full_name = person.full_name(catalogue, views[0])
    if not both_scripts or full_name == person.name(catalogue, views[0]):
        return None
    return catalogue.t("Name: %(name)s", name=full_name)


def _what_changed(catalogue: Catalogue, alert: Alert) -> list[str]:
    if alert.kind is AlertKind.CLOSED_EXPIRED:
        return []
    if alert.kind is AlertKind.CORRECTION:
        return person.what_was_wrong(catalogue, alert.facts)
    return person.what_changed(catalogue, alert.facts)


def in_own_words(catalogue: Catalogue, texts: Mapping[str, str]) -> str:
    """What a moderator wrote in this language, else in another one behind a visible note; "" when nobody did."""
    own = plain(texts.get(catalogue.locale, ""))
    if own:
        return own
    others = [SOURCE_LOCALE, *sorted(texts)]
    fallback = next((written for locale in others if (written := plain(texts.get(locale, "")))), None)
    if fallback is None:
        return ""
    note = catalogue.t("Not yet translated:")
    return f"{note}\n{_isolated_lines(catalogue, fallback)}"


def _isolated_lines(catalogue: Catalogue, text: str) -> str:
    """An isolate ends with its paragraph, so each line has its own."""
    return "\n".join(catalogue.isolate(line) for line in text.split("\n"))


def _what_to_do(catalogue: Catalogue, alert: Alert, *, asks: bool, may_send: bool) -> str:
    if alert.status_in_law in DEATHS:
        mourning = condolence(catalogue, alert)
        stop = catalogue.t("Please send no more letters for this case.")
        return f"{mourning}\n{stop}" if may_send else mourning
    if not may_send:
        return catalogue.t("Nothing is asked of you.")
    if asks:
        button = catalogue.t(WRITE_LETTER)
        return catalogue.t("What you can do: send a short, polite letter. Tap “%(button)s”.", button=button)
    by_status = _WAIT_BY_STATUS.get(alert.status_in_law, _WAIT)
    return catalogue.t(_WAIT_BY_KIND.get(alert.kind, by_status))


def _reference(catalogue: Catalogue, alert: Alert, number: str) -> str:
    kind = terms.kind(catalogue, alert.kind)
    return catalogue.t("%(kind)s %(number)s", kind=kind, number=catalogue.identifier(number))


def _keyboard(catalogue: Catalogue, alert: Alert, variant: Variant, number: str | None) -> Keyboard:
    """What is asked for, then Details. In groups every button is a deep link (safety.md 15)."""
    details = details_button(catalogue, alert.case_id, variant)
    if number is None or not variant.may_send:
        return ((details,),)
    rows: list[tuple[Button, ...]] = [(letter_button(catalogue, number, variant),)]
    if variant is Variant.GROUP:
        return (*rows, (details,))
    if alert.facts.petitions:
        rows.append((act_button(catalogue, SIGN_PETITION, "sign", number),))
    rows.append(
        (act_button(catalogue, SHARE, "share", number), act_button(catalogue, SENT_IT, "sent", number))
    )
    return (*rows, (details,))


def act_button(catalogue: Catalogue, label: str, verb: str, number: str) -> Button:
    """A reader's way of taking part in an action, by its public number."""
    return Button(catalogue.t(label), data=f"{verb}:{number.partition('.')[0]}")
