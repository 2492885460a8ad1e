"""The person and the facts of a case in words: names, place, charge, what changed, who says so.

Everything that came from a list is made neutral, cut to a bearable length and isolated here, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from unicodedata import bidirectional

from alerts.alert import Facts
from alerts.case import LIVING, RELIEF, CaseStatus, CaseView, Certainty
from alerts.locales import N_, Catalogue, terms
from alerts.render.builder import ELLIPSIS, neutral

_ANNOUNCED: Final = {
    "official": N_("The authorities have announced it."),
    "known_to_family_or_lawyer": N_("Only the family or the lawyer has been told."),
    "unannounced": N_("The authorities have not announced it."),
}
_LESS_SURE: Final = (
    Certainty.OFFICIAL,
    Certainty.CORROBORATED,
    None,
    Certainty.SINGLE_SOURCE,
    Certainty.UNCONFIRMED,
)
"""Certainties, the surest first; one that is not known takes back the sure ones, not a warning."""
_NAME: Final = 60
_PLACE: Final = 40
_CHARGES: Final = 3
_NAMED: Final = 3
"""People who are named in a headline."""
_DATED: Final = (LIVING - RELIEF) | {CaseStatus.EXECUTED}
"""Statuses in which a date of execution still means something."""


def listed(catalogue: Catalogue, text: str, limit: int = _NAME) -> str:
    """Text from a list, safe to put between our words; `limit` in UTF-16 units. Empty when nothing is visible."""
    return catalogue.isolate(neutral(text, limit))


def name(catalogue: Catalogue, view: CaseView) -> str:
    """The name in the reader's script where there is one."""
    own, other = _both(catalogue, view)
    if not (own or other) and view.group_size:
        return catalogue.n("a group of %(number)s person", "a group of %(number)s people", view.group_size)
    return own or other or catalogue.t("a person whose name is withheld")


def full_name(catalogue: Catalogue, view: CaseView) -> str:
    """The name in both scripts: "Arman Nemuneh (آرمان نمونه)"."""
    own, other = _both(catalogue, view)
    if not own or not other or own == other:
        return name(catalogue, view)
    return f"{own} ({other})"


def names(catalogue: Catalogue, views: Sequence[CaseView], *, both_scripts: bool) -> str:
    """Everybody, one after the other."""
    shown = full_name if both_scripts else name
    return catalogue.listing([shown(catalogue, view) for view in views])


def subject(catalogue: Catalogue, views: Sequence[CaseView]) -> str:
    """Whom a sentence is about: "Arman Nemuneh (Iran)", "a group of 3 people (A, B, and C – Iran)".

    A group is one thing in grammar, so that the same sentences serve one person and several.
    """
    leading = views[0]
    if _size(views) == 1:
        return name_and_country(catalogue, leading)
    everybody = group(catalogue, views)
    named = [_listed_name(catalogue, view) for view in views[:_NAMED] if view.name_latin or view.name_native]
    inside = [catalogue.listing(named + ([ELLIPSIS] if len(views) > _NAMED else []))] if named else []
    inside += [catalogue.country(leading.country)] if leading.country else []
    return f"{everybody} ({' – '.join(inside)})" if inside else everybody


def group(catalogue: Catalogue, views: Sequence[CaseView]) -> str:
    """How many they are: "a group of 3 people"."""
    size = _size(views)
    return catalogue.n("a group of %(number)s person", "a group of %(number)s people", size)


def _size(views: Sequence[CaseView]) -> int:
    return sum(view.group_size or 1 for view in views)


def _listed_name(catalogue: Catalogue, view: CaseView) -> str:
    """Shorter where several stand side by side."""
    own, other = _both(catalogue, view)
    return own or other


def name_and_country(catalogue: Catalogue, view: CaseView) -> str:
    """The name as headlines have it: "Arman Nemuneh (Iran)"."""
    shown = name(catalogue, view)
    return f"{shown} ({catalogue.country(view.country)})" if view.country else shown


def place(catalogue: Catalogue, view: CaseView) -> str | None:
    """Prison, province and country, as far as they are known."""
    within = place_within_country(catalogue, view)
    country = catalogue.country(view.country) if view.country else None
    return _joined(catalogue, [within, country])


def place_within_country(catalogue: Catalogue, view: CaseView) -> str | None:
    """Prison and province, as far as they are known."""
    return _joined(catalogue, [_place(catalogue, part) for part in (view.prison, view.province) if part])


def _place(catalogue: Catalogue, text: str) -> str:
    """A prison or province as the reader's language writes it, else as the list has it."""
    return catalogue.place(text) or listed(catalogue, text, _PLACE)


def charges_line(catalogue: Catalogue, view: CaseView) -> str | None:
    """The charges behind their label; None when none are known."""
    named = charges(catalogue, view)
    return (
        catalogue.n("Charge: %(charges)s", "Charges: %(charges)s", len(view.charges), charges=named)
        if named
        else None
    )


def charges(catalogue: Catalogue, view: CaseView) -> str | None:
    """The first three charges; a list's own wording where it is not one of our codes."""
    words = (terms.charge(catalogue, charge) or listed(catalogue, charge, _PLACE) for charge in view.charges)
    shown = [word for word in words if word][:_CHARGES]
    return catalogue.listing(shown) if shown else None


