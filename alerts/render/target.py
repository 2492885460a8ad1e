"""Officials to write to as moderators see them: the list by country, one with everything, what a proposal changes.

Addresses and sources stand as they are, monospaced, so that they can be read letter by letter and nothing becomes a
link; all other text is made neutral. Readers see officials in `render.letter` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from itertools import groupby
from typing import Final

from alerts.locales import N_, Catalogue, terms
from alerts.render import person
from alerts.render.builder import TextBuilder
from alerts.render.message import Keyboard, Message
from alerts.target import RECHECK, Kept, TargetEntry, differing, is_due, is_reachable, kind_name
from alerts.target.words import state_name

FIELDS: Final = {
    "kind": N_("Office"),
    "title": N_("Title"),
    "name": N_("Name of who holds the office"),
    "organisation": N_("Organisation"),
    "gender": N_("Gender of who holds the office"),
    "salutations": N_("Salutation"),
    "postal": N_("Postal address"),
    "emails": N_("E-mail"),
    "phone": N_("Telephone"),
    "url": N_("Form or finder"),
    "handle": N_("Social media"),
    "languages": N_("Languages to write in"),
    "reader_countries": N_("For readers in"),
    "provinces": N_("Only for these provinces"),
    "prisons": N_("Only for these prisons"),
    "active_from": N_("In office from"),
    "active_until": N_("In office until"),
    "sources": N_("Sources"),
    "example": N_("Example"),
    "note": N_("Note for moderators"),
}
"""What moderators call the fields; `key` and `country` name the entry and cannot be changed in it."""
_EXACT: Final = frozenset({"emails", "phone", "url", "handle", "sources"})
_LONG: Final = 1000


def render_targets(
    catalogue: Catalogue, page: Sequence[Kept], total: int, today: date, keyboard: Keyboard = ()
) -> Message:
    """A page of officials by country, each with where it stands; `total` counts all pages."""
    text = TextBuilder(catalogue)
    text.line(catalogue.n("%(number)s official is kept", "%(number)s officials are kept", total))
    for country, group in groupby(page, key=lambda kept: kept.shown.country):
        text.line().bold(catalogue.country(country)).line()
        for kept in group:
            standing = catalogue.listing(_standings(catalogue, kept, today))
            text.line(f"{label_of(catalogue, kept.shown)}: {standing}")
    return text.build(keyboard)


def label_of(catalogue: Catalogue, entry: TargetEntry) -> str:
    """What an official is called in lists and on buttons: the title, or the office, and whose."""
    title = entry.title_in(catalogue.locale) or kind_name(catalogue, entry.kind)
    parts = [person.listed(catalogue, part) for part in (title, entry.organisation) if part]
    return catalogue.c("between parts of a place", ", ").join(parts)


def _standings(catalogue: Catalogue, kept: Kept, today: date) -> list[str]:
    """Everything to know at a glance, what asks for a moderator first."""
    t, target = catalogue.t, kept.target
    found = [t("a proposal waits")] if kept.proposal else []
    if kept.retired_at is not None:
        found.append(t("retired"))
    if target is None:
        return found
    if target.example:
        return [*found, t("example, never served")]
    if target.active_until and target.active_until < today:
        found.append(t("term of office over, not served"))
    if not is_reachable(target):
        found.append(t("no address works"))
    elif any(not target.works(address) for address in target.addresses):
        found.append(t("an address failed"))
    found.append(t("must be checked") if is_due(target, today) else t("checked"))
    return found


def render_target(catalogue: Catalogue, kept: Kept, today: date, keyboard: Keyboard = ()) -> Message:
    """One official with everything that is kept, when it was checked, and what became of its addresses."""
    text, entry = TextBuilder(catalogue), kept.shown
    text.bold(f"{label_of(catalogue, entry)} ({catalogue.country(entry.country)})").line()
    text.line(catalogue.listing(_standings(catalogue, kept, today)))
    text.line(catalogue.t("Key: %(key)s", key=catalogue.identifier(kept.key)))
    if kept.value is not None:
        for line in _checked_lines(catalogue, kept):
            text.line(line)
        text.line()
        for field in differing(None, entry):
            if field in FIELDS:
                _add_field(text, catalogue, entry, field, kept)
    return text.build(keyboard)


def _checked_lines(catalogue: Catalogue, kept: Kept) -> Iterator[str]:
    if kept.shown.example:
        yield catalogue.t("An example: nobody has checked it, and no reader is given it.")
    elif kept.verified_at is None:
        yield catalogue.t("Nobody has checked it yet.")
    else:
        checked = kept.verified_at.astimezone(UTC).date()
        days = {"checked": catalogue.date(checked), "again": catalogue.date(checked + RECHECK)}
        yield catalogue.t("Last checked on %(checked)s; again by %(again)s.", **days)


def render_proposal(
    catalogue: Catalogue, before: TargetEntry | None, after: TargetEntry, keyboard: Keyboard = ()
) -> Message:
    """What a proposal would change in what is in force; of a new official, everything."""
    text, t = TextBuilder(catalogue), catalogue.t
    head = t("Proposed change") if before else t("Proposed: a new official to write to")
    text.bold(f"{head}: {label_of(catalogue, after)} ({catalogue.country(after.country)})").line()
    text.line(t("Key: %(key)s", key=catalogue.identifier(after.key)))
    for field in differing(before, after):
        if field in FIELDS:
            _add_field(text, catalogue, after, field)
        elif before is not None:  # the country, by which it would be served for other cases
            was, will = catalogue.country(before.country), catalogue.country(after.country)
            text.line(t("Changed from “%(before)s” to “%(after)s”.", before=was, after=will))
    return text.build(keyboard)


def _add_field(
    text: TextBuilder, catalogue: Catalogue, entry: TargetEntry, field: str, kept: Kept | None = None
) -> None:
    """A field behind its label; several values one a line, each with what became of it."""
    values = list(values_of(catalogue, entry, field))
    if not values:
        text.line(catalogue.t("%(field)s: nothing", field=catalogue.t(FIELDS[field])))
    for value in values:
        text.add(catalogue.t("%(field)s:", field=catalogue.t(FIELDS[field])) + " ")
        if field in _EXACT:
            text.code(value)
        else:
            text.add(person.listed(catalogue, value, _LONG))
        if kept is not None and value in kept.states:
            text.add(f" ({state_name(catalogue, kept.states[value])})")
        text.line()


def values_of(catalogue: Catalogue, entry: TargetEntry, field: str) -> Iterator[str]:
    """The values of a field in words, one each; none when it is empty."""
    value = getattr(entry, field)
    if field == "kind":
        yield kind_name(catalogue, entry.kind)
    elif field == "gender":
        yield terms.gender(catalogue, value) or str(value)
    elif field == "example":
        yield catalogue.t("yes") if value else catalogue.t("no")
    elif field == "reader_countries":
        yield from (catalogue.country(code) for code in value)
    elif isinstance(value, dict):
        yield from (f"{language}: {words}" if language else words for language, words in value.items())
    elif isinstance(value, tuple):
        yield from value
    elif isinstance(value, date):
        yield catalogue.date(value)
    elif value:
        yield str(value)
