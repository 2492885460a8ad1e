"""“I sent it”: counted once per reader, action and way; thanks, how far it has come, and what could be next.

Nothing is counted of who came by a link. On a death there are no thanks and no goal (domain.md section 9). It is
counted until 48 hours after the action is over (`act.may_tell`), an answer that came as long as the store takes it.
"""

from __future__ import annotations

from typing import Final

from alerts.action import Action
from alerts.case import DEATHS
from alerts.locales import N_
from alerts.render.action import goal_line
from alerts.render.message import Button, Keyboard
from alerts.render.share import may_be_shared
from bot.buttons import reader_data
from bot.context import Call
from bot.handlers import act
from bot.handlers.act import Standing, variant_of
from subscribers import acted, enrol
from subscribers.act import ActChannel, may_act, shown
from subscribers.store import acts
from subscribers.subscriber import Mode

_ASKED: Final = (
    ActChannel.EMAIL,
    ActChannel.POST,
    ActChannel.PHONE,
    ActChannel.FORM,
    ActChannel.SOCIAL,
    ActChannel.PETITION,
)
_LABELS: Final = {
    ActChannel.EMAIL: N_("By e-mail"),
    ActChannel.POST: N_("By post"),
    ActChannel.PHONE: N_("By phone"),
    ActChannel.FORM: N_("By web form"),
    ActChannel.SOCIAL: N_("On social media"),
    ActChannel.PETITION: N_("Signed a petition"),
}
_IN_A_ROW: Final = 2
_UNCOUNTED: Final = N_(
    "Thank you. I count only what subscribers tell me, so this one is not counted. /start subscribes you."
)


async def sent(call: Call, number: str, language: str) -> None:
    """By which way?"""
    standing = await act.may_tell(call, number)
    if standing is None or language not in call.services.catalogues:
        return
    t, first = call.catalogue.t, standing.action.number
    buttons = [
        Button(t(_LABELS[channel]), reader_data("did", first, channel.value, language)) for channel in _ASKED
    ]
    rows = tuple(tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW))
    await call.reply(call.plain(N_("How did you act?"), keyboard=rows))


async def did(call: Call, number: str, channel: str, language: str) -> None:
    """Count it, and say what has become of it so far."""
    standing = await act.may_tell(call, number)
    if standing is None or channel not in set(_ASKED) or language not in call.services.catalogues:
        return
    way = ActChannel(channel)
    if not await _count(call, standing.action, way, language):
        return
    if not may_be_shared(standing.views):
        await call.replace(call.plain(N_("Noted.")))
        return
    await call.replace(
        call.written(await _thanks(call, standing), await _what_next(call, standing, way, language))
    )


async def _count(call: Call, action: Action, way: ActChannel, language: str) -> bool:
    """Count it once; says so when it cannot be counted."""
    if call.subscriber is None or not may_act(call.subscriber):
        await call.say(_UNCOUNTED)
        return False
    counted = await acted.act(call.services.sessions, call.chat, action.id, way, language, call.now)
    if counted is None:
        await call.say(N_("This action has been over for a while, so I can count nothing for it any more."))
    return counted is not None


async def _thanks(call: Call, standing: Standing) -> str:
    """Thanks, and how far the action has come; to what, only while more is asked for."""
    counts = await act.counts_of(call, standing.action)
    lines = [call.catalogue.t("Thank you.")]
    if (readers := shown(counts.readers)) is not None:
        lines.append(
            call.catalogue.n(
                "%(number)s person has acted by now.", "%(number)s people have acted by now.", readers
            )
        )
    is_served = await act.refusal_of(call, standing) is None
    goal = standing.action.goal if is_served else None
    if goal and (line := goal_line(call.catalogue, act.shown_total(counts), goal, variant_of(call))):
        lines.append(line)
    return "\n".join(lines)


async def _what_next(call: Call, standing: Standing, channel: ActChannel, language: str) -> Keyboard:
    t, number = call.catalogue.t, standing.action.number
    rows = [[Button(t("Undo"), reader_data("undo", number, channel.value))]]
    if await _next_action(call, standing.action) is not None:
        rows[0].append(Button(t("Next action"), reader_data("next-action", number)))
    followed = call.subscriber is not None and all(
        f"case:{case.id}" in call.subscriber.keys for case in standing.cases
    )
    if not followed:
        rows.append([Button(t("Tell me what happens"), reader_data("news", number))])
    if channel is not ActChannel.PETITION:
        rows.append([Button(t("An answer came"), reader_data("answer", number, language))])
    return tuple(map(tuple, rows))


async def undo(call: Call, number: str, channel: str) -> None:
    """It is as if it had not been said."""
    standing = await act.find(call, number)
    if standing is None or channel not in set(ActChannel) or call.mode is Mode.READ_ONLY:
        return
    await acted.undo(call.services.sessions, call.chat, standing.action.id, ActChannel(channel))
    await call.replace(call.plain(N_("Taken back.")))


async def answered(call: Call, number: str, language: str) -> None:
    """An official replied; that may be long after the deadline, so the rule of serving has no say here."""
    standing = await act.find(call, number)
    if standing is None or call.mode is Mode.READ_ONLY or language not in call.services.catalogues:
        return
    way = ActChannel.REPLY
    if not await _count(call, standing.action, way, language):
        return
    back = Button(call.catalogue.t("Undo"), reader_data("undo", standing.action.number, way.value))
    await call.reply(
        call.plain(N_("Noted: an answer came. It stays with you; I do not ask for it."), keyboard=((back,),))
    )


async def news(call: Call, number: str) -> None:
    """Follow what the action is about."""
    standing = await act.find(call, number)
    if standing is None:
        return
    if call.subscriber is None:
        await call.say(N_("You are not subscribed yet. /start begins."))
        return
    for case in standing.cases:
        if case.view.status not in DEATHS:
            await enrol.follow(call.services.sessions, call.chat, case.id)
    await call.say(N_("You follow this case now and hear everything about it."))


async def next_action(call: Call, number: str) -> None:
    """Another open action, one that this reader has not acted on yet."""
    standing = await act.find(call, number)
    following = await _next_action(call, standing.action) if standing else None
    if following is None:
        await call.say(N_("You have acted on all that is open. Thank you."))
    else:
        await act.show(call, following.number)


async def _next_action(call: Call, after: Action) -> Action | None:
    for action, _ in await act.open_now(call):
        if action.id == after.id or not action.letters or action.held or call.subscriber is None:
            continue
        async with call.services.sessions() as session:
            if not await acts.acted_channels(session, call.subscriber.id, action.id):
                return action
    return None
