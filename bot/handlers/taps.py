"""Buttons: readers' by their verb, moderators' after their tag has been checked. One table each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from alerts.alert import Disposition
from alerts.locales import N_
from bot.buttons import MODERATORS, read_reader_data
from bot.context import Call
from bot.handlers import act, cases, desk, enrol, moderate, privacy, write

Parts = list[str]
Tap = Callable[[Call, Parts], Awaitable[None]]


async def _letter(call: Call, parts: Parts) -> None:
    await act.letter(replace(call, words=parts[0]))


async def _case(call: Call, parts: Parts) -> None:
    await cases.show(replace(call, words=parts[0]))


async def _follow(call: Call, parts: Parts) -> None:
    await cases.follow(replace(call, words=parts[0]))


_READERS: Final[dict[str, tuple[int, Tap]]] = {  # verb: how many parts, what it does
    "lang": (2, lambda call, parts: enrol.on_language(call, *parts)),
    "mode": (2, lambda call, parts: enrol.on_mode(call, *parts)),
    "topic": (2, lambda call, parts: enrol.on_topic(call, *parts)),
    "letter": (1, _letter),
    "warned": (1, lambda call, parts: act.on_warned(call, *parts)),
    "case": (1, _case),
    "follow": (1, _follow),
    "forget": (1, lambda call, _: privacy.on_forget(call)),
}
SETTINGS: Final = frozenset({"lang", "mode", "topic", "forget"})
"""In a group these are for its administrators."""


async def on_reader_tap(call: Call, data: str) -> None:
    """A reader's button; data that no button of ours holds is ignored."""
    verb, parts = read_reader_data(data)
    wanted = _READERS.get(verb)
    if wanted is not None and len(parts) == wanted[0]:
        await wanted[1](call, parts)


async def on_moderator_tap(call: Call, data: str) -> None:
    """A moderator's button, if it was made for this person and is not too old."""
    decision = call.binding.read(data) if call.role is not None else None
    if decision is None:
        await call.say(N_("That button is too old or was not meant for you. /drafts shows what waits."))
        return
    verb, parts = decision
    if verb.startswith("w-"):
        await write.on_pick(call, verb, parts)
    elif verb.startswith("as-"):
        await moderate.on_triage(call, int(parts[0]), Disposition(verb.removeprefix("as-")))
    elif verb == "e-field":
        await write.on_edit_field(call, int(parts[0]), parts[1])
    elif verb in {"return", "reject"}:
        await moderate.on_turn_down(call, int(parts[0]), verb)
    elif verb == "look":
        await desk.show_draft(call, int(parts[0]))
    elif verb == "make":
        await desk.make_draft(call, int(parts[0]))
    elif verb == "submit":
        await moderate.on_submit(call, int(parts[0]))
    elif verb == "approve":
        await moderate.on_approve(call, int(parts[0]), int(parts[1]))


def is_for_moderators(data: str) -> bool:
    """By its first word."""
    return data.split(":", 1)[0] == MODERATORS
