"""The letter of a draft before anybody approves it: to whom it goes first by rule, in which language, its very words.

As a reader whose country is not known would get it. Nothing is dealt, counted or stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from alerts.alert import OPEN, Alert
from alerts.case import PublishedCase
from alerts.chain import gone_on, opened
from alerts.letter import has_letters
from alerts.locales import N_
from alerts.render.letter import render_letter, render_translation
from alerts.serve import dealt
from alerts.store import actions, published, review
from alerts.store import targets as kept
from alerts.target import Target, channels, in_order, letter_language
from bot.context import Call
from bot.handlers import addressees, letter
from bot.handlers.act import Standing, variant_of
from bot.handlers.choices import Choice

_NO_LETTERS: Final = N_("This draft asks for no letters, or is decided already.")


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """The action once the draft is out, whom its letters go to in rank, and all officials that are kept."""

    standing: Standing
    targets: list[Target]
    there: list[Target]

    @property
    def first(self) -> Target:
        """Whom the first letter goes to; the office alone when there is nobody."""
        return self.targets[0]


async def _foresee(call: Call, alert: Alert) -> _Foreseen:
    async with call.services.sessions() as session:
        current = await actions.chain_for(session, alert)
        known = await published.published_cases(session, current.case_ids) if current else []
        there = await kept.in_force(session)
    views = {case.id: case.view for case in known}
    views |= dict(zip(alert.case_ids, alert.facts.views, strict=True))
    action = gone_on(current, alert, call.now) if current else opened(alert, call.now)
    cases = [
        PublishedCase(case_id, views[case_id], call.now) for case_id in action.case_ids if case_id in views
    ]
    standing = Standing(action, tuple(cases))
    anybody = replace(call, subscriber=None)  # not the moderator's own country
    return _Foreseen(standing, await addressees.in_rank(anybody, standing, ""), there)


async def lines(call: Call, alert: Alert) -> list[str]:
    """For the draft's sheet: whom the letters go to, and what is wrong with that; nothing where none are asked for."""
    if not alert.offers_letters:
        return []
    foreseen = await _foresee(call, alert)
    return [*_addressee_lines(call, foreseen), *_term_line(call, foreseen)]


def _addressee_lines(call: Call, foreseen: _Foreseen) -> list[str]:
    t, target = call.catalogue.t, foreseen.first
    if target.is_generic:
        is_kept = any(one.country == target.country and not one.example for one in foreseen.there)
        if not is_kept:
            return [t("No official is kept for this country: readers are sent by way of the embassy.")]
        return [
            t(
                "Attention: none of the officials kept for this country can be written to by every reader;"
                " they are sent by way of the embassy. /targets shows who is kept."
            )
        ]
    said = [
        t(
            "Letters go to: %(addressee)s (%(language)s)",
            addressee=_named(call, foreseen.standing, target),
            language=_language(call, target),
        )
    ]
    if not channels(target, addressees.hours_left(call, foreseen.standing)):
        said.append(
            t(
                "Attention: no address of theirs works in the time left; readers are sent by way of the embassy."
            )
        )
    return said


def _named(call: Call, standing: Standing, target: Target) -> str:
    """Name, title and office, as readers of the moderator's language are shown them."""
    to = addressees.cover(call, standing, target, call.catalogue).to
    return call.catalogue.c("between parts of a place", ", ").join(map(call.catalogue.isolate, to))


def _language(call: Call, target: Target) -> str:
    """What the official reads, if there are letters in it; otherwise each reader writes in their own."""
    catalogues = call.services.catalogues
    code = letter_language(target, "", addressees.languages(call))
    return catalogues[code].name if code else call.catalogue.t("the reader’s language")


def _term_line(call: Call, foreseen: _Foreseen) -> list[str]:
    """Whoever would be first, had their term not ended: most likely there is a successor whom nobody has entered."""
    best = _best_of_all_times(call, foreseen)
    if best is None or best.active_until is None or best.active_until >= call.now.date():
        return []
    return [
        call.catalogue.t(
            "Attention: the term of office of %(addressee)s ended on %(date)s. /targets shows who is kept.",
            addressee=_named(call, foreseen.standing, best),
            date=call.catalogue.date(best.active_until),
        )
    ]


def _best_of_all_times(call: Call, foreseen: _Foreseen) -> Target | None:
    endless = [one.model_copy(update={"active_until": None}) for one in foreseen.there]
    ranked = in_order(
        endless,
        foreseen.standing.views,
        hours_left=addressees.hours_left(call, foreseen.standing),
        reader_country=None,
        today=call.now.date(),
    )
    first: Sequence[Target] = ranked[:1]
    return next((one for one in foreseen.there if one.id in {each.id for each in first}), None)


async def show(call: Call, alert_id: int) -> None:
    """The letter in the addressee's language and in the moderator's, with none of the buttons that serve one."""
    async with call.services.sessions() as session:
        alert = await review.alert_by_id(session, alert_id)
    if alert is None or alert.status not in OPEN or not alert.offers_letters:
        await call.say(_NO_LETTERS)
        return
    t = call.catalogue.t
    await call.reply(
        call.written(
            "\n".join(
                (
                    t("Draft %(number)s, revision %(revision)s", number=alert.id, revision=alert.revision),
                    t("The first letter as it stands now. Nothing is served or counted by showing it."),
                )
            )
        )
    )
    foreseen = await _foresee(call, alert)
    target, standing = foreseen.first, foreseen.standing
    choice = Choice(
        standing.action.number, target.id, addressees.language_for(call, target), dealt(earlier=0)
    )
    composed = letter.filled(call, standing, foreseen.targets, target, choice)
    messages = render_letter(
        composed.letter,
        call.catalogue,
        variant_of(call),
        deadline=standing.action.deadline,
        cover=addressees.cover(call, standing, target, composed.written_in),
        written_in=composed.written_in,
    )
    if choice.language != call.catalogue.locale and has_letters(call.catalogue.locale):
        own = replace(choice, language=call.catalogue.locale)
        translation = letter.filled(call, standing, foreseen.targets, target, own).letter
        messages += render_translation(translation, call.catalogue, variant_of(call))
    for message in messages:
        await call.reply(replace(message, silent=True, keyboard=()))
