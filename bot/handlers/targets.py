"""/targets: officials to write to, one with everything about them, and what a moderator decides there.

The rules are alerts/target/keeping.py, the deeds alerts/tend.py; a change or a new official is written in
bot/handlers/target_writing.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date
from typing import Final

from alerts import tend
from alerts.locales import N_
from alerts.moderators import actor_of
from alerts.render.message import Button, Keyboard, Message
from alerts.render.target import label_of, render_proposal, render_target, render_targets
from alerts.store import targets as store
from alerts.target import (
    AddressState,
    Kept,
    TargetRefusal,
    fingerprint,
    may_agree,
    may_retire,
    may_verify,
)
from alerts.target.words import state_name
from bot.buttons import Binding
from bot.context import Call
from subscribers.store import failures

A_PAGE: Final = 8
UNKNOWN: Final = N_("I do not know that official. /targets shows all.")
_STATES: Final = {"o": AddressState.OK, "b": AddressState.BOUNCED, "x": AddressState.BLOCKED}
"""One letter each: callback data are short."""
WORDS: Final = {
    TargetRefusal.OWN_WORK: N_(
        "You entered this, so somebody else must say that it is right: a wrong address would collect readers’ letters."
    ),
    TargetRefusal.CHANGED: N_("This has changed since you saw it. Please look at it again: /targets"),
    TargetRefusal.PROPOSAL_WAITS: N_(
        "Somebody else’s proposal for this official waits. Agree to it or refuse it first: /targets"
    ),
    TargetRefusal.NO_DIFFERENCE: N_("That is what is kept already; nothing would change."),
    TargetRefusal.EXAMPLE: N_(
        "An example cannot be checked. Change it, empty the field “Example”, and let somebody else agree."
    ),
    TargetRefusal.NOT_IN_FORCE: N_("Nothing of this official is in use at the moment. /targets shows all."),
}
"""Why a step is not possible."""


def today_of(call: Call) -> date:
    """The day in UTC."""
    return call.now.astimezone(UTC).date()


def step_of(call: Call, target_id: int) -> tend.Step:
    """Who does it, to whom, when."""
    actor = actor_of(call.services.sealer, call.user)
    return tend.Step(call.services.sessions, target_id, actor, call.now)


async def targets(call: Call) -> None:
    """/targets, or one by its key: /targets ir-judiciary."""
    if not call.words:
        await on_page(call, 0)
        return
    async with call.services.sessions() as session:
        kept = await store.by_key(session, call.words.split()[0].lower())
    if kept is None:
        await call.say(UNKNOWN)
    else:
        await _show(call, kept)


async def on_page(call: Call, start: int) -> None:
    """A page of all that is kept, proposals first."""
    async with call.services.sessions() as session:
        everyone = await store.everyone(session)
    everyone.sort(key=lambda kept: kept.proposal is None)
    page = everyone[start : start + A_PAGE]
    bind, t = call.binding.bind, call.catalogue.t
    rows = [
        (Button(f"{kept.shown.country} {label_of(call.catalogue, kept.shown)}", bind("t-look", kept.id)),)
        for kept in page
    ]
    left = len(everyone) - start - A_PAGE
    if left > 0:
        rows.append((Button(t("More (%(number)s)", number=left), bind("t-page", start + A_PAGE)),))
    rows.append((Button(t("Add an official"), bind("t-add")),))
    await call.reply(render_targets(call.catalogue, page, len(everyone), today_of(call), tuple(rows)))


async def on_look(call: Call, target_id: int) -> None:
    """One of them with everything."""
    async with call.services.sessions() as session:
        kept = await store.by_id(session, target_id)
    if kept is None:
        await call.say(UNKNOWN)
    else:
        await _show(call, kept)


async def _show(call: Call, kept: Kept) -> None:
    """What is in force with its buttons; then the proposal that waits, with the buttons that decide about it."""
    if kept.value is not None:
        card = render_target(call.catalogue, kept, today_of(call))
        await call.offer(card, lambda binding: _card_buttons(call, kept, binding))
    if kept.proposal is not None:
        proposal = render_proposal(call.catalogue, kept.value, kept.proposal)
        await call.offer(proposal, lambda binding: _proposal_buttons(call, kept, proposal, binding))


def _card_buttons(call: Call, kept: Kept, binding: Binding) -> Keyboard:
    """What this moderator can do with what the card shows; what would be refused is not offered."""
    assert kept.value is not None
    t, shown = call.catalogue.t, fingerprint(kept.value)
    rows: list[tuple[Button, ...]] = []
    if may_verify(kept, step_of(call, kept.id).actor, shown) is None:
        rows.append((Button(t("I checked it today"), binding.bind("t-check", shown)),))
    change = Button(t("Change"), binding.bind("t-change", kept.id))
    if may_retire(kept, shown) is not None:
        return ((change,),)
    if kept.value.addresses:
        rows.append((Button(t("What became of its addresses"), binding.bind("t-states", kept.id)),))
    return (*rows, (change, Button(t("Retire"), binding.bind("t-retire", shown))))


def _proposal_buttons(call: Call, kept: Kept, message: Message, binding: Binding) -> Keyboard:
    """Nobody agrees to an address or source that the message above does not show."""
    assert kept.proposal is not None
    t, shown, actor = call.catalogue.t, fingerprint(kept.proposal), step_of(call, kept.id).actor
    before = kept.value.to_json() if kept.value else {}
    new = [one for one in (*kept.proposal.addresses, *kept.proposal.sources) if one not in str(before)]
    is_whole = all(one in message.text for one in new)
    is_own = kept.proposed_by == actor
    refuse = Button(t("Take it back") if is_own else t("Refuse"), binding.bind("t-refuse", shown))
    if may_agree(kept, actor, shown) is not None or not is_whole:
        return ((refuse,),)
    return ((Button(t("Agree: I have checked it"), binding.bind("t-agree", shown)), refuse),)


async def _decide(
    call: Call, shown: str, deed: Callable[[tend.Step, str], Awaitable[tend.Result]], done: str
) -> Kept | None:
    """Do it to the official of whom exactly that entry was shown; says what came of it. None: nothing."""
    target_id = await _shown(call, shown)
    result = await deed(step_of(call, target_id), shown) if target_id else TargetRefusal.CHANGED
    if isinstance(result, Kept):
        await call.say(done)
        return result
    await call.say(UNKNOWN if result is None else WORDS[result])
    return None


async def _shown(call: Call, shown: str) -> int | None:
    """Whose entry a fingerprint stands for; buttons have no room for the number too, and an entry has its key."""
    async with call.services.sessions() as session:
        for kept in await store.everyone(session):
            if any(entry and fingerprint(entry) == shown for entry in (kept.value, kept.proposal)):
                return kept.id
    return None


async def on_agree(call: Call, shown: str) -> None:
    """The tap on "Agree" under the proposal."""
    done = N_("Agreed: it is in use from now on, and counts as checked today.")
    if kept := await _decide(call, shown, tend.agree, done):
        await _forget_reports(call, kept.id)


async def on_refuse(call: Call, shown: str) -> None:
    """The tap on "Refuse" or "Take it back"."""
    await _decide(call, shown, tend.refuse, N_("The proposal is off the table; nothing has changed."))


async def on_check(call: Call, shown: str) -> None:
    """The tap on "I checked it today"."""
    done = N_("Noted: checked today. I ask again in 90 days.")
    if kept := await _decide(call, shown, tend.verify, done):
        await _forget_reports(call, kept.id)


async def on_retire(call: Call, shown: str) -> None:
    """The tap on "Retire"."""
    done = N_("Retired: no reader is given it any more. A change brings it back.")
    await _decide(call, shown, tend.retire, done)


async def on_states(call: Call, target_id: int) -> None:
    """What can be said of each address: the message names them by number, the buttons under it decide."""
    async with call.services.sessions() as session:
        kept = await store.by_id(session, target_id)
    if kept is None or kept.value is None:
        await call.say(UNKNOWN)
        return
    value, catalogue = kept.value, call.catalogue
    lines = [
        f"{catalogue.number(place)}. {catalogue.identifier(address)}:"
        f" {state_name(catalogue, kept.states.get(address, AddressState.OK))}"
        for place, address in enumerate(value.addresses, 1)
    ]
    text = catalogue.t("What became of the addresses of %(name)s?", name=label_of(catalogue, value))
    message = call.written("\n".join([text, "", *lines]))
    await call.offer(message, lambda binding: _state_buttons(call, kept, binding))


def _state_buttons(call: Call, kept: Kept, binding: Binding) -> Keyboard:
    assert kept.value is not None
    shown, rows = fingerprint(kept.value), []
    for place, address in enumerate(kept.value.addresses):
        now = kept.states.get(address, AddressState.OK)
        rows.append(
            tuple(
                Button(
                    f"{call.catalogue.number(place + 1)} {state_name(call.catalogue, state)}",
                    binding.bind("t-mark", shown, place, letter),
                )
                for letter, state in _STATES.items()
                if state is not now
            )
        )
    return tuple(rows)


async def on_mark(call: Call, shown: str, place: int, letter: str) -> None:
    """What became of one address of exactly the entry that was shown."""
    target_id = await _shown(call, shown)
    async with call.services.sessions() as session:
        kept = await store.by_id(session, target_id) if target_id else None
    if kept is None or kept.value is None or fingerprint(kept.value) != shown:
        await call.say(WORDS[TargetRefusal.CHANGED])
        return
    address = kept.value.addresses[place]
    # First forgotten: else the reports would take it out of service again within a minute.
    await _forget_reports(call, kept.id, address)
    result = await tend.set_address_state(step_of(call, kept.id), address, _STATES[letter])
    if isinstance(result, Kept):
        await _show(call, result)
    else:
        await call.say(WORDS[TargetRefusal.CHANGED])


async def _forget_reports(call: Call, target_id: int, address: str | None = None) -> None:
    """A moderator has looked: readers' reports about an address, or all of an official's, are answered."""
    async with call.services.sessions.begin() as session:
        await failures.clear_failures(session, target_id, address)


TAPS: Final[dict[str, Callable[[Call, list[str]], Awaitable[None]]]] = {
    "t-page": lambda call, parts: on_page(call, int(parts[0])),
    "t-look": lambda call, parts: on_look(call, int(parts[0])),
    "t-agree": lambda call, parts: on_agree(call, parts[0]),
    "t-refuse": lambda call, parts: on_refuse(call, parts[0]),
    "t-check": lambda call, parts: on_check(call, parts[0]),
    "t-retire": lambda call, parts: on_retire(call, parts[0]),
    "t-states": lambda call, parts: on_states(call, int(parts[0])),
    "t-mark": lambda call, parts: on_mark(call, parts[0], int(parts[1]), parts[2]),
}
"""The verbs of these buttons."""
