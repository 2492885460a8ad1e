"""Buttons: readers' by their verb, moderators' after their tag has been checked. One table each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from alerts.alert import Disposition
from bot.buttons import MODERATORS, read_reader_data
from bot.context import Call
from bot.handlers import (
    abroad,
    act,
    acted,
    cases,
    chain,
    change,
    choices,
    desk,
    enrol,
    letter,
    letter_sheet,
    marks,
    moderate,
    own_line,
    pack,
    plain,
    privacy,
    progress,
    sending,
    settle,
    share,
    sheet,
    target_writing,
    targets,
    write,
)

Parts = list[str]
Tap = Callable[[Call, Parts], Awaitable[None]]


async def _letter(call: Call, parts: Parts) -> None:
    await letter.letter(replace(call, words=parts[0]))


async def _warned(call: Call, parts: Parts) -> None:
    if parts == [pack.THEN]:
        await pack.on_warned(call)
    else:
        await letter.on_warned(call, parts[0])


def _of_letter(do: Callable[..., Awaitable[None]]) -> Tap:
    """A tap on a button that names a letter, before whatever else its data hold."""

    async def tap(call: Call, parts: Parts) -> None:
        choice = choices.read(parts[: choices.PARTS])
        if choice is not None:
            await do(call, choice, *parts[choices.PARTS :])

    return tap


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
    "warned": _ReaderTap(1, _warned),
    "lt": _ReaderTap(choices.PARTS, _of_letter(letter.on_choice)),
    "lang-lt": _ReaderTap(choices.PARTS, _of_letter(letter.on_language)),
    "next": _ReaderTap(choices.PARTS, _of_letter(letter.on_next)),
    "change": _ReaderTap(choices.PARTS, _of_letter(letter.on_change)),
    "own": _ReaderTap(choices.PARTS, _of_letter(own_line.ask)),
    "mail": _ReaderTap(choices.PARTS, _of_letter(sending.mail)),
    "pdf": _ReaderTap(choices.PARTS, _of_letter(sending.pdf)),
    "points": _ReaderTap(choices.PARTS, _of_letter(sending.points)),
    "failed": _ReaderTap(choices.PARTS, _of_letter(sending.failed)),
    "bad": _ReaderTap(choices.PARTS + 1, _of_letter(sending.on_bad)),
    "home": _ReaderTap(2, lambda call, parts: abroad.home(call, *parts)),
    "from": _ReaderTap(3, lambda call, parts: abroad.on_country(call, *parts)),
    "act": _ReaderTap(1, lambda call, parts: act.show(call, *parts)),
    "sign": _ReaderTap(1, lambda call, parts: share.sign(call, *parts)),
    "share": _ReaderTap(1, lambda call, parts: share.share(call, *parts)),
    "card": _ReaderTap(1, lambda call, parts: share.card(call, *parts)),
    "sent": _ReaderTap(1, lambda call, parts: acted.sent(call, parts[0], call.catalogue.locale)),
    "sent-in": _ReaderTap(2, lambda call, parts: acted.sent(call, *parts)),
    "did": _ReaderTap(3, lambda call, parts: acted.did(call, *parts)),
    "undo": _ReaderTap(2, lambda call, parts: acted.undo(call, *parts)),
    "answer": _ReaderTap(2, lambda call, parts: acted.answered(call, *parts)),
    "news": _ReaderTap(1, lambda call, parts: acted.news(call, *parts)),
    "next-action": _ReaderTap(1, lambda call, parts: acted.next_action(call, *parts)),
    "plain": _ReaderTap(1, lambda call, parts: plain.on_plain(call, *parts)),
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
    "others": lambda call, parts: sheet.show_others(call, int(parts[0])),
    "letter-of": lambda call, parts: letter_sheet.show(call, int(parts[0])),
    "make": lambda call, parts: desk.make_draft(call, int(parts[0])),
    "edit": lambda call, parts: change.show_fields(call, int(parts[0]), int(parts[1])),
    "e-field": lambda call, parts: change.on_edit_field(call, int(parts[0]), parts[1]),
    "submit": lambda call, parts: moderate.on_submit(call, int(parts[0]), int(parts[1])),
    "approve": lambda call, parts: moderate.on_approve(call, int(parts[0]), int(parts[1])),
    "return": lambda call, parts: moderate.on_turn_down(call, int(parts[0]), int(parts[1]), "return"),
    "reject": lambda call, parts: moderate.on_turn_down(call, int(parts[0]), int(parts[1]), "reject"),
    "join": lambda call, parts: moderate.on_join(call, *map(int, parts)),
    "part": lambda call, parts: moderate.on_part(call, *map(int, parts)),
    "held-keep": lambda call, parts: moderate.on_held(call, int(parts[0]), have_left=False),
    "held-gone": lambda call, parts: moderate.on_held(call, int(parts[0]), have_left=True),
    **{f"as-{one.value}": partial(_triaged, one) for one in Disposition},
    **{verb: partial(_picked, verb) for verb in write.PICKS},
    **marks.TAPS,
    **chain.TAPS,
    **progress.TAPS,
    **settle.TAPS,
    **targets.TAPS,
    **target_writing.TAPS,
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
