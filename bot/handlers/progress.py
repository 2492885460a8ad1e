"""/progress: how far a broadcast has come, as a message that keeps itself up to date; pause, go on, stop."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any, Final

from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from alerts import pause
from alerts.alert import Refusal
from alerts.broadcast import Broadcast
from alerts.columns import from_microseconds, only_reads, to_microseconds
from alerts.locales import N_, Catalogue
from alerts.moderators import actor_of
from alerts.render import person
from alerts.render.message import Button, Keyboard
from alerts.store import broadcasts
from bot.buttons import Binding
from bot.context import Call, Services
from bot.handlers import chain, enrol
from bot.handlers.refusals import WORDS as REFUSED
from bot.live import EVERY, LiveMessage
from bot.messenger import as_parameters
from bot.outcomes import wait_of
from subscribers.progress import Progress, compose
from subscribers.store import budget
from subscribers.store import progress as counting
from subscribers.subscriber import ChatKind

_NOT_BEGUN: Final = N_("Nothing of this action has been sent yet.")
_NONE: Final = N_("No alert is being sent just now. For an earlier one: /progress UA-26/014")
_SEVERAL: Final = N_("These are being sent. Which one?")
_MEANT: Final = N_("An alert is being sent just now. If that is what should stop:")
_SURE: Final = N_(
    "Stop sending %(number)s for good? It is paused until you decide. Whoever has it keeps it; to put right what it"
    " says, there is /correct"
)
_MOST_SHOWN: Final = 8
_log = logging.getLogger(__name__)


async def progress(call: Call) -> None:
    """/progress UA-26/014: its newest alert; without a number: what is being sent now."""
    if not call.words.strip():
        await _show_running(call)
        return
    action = await chain.named(call, "progress")
    if action is None:
        return
    async with call.services.sessions() as session:
        found = await broadcasts.latest_of(session, action.id)
    if found is None:
        await call.say(_NOT_BEGUN)
    else:
        await on_look(call, found.alert.id)


async def stop(call: Call) -> None:
    """/stop, as every reader's; a moderator may have meant what is being sent now, so that is offered too."""
    await enrol.stop(call)
    if call.role is not None and call.kind is ChatKind.PRIVATE:
        running = await _running(call.services)
        if running:
            await call.reply(call.plain(_MEANT, _choice(call, running)))


async def _show_running(call: Call) -> None:
    running = await _running(call.services)
    if not running:
        await call.say(_NONE)
    elif len(running) == 1:
        await on_look(call, running[0].alert.id)
    else:
        await call.reply(call.plain(_SEVERAL, _choice(call, running)))


async def _running(services: Services) -> list[Broadcast]:
    """What is being sent or pauses, newest first."""
    async with services.sessions() as session:
        found = await broadcasts.unreported(session)
        return [one for one in found if not await counting.is_over(session, one.alert.id)]


def _choice(call: Call, running: list[Broadcast]) -> Keyboard:
    return tuple((look_button(call.catalogue, call.binding, one),) for one in running[:_MOST_SHOWN])


def look_button(catalogue: Catalogue, binding: Binding, broadcast: Broadcast) -> Button:
    """Opens the live message."""
    alert = broadcast.alert
    label = f"{catalogue.identifier(alert.number or '')} {person.name(catalogue, alert.facts.view)}"
    return Button(label, binding.bind("p-look", alert.id))


async def on_look(call: Call, alert_id: int) -> None:
    """A new live message."""
    seen = await _count(call.services, alert_id)
    if seen is None:
        await call.say(_NOT_BEGUN)
        return
    card = compose(call.catalogue, *seen, call.now)
    sent = await call.offer(card, lambda binding: _keyboard(call.catalogue, binding, *seen, call.now))
    one = _live(call, sent, alert_id)
    one.drawn(card.text, call.now)
    if not _is_done(*seen):
        call.services.live.watch(one)


def _live(call: Call, message_id: int, alert_id: int) -> LiveMessage:
    return LiveMessage(call.chat, message_id, alert_id, call.catalogue.locale, since=call.now, due=call.now)


async def _count(services: Services, alert_id: int) -> tuple[Broadcast, Progress] | None:
    async with services.sessions() as session:
        await only_reads(session)  # of a broadcast to a million it takes a second
        found = await broadcasts.broadcast_of(session, alert_id)
        if found is None:
            return None
        return found, await counting.progress(session, alert_id, services.clock())


def _is_done(broadcast: Broadcast, progress: Progress) -> bool:
    """Whether nothing about it will change any more."""
    return progress.left == 0 and (broadcast.fanned_out_at is not None or not broadcast.is_live)


def _keyboard(
    catalogue: Catalogue, binding: Binding, broadcast: Broadcast, progress: Progress, now: datetime
) -> Keyboard:
    """What can be done now; nothing, once there is nothing left to hold back."""
    if not broadcast.is_live or _is_done(broadcast, progress):
        return ()
    t, alert_id = catalogue.t, broadcast.alert.id
    stop = (Button(t("Stop for good"), binding.bind("p-stop", alert_id)),)
    if broadcast.pause_left(now) is None:
        return ((Button(t("Pause sending"), binding.bind("p-pause", alert_id)),), stop)
    go_on = (_go_on(catalogue, binding, broadcast),)
    if broadcast.is_kept:
        return (go_on, stop)
    return ((Button(t("Keep it paused"), binding.bind("p-keep", alert_id)),), go_on, stop)


