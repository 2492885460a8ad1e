"""Moderators and an action that is out: its card, holding and resuming, more time, news of it, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from alerts import steer
from alerts.action import Action, read_number
from alerts.alert import Alert, AlertKind, Refusal
from alerts.case import Case
from alerts.locales import N_
from alerts.moderators import actor_of
from alerts.render.message import Button, Keyboard
from alerts.render.steering import render_steering
from alerts.store import actions, cases, letters, published
from bot.buttons import Binding
from bot.context import Call
from bot.gather import rounded
from bot.handlers import conversation, write
from bot.handlers.fields import TEXT_LIMIT, text_problem
from bot.handlers.refusals import WORDS as REFUSED
from bot.handlers.sheet import show_draft
from subscribers.act import HIDDEN_BELOW

STOPPING: Final = "stop"
"""The matter in which the reason of a stop is written."""
_WHICH: Final = N_("Which action? For example: /%(command)s UA-26/014. /actions shows the open ones.")
_UNKNOWN: Final = N_("I do not know that action. /actions shows the open ones.")
_HELD: Final = N_("No letters are served for %(number)s until somebody lets them go on. Nothing was sent.")
_RESUMED: Final = N_("Letters are served for %(number)s again. Nothing was sent.")
_WHY_STOP: Final = N_(
    "Why should no more letters be sent for %(number)s? Readers see your words; one or two sentences, in your"
    " language. The letters are held as soon as you have written it, the message needs somebody else’s approval."
    " /cancel leaves."
)
_STOP_HELD: Final = N_("The letters are held. The message to readers waits for approval by somebody else.")
_STOP_WAITS: Final = N_(
    "The letters are held, but there is a draft about this case already: decide on it, then stop the action."
)


async def action(call: Call) -> None:
    """/action UA-26/014: how it stands, and what can be done with it."""
    found = await named(call, "action")
    if found is not None:
        await show(call, found)


async def update(call: Call) -> None:
    """/update UA-26/014: write its next alert."""
    found = await named(call, "update")
    if found is not None:
        await _write(call, found, AlertKind.UPDATE_NEW_DEMAND)


async def correct(call: Call) -> None:
    """/correct UA-26/014: put right what readers were told."""
    found = await named(call, "correct")
    if found is not None:
        await _write(call, found, AlertKind.CORRECTION)


async def stop_action(call: Call) -> None:
    """/stop_action UA-26/014: no further letters."""
    found = await named(call, "stop_action")
    if found is not None:
        await _ask_why(call, found)


async def named(call: Call, command: str) -> Action | None:
    """The action that a command names, or what is wrong with that, said to the moderator."""
    numbered = read_number(call.words)
    if numbered is None:
        await call.say(_WHICH, command=command)
        return None
    async with call.services.sessions() as session:
        found = await published.action_by_number(session, *numbered)
    if found is None:
        await call.say(_UNKNOWN)
    return found


async def show(call: Call, found: Action) -> None:
    """The card, then the buttons that count only under it."""
    async with call.services.sessions() as session:
        members = await published.published_cases(session, found.case_ids)
        waits = await published.letters_wait(session, found)
        served = sum((await letters.served(session, found.id)).values())
    views = [member.view for member in members]
    words = call.catalogue.t("fewer than %(number)s", number=HIDDEN_BELOW)
    about = rounded(served)
    number = words if about is None else call.catalogue.number(about)
    card = render_steering(call.catalogue, found, views, number, call.now, is_being_checked=waits)
    await call.offer(card, lambda binding: _keyboard(call, found, binding))


def _keyboard(call: Call, found: Action, binding: Binding) -> Keyboard:
    """What can be done now: what would be refused is not offered."""
    t, bind = call.catalogue.t, binding.bind
    write_rows: Keyboard = (
        (
            Button(t("Update"), bind("a-write", found.id, AlertKind.UPDATE_NEW_DEMAND.value)),
            Button(t("Correct"), bind("a-write", found.id, AlertKind.CORRECTION.value)),
        ),
    )
    if not found.is_open(call.now):
        return write_rows
    stop = (Button(t("Stop the action"), bind("a-stop", found.id)),)
    if not found.letters:
        return (*write_rows, stop)
    held = (
        Button(t("Resume letters"), bind("a-resume", found.id))
        if found.held
        else Button(t("Hold letters"), bind("a-hold", found.id))
    )
    return ((held, Button(t("More time"), bind("a-more", found.id))), *write_rows, stop)


async def on_hold(call: Call, action_id: int) -> None:
    """One tap: nothing is served any more."""
    actor = actor_of(call.services.sealer, call.user)
    await _tell(call, await steer.hold(call.services.sessions, action_id, actor=actor, now=call.now), _HELD)


async def on_resume(call: Call, action_id: int) -> None:
    """One tap: letters go on."""
    actor = actor_of(call.services.sealer, call.user)
    result = await steer.resume(call.services.sessions, action_id, actor=actor, now=call.now)
    await _tell(call, result, _RESUMED)


async def _tell(call: Call, result: Action | Refusal | None, words: str) -> None:
    if isinstance(result, Action):
        await call.say(words, number=call.catalogue.identifier(result.number))
    else:
        await call.say(REFUSED[result] if result else _UNKNOWN)


async def on_more_time(call: Call, action_id: int) -> None:
    """A draft that waits for somebody else; it is shown, so that its author sees what readers would get."""
    actor = actor_of(call.services.sealer, call.user)
    result = await steer.extend(call.services.sessions, action_id, actor=actor, now=call.now)
    if isinstance(result, Alert):
        await show_draft(call, result.id)
    else:
        await call.say(REFUSED[result] if result else _UNKNOWN)


async def on_write(call: Call, action_id: int, kind: str) -> None:
    """Write its next alert, or a correction."""
    found = await _by_id(call, action_id)
    if found is not None:
        await _write(call, found, AlertKind(kind))


async def _write(call: Call, found: Action, kind: AlertKind) -> None:
    await write.about(call, await _members(call, found, kind), kind=kind.value)


async def _members(call: Call, found: Action, kind: AlertKind) -> Sequence[Case]:
    """The cases still in the action, the leading one first; for a correction those who left it too.

    Whoever left did so by an outcome, and that may be what was wrong.
    """
    async with call.services.sessions() as session:
        ids = list(found.case_ids)
        if kind is AlertKind.CORRECTION:
            ids = list(dict.fromkeys((*ids, *await actions.ever_in(session, found.id))))
        members = {case.id: case for case in await cases.cases_by_id(session, ids)}
    return [members[case_id] for case_id in ids]


async def _by_id(call: Call, action_id: int) -> Action | None:
    async with call.services.sessions() as session:
        found = await actions.action_by_id(session, action_id)
    if found is None:
        await call.say(_UNKNOWN)
    return found


async def on_stop(call: Call, action_id: int) -> None:
    """The tap: the next message is the reason."""
    found = await _by_id(call, action_id)
    if found is not None:
        await _ask_why(call, found)


async def _ask_why(call: Call, found: Action) -> None:
    if found.closed_at is not None:
        await call.say(REFUSED[Refusal.ACTION_CLOSED])
        return
    await conversation.begin(call, STOPPING, "reason", {"action": found.id})
    await call.say(_WHY_STOP, number=call.catalogue.identifier(found.number))


async def on_reason(call: Call, answers: dict[str, Any]) -> None:
    """The reason of a stop, in the moderator's language; the others see it marked as not translated."""
    reason = call.words.strip()
    if not reason:
        await call.say(N_("Please write it as a text, or /cancel."))
        return
    if problem := text_problem(reason, TEXT_LIMIT):
        await call.say(problem, most=TEXT_LIMIT)
        return
    await conversation.end(call)
    actor, texts = actor_of(call.services.sealer, call.user), {call.catalogue.locale: reason}
    result = await steer.stop(call.services.sessions, answers["action"], texts, actor=actor, now=call.now)
    if isinstance(result, Alert):
        await call.say(_STOP_HELD)
        await show_draft(call, result.id)
    elif result is Refusal.OPEN_DRAFT_EXISTS:
        await call.say(_STOP_WAITS)
    else:
        await call.say(REFUSED[result] if result else _UNKNOWN)


TAPS: Final = {
    "a-hold": lambda call, parts: on_hold(call, int(parts[0])),
    "a-resume": lambda call, parts: on_resume(call, int(parts[0])),
    "a-more": lambda call, parts: on_more_time(call, int(parts[0])),
    "a-write": lambda call, parts: on_write(call, int(parts[0]), parts[1]),
    "a-stop": lambda call, parts: on_stop(call, int(parts[0])),
}
"""The verbs of these buttons."""
