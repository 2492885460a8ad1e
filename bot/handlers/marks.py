"""What of a draft is chosen by buttons: what is asked for, the marks of the case, whether it was announced.

Several demands are chosen in one message whose buttons hold the choice so far; nothing is stored before it is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from alerts import review
from alerts.alert import Alert
from alerts.case import ANNOUNCED, CaseView
from alerts.demand import Demand
from alerts.locales import N_, terms
from alerts.render.message import Button, Keyboard
from bot.buttons import Binding
from bot.context import Call
from bot.handlers.change import apply, open_draft, show_backgrounds
from bot.handlers.fields import Edit
from bot.handlers.moderate import step_of, tell_refusal

MARKS: Final = ("unfair_trial", "torture", "protest", "political", "hunger_strike", "minor_at_offence")
_SAID: Final = (*ANNOUNCED, "")
_VALUES: Final = {"y": True, "n": False, "u": None}
_DEMANDS: Final = tuple(Demand)
_WHAT_ASKED: Final = N_("What do the letters ask for? They ask for nothing else.")
_WHAT_KNOWN: Final = N_("What is known of the case? Letters and topics go by it.")


async def on_list(call: Call, alert_id: int, revision: int, name: str) -> None:
    """A tap in the menu of fields that leads to further buttons."""
    alert = await open_draft(call, alert_id, revision)
    if alert is None:
        return
    if name == "background":
        await show_backgrounds(call, alert)
    elif name == "ask":
        mask = _mask(alert.facts.demands)
        await call.offer(call.plain(_WHAT_ASKED), lambda binding: _demands(call, alert, mask, binding))
    elif name == "marks":
        await call.offer(call.plain(_WHAT_KNOWN), lambda binding: _marks(call, alert, binding))
    else:
        words = call.plain(N_("Have the authorities announced it?"))
        await call.offer(words, lambda binding: _said(call, alert, binding))


def _demands(call: Call, alert: Alert, mask: int, binding: Binding) -> Keyboard:
    """Every demand, ticked or not; a tap turns one over, the last button takes the choice."""
    bind = binding.bind
    rows = [
        (
            Button(
                _ticked(terms.demand(call.catalogue, demand), is_on=bool(mask & 1 << place)),
                bind("e-ask", alert.id, alert.revision, mask ^ 1 << place),
            ),
        )
        for place, demand in enumerate(_DEMANDS)
    ]
    take = Button(call.catalogue.t("Take it so"), bind("e-asked", alert.id, alert.revision, mask))
    return (*rows, (take,))


def _ticked(label: str, *, is_on: bool) -> str:
    return f"✓ {label}" if is_on else label


def _mask(demands: Sequence[Demand]) -> int:
    return sum(1 << _DEMANDS.index(demand) for demand in demands)


async def on_demand(call: Call, alert_id: int, revision: int, mask: int) -> None:
    """One more or one less, in the same message."""
    if alert := await open_draft(call, alert_id, revision):
        keyboard = _demands(call, alert, mask, call.bound_to(call.message_id))
        await call.replace(call.plain(_WHAT_ASKED, keyboard=keyboard))


async def on_demands(call: Call, alert_id: int, revision: int, mask: int) -> None:
    """Take the choice: what was asked for before keeps its place."""
    alert = await open_draft(call, alert_id, revision)
    if alert is None:
        return
    chosen = {demand for place, demand in enumerate(_DEMANDS) if mask & 1 << place}
    kept = [demand for demand in alert.facts.demands if demand in chosen]
    added = [demand for demand in _DEMANDS if demand in chosen and demand not in kept]
    await apply(call, alert, Edit(replace(alert.facts, demands=(*kept, *added))))


def _marks(call: Call, alert: Alert, binding: Binding) -> Keyboard:
    """One row a mark: yes beside its name, then no and not known; what holds is ticked."""
    t = call.catalogue.t
    rows: list[tuple[Button, ...]] = []
    for place, field in enumerate(MARKS):
        value = getattr(alert.facts.view, field)
        name = terms.field(call.catalogue, field) or field
        labels = {"y": t("%(mark)s: yes", mark=name), "n": t("no"), "u": t("not known")}
        rows.append(
            tuple(
                Button(
                    _ticked(label, is_on=value is _VALUES[code]),
                    binding.bind("e-mark", alert.id, alert.revision, place, code),
                )
                for code, label in labels.items()
            )
        )
    return (*rows, (Button(t("Show the draft"), binding.bind("look", alert.id)),))


async def on_mark(call: Call, alert_id: int, revision: int, place: int, code: str) -> None:
    """One mark set; the same message shows how they stand."""
    alert = await open_draft(call, alert_id, revision)
    if alert is None:
        return
    view = CaseView.from_json({**alert.facts.view.to_json(), MARKS[place]: _VALUES[code]})
    facts = replace(alert.facts, view=view)
    result = await review.edit(step_of(call, alert_id), facts, None, alert.revision)
    if isinstance(result, Alert):
        keyboard = _marks(call, result, call.bound_to(call.message_id))
        await call.replace(call.plain(_WHAT_KNOWN, keyboard=keyboard))
    else:
        await tell_refusal(call, result)


def _said(call: Call, alert: Alert, binding: Binding) -> Keyboard:
    return tuple(
        (
            Button(
                _ticked(
                    terms.announced(call.catalogue, code) or call.catalogue.t("not known"),
                    is_on=(alert.facts.view.announced or "") == code,
                ),
                binding.bind("e-said", alert.id, alert.revision, place),
            ),
        )
        for place, code in enumerate(_SAID)
    )


async def on_said(call: Call, alert_id: int, revision: int, place: int) -> None:
    """Whether it was announced."""
    if alert := await open_draft(call, alert_id, revision):
        view = replace(alert.facts.view, announced=_SAID[place] or None)
        await apply(call, alert, Edit(replace(alert.facts, view=view)))


TAPS: Final = {
    "e-list": lambda call, parts: on_list(call, int(parts[0]), int(parts[1]), parts[2]),
    "e-ask": lambda call, parts: on_demand(call, *map(int, parts)),
    "e-asked": lambda call, parts: on_demands(call, *map(int, parts)),
    "e-mark": lambda call, parts: on_mark(call, int(parts[0]), int(parts[1]), int(parts[2]), parts[3]),
    "e-said": lambda call, parts: on_said(call, *map(int, parts)),
}
"""The verbs of these buttons."""