def _go_on(catalogue: Catalogue, binding: Binding, broadcast: Broadcast) -> Button:
    """Lifts the pause that this message shows, and no later one."""
    assert broadcast.paused_until is not None
    seen = f"{to_microseconds(broadcast.paused_until):x}"
    return Button(catalogue.t("Go on sending"), binding.bind("p-resume", broadcast.alert.id, seen))


async def on_pause(call: Call, alert_id: int) -> None:
    """One tap: nothing more leaves."""
    await _done(call, alert_id, await pause.pause(call.services.sessions, alert_id, **_by(call)))


async def on_keep(call: Call, alert_id: int) -> None:
    """The pause does not lapse."""
    await _done(call, alert_id, await pause.keep(call.services.sessions, alert_id, **_by(call)))


async def on_resume(call: Call, alert_id: int, seen: datetime) -> None:
    """It goes on at once."""
    result = await pause.resume(call.services.sessions, alert_id, seen, **_by(call))
    call.services.due.set()
    await _done(call, alert_id, result)


async def on_stop(call: Call, alert_id: int) -> None:
    """Asked once; nothing leaves while the moderator thinks about it."""
    result = await pause.pause(call.services.sessions, alert_id, **_by(call))
    await _done(call, alert_id, result)
    if not isinstance(result, Broadcast):
        return
    number = call.catalogue.identifier(result.alert.number or "")

    def buttons(binding: Binding) -> Keyboard:
        end = Button(call.catalogue.t("Yes, stop for good"), binding.bind("p-end", alert_id))
        return ((end,), (_go_on(call.catalogue, binding, result),))

    await call.offer(call.plain(_SURE, number=number), buttons)


async def on_end(call: Call, alert_id: int) -> None:
    """Nobody else gets it."""
    await _done(call, alert_id, await pause.stop(call.services.sessions, alert_id, **_by(call)))


def _by(call: Call) -> dict[str, Any]:
    return {"actor": actor_of(call.services.sealer, call.user), "now": call.now}


async def _done(call: Call, alert_id: int, result: pause.Result) -> None:
    """Say why not, or show in the place of the tapped message how it stands now."""
    if result is None:
        await call.say(_NOT_BEGUN)
        return
    if isinstance(result, Refusal):
        await call.say(REFUSED[result])
    one = _live(call, call.message_id, alert_id)
    call.services.live.watch(one)
    await _draw(call.bot, call.services, one)


async def refresh(bot: Bot, services: Services) -> None:
    """Station: every live message whose turn it is says what is true now."""
    for one in services.live.due(services.clock()):
        await _draw(bot, services, one, is_budgeted=True)


async def _draw(bot: Bot, services: Services, one: LiveMessage, *, is_budgeted: bool = False) -> None:
    """Count and edit, if it says something else than it did; let it go when it is done or gone."""
    clock = asyncio.get_running_loop().time
    began = clock()
    seen = await _count(services, one.alert_id)
    now = services.clock()
    one.put_off(now, timedelta(seconds=clock() - began))
    if seen is None:
        services.live.let_go(one)
        return
    catalogue = services.catalogues[one.locale]
    binding = Binding(services.sealer, one.chat, now, one.message_id)
    message = compose(catalogue, *seen, now, _keyboard(catalogue, binding, *seen, now))
    if one.is_stale(message.text, now):
        if is_budgeted and not await _waited_for_slot(services, now):
            return
        if await _edit(bot, services, one, as_parameters(message, bot.username)):
            one.drawn(message.text, now)
    if _is_done(*seen):
        services.live.let_go(one)


async def _waited_for_slot(services: Services, now: datetime) -> bool:
    """Takes a slot of the budget that all messages share, and waits for it; not when the next one is far away."""
    async with services.sessions.begin() as session:
        shared = await budget.locked_budget(session, now)
        wait = shared.opens(now) - now
        if wait > EVERY:
            return False
        await budget.save_budget(session, shared.reserve(1, services.settings.telegram.rate, now))
    await asyncio.sleep(wait.total_seconds())
    return True


async def _edit(bot: Bot, services: Services, one: LiveMessage, words: dict[str, Any]) -> bool:
    """Whether it was edited; otherwise it is tried again later, unless the message or the chat is gone."""
    try:
        await bot.edit_message_text(chat_id=one.chat, message_id=one.message_id, **words)
    except RetryAfter as refused:
        one.due = services.clock() + wait_of(refused)
        return False
    except (BadRequest, Forbidden) as error:
        if "not modified" not in error.message:
            services.live.let_go(one)
            return False
    except TelegramError as error:
        _log.info("a live message could not be edited just now: %s", type(error).__name__)
        return False
    return True


TAPS: Final = {
    "p-look": lambda call, parts: on_look(call, int(parts[0])),
    "p-pause": lambda call, parts: on_pause(call, int(parts[0])),
    "p-keep": lambda call, parts: on_keep(call, int(parts[0])),
    "p-resume": lambda call, parts: on_resume(call, int(parts[0]), from_microseconds(int(parts[1], 16))),
    "p-stop": lambda call, parts: on_stop(call, int(parts[0])),
    "p-end": lambda call, parts: on_end(call, int(parts[0])),
}
"""The verbs of these buttons."""
