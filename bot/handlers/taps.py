"""Buttons: readers' by their verb, moderators' after their tag has been checked. One table each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from alerts.alert import Disposition
from bot.buttons import MODERATORS, read_reader_data
from bot.context import Call
from bot.handlers import act, cases, change, desk, enrol, moderate, privacy, sheet, write

Parts = list[str]
Tap = Callable[[Call, Parts], Awaitable[None]]


async def _letter(call: Call, parts: Parts) -> None:
    await act.letter(replace(call, words=parts[0]))


async def _case(call: Call, parts: Parts) -> None:
    await cases.show(replace(call, words=parts[0]))


async def _follow(call: Call, parts: Parts) -> None:
    await cases.follow(replace(call, words=parts[0]))


async def _forget(call: Call, parts: Parts) -> None:
    if parts == ["yes"]:
        await privacy.on_forget(call)


@dataclass(frozen=True, slots=True)
class _ReaderTap:
    """How many parts the data have, what the tap does, and whether it does so in groups."""

    parts: int
    act: Tap
    in_groups: bool = False


_READERS: Final = {
    "lang": _ReaderTap(2, lambda call, parts: enrol.on_language(call, *parts), in_groups=True),
    "mode": _ReaderTap(2, lambda call, parts: enrol.on_mode(call, *parts)),
    "topic": _ReaderTap(2, lambda call, parts: enrol.on_topic(call, *parts), in_groups=True),
    "letter": _ReaderTap(1, _letter),
    "warned": _ReaderTap(1, lambda call, parts: act.on_warned(call, *parts)),
    "case": _ReaderTap(1, _case),
    "follow": _ReaderTap(1, _follow),
    "forget": _ReaderTap(1, _forget, in_groups=True),
}


def is_for_groups(data: str) -> bool:
    """Whether a reader's button may be tapped in a group at all; there it is for administrators."""
    wanted = _READERS.get(read_reader_data(data)[0])
    return wanted is not None and wanted.in_groups


async def on_reader_tap(call: Call, data: str) -> None:
    """A reader's button; data that no button of ours holds is ignored."""
    verb, parts = read_reader_data(data)
    wanted = _READERS.get(verb)
    if wanted is not None and len(parts) == wanted.parts:
        await wanted.act(call, parts)


async def _picked(verb: str, call: Call, parts: Parts) -> None:
    await write.on_pick(call, verb, parts)


async def _triaged(disposition: Disposition, call: Call, parts: Parts) -> None:
    await moderate.on_triage(call, int(parts[0]), int(parts[1]), disposition)


_MODERATORS: Final[dict[str, Tap]] = {
    "page": lambda call, parts: desk.on_page(call, parts[0], int(parts[1])),
    "look": lambda call, parts: sheet.show_draft(call, int(parts[0])),
    "make": lambda call, parts: desk.make_draft(call, int(parts[0])),
    "edit": lambda call, parts: change.show_fields(call, int(parts[0]), int(parts[1])),
    "e-field": lambda call, parts: change.on_edit_field(call, int(parts[0]), parts[1]),
    "submit": lambda call, parts: moderate.on_submit(call, int(parts[0]), int(parts[1])),
    "approve": lambda call, parts: moderate.on_approve(call, int(parts[0]), int(parts[1])),
    "return": lambda call, parts: moderate.on_turn_down(call, int(parts[0]), int(parts[1]), "return"),
    "reject": lambda call, parts: moderate.on_turn_down(call, int(parts[0]), int(parts[1]), "reject"),
    "held-keep": lambda call, parts: moderate.on_held(call, int(parts[0]), have_left=False),
    "held-gone": lambda call, parts: moderate.on_held(call, int(parts[0]), have_left=True),
    **{f"as-{one.value}": partial(_triaged, one) for one in Disposition},
    **{verb: partial(_picked, verb) for verb in write.PICKS},
}


async def on_moderator_tap(call: Call, data: str) -> None:
    """A moderator's button, if it was made for this person (and message) and is not too old. Others get no answer."""
    if call.role is None:
        return
    decision = call.bound_to(call.message_id).read(data)
    if decision is None:
        await call.say(moderate.NOT_MEANT)
        return
    verb, parts = decision
    await _MODERATORS[verb](call, parts)


def is_for_moderators(data: str) -> bool:
    """By its first word."""
    return data.split(":", 1)[0] == MODERATORS
