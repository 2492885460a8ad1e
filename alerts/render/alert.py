"""One published (or previewed) alert as its readers get it: preview and delivery are this same function.

The text is made from coded facts; moderators' free text stands in it as they wrote it. Which chat gets which
variant is subscribers' matter; what a tapped button does is bot's.
"""

from __future__ import annotations

from datetime import UTC
from typing import Final

from alerts.alert import Alert, AlertKind
from alerts.case import DEATHS, RELIEF, CaseStatus
from alerts.locales import N_, SOURCE_LOCALE, Catalogue, terms
from alerts.render import person
from alerts.render.builder import TextBuilder, plain
from alerts.render.headline import condolence, headline
from alerts.render.message import Button, Keyboard, Message, Variant, units

FACTS_UNITS: Final = 900
"""Most that the coded facts take; what is less urgent gives way and stays one tap away, under Details."""

_TAIL_UNITS: Final = 400
"""Of these, kept free for who says so, what to do, the deadline and the number."""

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
DETAILS: Final = N_("Details")


def render_alert(alert: Alert, catalogue: Catalogue, variant: Variant, *, number: str | None) -> Message:
    """The message of `alert` for one locale and variant; `number` ("UA-26/014.1") None while it has none.

    Without a number there are no letter buttons, since they name it. Deaths are silent and carry no petition.
    """
    asks = alert.offers_letters
    may_send = variant is not Variant.READ_ONLY
    first = headline(catalogue, alert, asks=asks, reader_may_send=may_send)
    facts = _fitting(catalogue, alert, FACTS_UNITS - units(first))
    text = TextBuilder(catalogue, variant).bold(first).line().line()
    for line in facts:
        text.line(line)
    text.line(person.says_who(catalogue, alert.facts.view))
    _add_free_text(text, catalogue, alert)
    text.line().line(_what_to_do(catalogue, alert, asks=asks, may_send=may_send))
    if asks and may_send and alert.facts.deadline is not None:
        deadline = catalogue.moment(alert.facts.deadline, UTC)
        text.line(catalogue.t("Deadline: %(deadline)s", deadline=deadline))
    if number is not None:
        text.line().line(_reference(catalogue, alert, number))
    keyboard = _keyboard(catalogue, alert, variant, number if asks else None)
    return text.build(keyboard, silent=alert.is_silent)


def letter_button(catalogue: Catalogue, number: str, variant: Variant, label: str | None = None) -> Button:
    """Opens the letter of an action, whatever update of it is shown; in groups by way of a private chat."""
    first = number.partition(".")[0]
    text = label or catalogue.t(WRITE_LETTER)
    if variant is Variant.GROUP:
        return Button(text, start=f"l_{first.removeprefix('UA-').replace('/', '_')}")
    return Button(text, data=f"letter:{first}")


def details_button(catalogue: Catalogue, case_id: int, variant: Variant, label: str | None = None) -> Button:
    """Opens the case; in groups by way of a private chat."""
    text = label or catalogue.t(DETAILS)
    return (
        Button(text, start=f"c_{case_id}")
        if variant is Variant.GROUP
        else Button(text, data=f"case:{case_id}")
    )


def _fitting(catalogue: Catalogue, alert: Alert, room: int) -> list[str]:
    """The lines of facts in reading order; the last in rank are left out when there is no room."""
    view = alert.facts.view
    place = person.place(catalogue, view)
    details = terms.details(catalogue, view.detail)
    full_name = person.full_name(catalogue, view)
    is_in_headline = full_name == person.name(catalogue, view)
    ranked = [  # (rank, line) in reading order
        (0, None if is_in_headline else catalogue.t("Name: %(name)s", name=full_name)),
        (2, catalogue.t("Under 18 at the time of the alleged offence.") if view.minor_at_offence else None),
        (3, catalogue.t("Place: %(place)s", place=place) if place else None),
        (5, person.charges_line(catalogue, view)),
        *((1, line) for line in _what_changed(catalogue, alert)),
        (4, catalogue.t("Circumstances: %(details)s", details=details) if details else None),
    ]
    room -= _TAIL_UNITS
    kept: set[int] = set()
    for index in sorted(range(len(ranked)), key=lambda index: ranked[index][0]):
        line = ranked[index][1]
        if line is not None and units(line) < room:
            room -= units(line) + 1
            kept.add(index)
    return [line for index, (_, line) in enumerate(ranked) if line is not None and index in kept]


def _what_changed(catalogue: Catalogue, alert: Alert) -> list[str]:
    if alert.kind is AlertKind.CLOSED_EXPIRED:
        return []
    if alert.kind is AlertKind.CORRECTION:
        return person.what_was_wrong(catalogue, alert.facts)
    return person.what_changed(catalogue, alert.facts)


def _add_free_text(text: TextBuilder, catalogue: Catalogue, alert: Alert) -> None:
    own = plain(alert.texts.get(catalogue.locale, ""))
    if own:
        text.line().line(own)
        return
    others = [SOURCE_LOCALE, *sorted(alert.texts)]
    fallback = next((written for locale in others if (written := plain(alert.texts.get(locale, "")))), None)
    if fallback is not None:
        text.line().line(catalogue.t("Not yet translated:")).line(_isolated_lines(catalogue, fallback))


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
    buttons = []
    if number is not None and variant is not Variant.READ_ONLY:
        buttons.append(letter_button(catalogue, number, variant))
        if alert.facts.petitions and variant is not Variant.GROUP:
            buttons.append(Button(catalogue.t(SIGN_PETITION), url=alert.facts.petitions[0].url))
    buttons.append(details_button(catalogue, alert.case_id, variant))
    return tuple((button,) for button in buttons)