def says_who(catalogue: Catalogue, *views: CaseView) -> str:
    """Who says so and how sure it is (domain.md section 4: every message says it).

    Of several people every source is named, and the least sure of them is as sure as it is.
    """
    named = dict.fromkeys(listed(catalogue, view.source_name or "") for view in views)
    sources = [source for source in named if source]
    source = catalogue.listing(sources) if sources else ""
    least_sure = max((view.certainty for view in views), key=_LESS_SURE.index)
    if least_sure is None:
        return (
            catalogue.t("According to %(source)s.", source=source)
            if source
            else catalogue.t("Source not named.")
        )
    certainty = terms.certainty(catalogue, least_sure)
    if not source:
        return catalogue.t("Source not named (%(certainty)s).", certainty=certainty)
    return catalogue.t("According to %(source)s (%(certainty)s).", source=source, certainty=certainty)


def announcement(catalogue: Catalogue, *views: CaseView) -> str | None:
    """Whether the authorities have said so themselves (domain.md section 4).

    None when that is not known, or not the same for everybody.
    """
    announced, *others = {view.announced for view in views}
    return catalogue.t(_ANNOUNCED[announced]) if announced in _ANNOUNCED and not others else None


def what_changed(catalogue: Catalogue, facts: Facts) -> list[str]:
    """One sentence a change, from the earlier view to this one; empty when law and date stand as before.

    How it was before is known of the leading case alone: of several it is said where all of them stand.
    """
    if facts.also:
        return _common_to(catalogue, facts.views)
    return [line for line in (_status_line(catalogue, facts), _date_line(catalogue, facts)) if line]


def _common_to(catalogue: Catalogue, views: Sequence[CaseView]) -> list[str]:
    """Where several people stand, as far as it is the same for each of them."""
    if len({(view.status, view.execution_date) for view in views}) > 1:
        return []
    days = {view.status_since for view in views}
    return status_and_date(catalogue, views[0] if len(days) == 1 else replace(views[0], status_since=None))


def what_was_wrong(catalogue: Catalogue, facts: Facts) -> list[str]:
    """As `what_changed` for a correction: nothing happened but our own mistake."""
    before, after = facts.before.status if facts.before else None, facts.view.status
    dates = [line] if (line := _date_line(catalogue, facts)) else []
    if before is None or after is None or before is after:
        return [catalogue.t("Our earlier message about this case was not right."), *dates]
    values = {"before": terms.status(catalogue, before), "after": terms.status(catalogue, after)}
    return [catalogue.t("We reported “%(before)s”. That was wrong; “%(after)s” is right.", **values), *dates]


def status_and_date(catalogue: Catalogue, view: CaseView) -> list[str]:
    """Where a case stands, without saying that anything changed."""
    if view.status is None:
        return []
    status = terms.status(catalogue, view.status)
    if view.status_since is None:
        line = catalogue.t("Status: %(status)s", status=status)
    else:
        line = catalogue.t(
            "Status: %(status)s, since %(day)s", status=status, day=catalogue.day(view.status_since)
        )
    date = _date_line(catalogue, Facts(view))
    return [line, date] if date else [line]


def _joined(catalogue: Catalogue, parts: list[str | None]) -> str | None:
    return catalogue.c("between parts of a place", ", ").join(part for part in parts if part) or None


def _status_line(catalogue: Catalogue, facts: Facts) -> str | None:
    view, before = facts.view, facts.before
    assert view.status is not None
    earlier = before.status if before else None
    if earlier is view.status:
        return None
    after = terms.status(catalogue, view.status)
    day = catalogue.day(view.status_since) if view.status_since else None
    if earlier is None:
        if day is None:
            return catalogue.t("First report of this case: “%(after)s”.", after=after)
        return catalogue.t("First report of this case: “%(after)s” since %(day)s.", after=after, day=day)
    values = {"before": terms.status(catalogue, earlier), "after": after}
    if day is None:
        return catalogue.t("Changed from “%(before)s” to “%(after)s”.", **values)
    return catalogue.t("Changed from “%(before)s” to “%(after)s” on %(day)s.", **values, day=day)


def _date_line(catalogue: Catalogue, facts: Facts) -> str | None:
    day, status = facts.view.execution_date, facts.view.status
    if day is None or status not in _DATED:
        return None
    after = catalogue.day(day)
    if facts.has_new_date and facts.before and facts.before.execution_date:
        before = catalogue.day(facts.before.execution_date)
        return catalogue.t(
            "Date of execution moved from %(before)s to %(after)s.", before=before, after=after
        )
    return catalogue.t("Date of execution: %(day)s", day=after)


def _both(catalogue: Catalogue, view: CaseView) -> tuple[str, str]:
    """(the name in the reader's script, the one in the other), each ready to show, or empty."""
    native, latin = view.name_native or "", view.name_latin or ""
    native_runs_left = any(bidirectional(char) in {"R", "AL"} for char in native)
    pair = (native, latin) if catalogue.is_rtl and native_runs_left else (latin, native)
    return listed(catalogue, pair[0]), listed(catalogue, pair[1])
