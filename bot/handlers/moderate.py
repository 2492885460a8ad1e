"""The steps of review by command and by button; the rules are alerts/alert.py, the deeds alerts/review.py."""

from __future__ import annotations

from typing import Any, Final

from alerts import review
from alerts.alert import Alert, AlertStatus, Disposition, Refusal
from alerts.locales import N_
from alerts.moderators import actor_of
from bot.context import Call
from bot.handlers import conversation, desk
from bot.handlers.reading import first_and_rest, number_of
from bot.handlers.refusals import WORDS

_DONE: Final = {
    AlertStatus.PENDING: N_("Draft %(number)s waits for approval by somebody else. It is not out yet."),
    AlertStatus.APPROVED: N_("Draft %(number)s is approved and goes out now."),
    AlertStatus.RETURNED: N_("Draft %(number)s goes back to its author."),
    AlertStatus.REJECTED: N_("Draft %(number)s is turned down."),
}


def step_of(call: Call, alert_id: int) -> review.Step:
    """Who does it, to what, when."""
    actor = actor_of(call.services.sealer, call.user)
    return review.Step(call.services.sessions, alert_id, actor, call.now)


async def tell_result(call: Call, result: Alert | Refusal | None) -> None:
    """Say what came of a step, and wake the stations after an approval."""
    if result is None:
        await call.say(N_("I do not know a draft of that number. /drafts shows what waits."))
    elif isinstance(result, Refusal):
        await call.say(WORDS[result])
    else:
        await call.say(_DONE[result.status], number=result.id)
        if result.status is AlertStatus.APPROVED:
            call.services.nudge.set()


async def submit(call: Call) -> None:
    """/submit 5."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /submit 5"))
        return
    await on_submit(call, number)


async def on_submit(call: Call, alert_id: int) -> None:
    """Hand a draft in; everybody else is then told of it."""
    await tell_result(call, await review.submit(step_of(call, alert_id)))


async def approve(call: Call) -> None:
    """/approve 5 shows the draft with its button: nobody approves what they have not before their eyes."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /approve 5"))
        return
    await desk.show_draft(call, number)


async def on_approve(call: Call, alert_id: int, revision: int) -> None:
    """The tap on "Approve: name" under the draft."""
    needed = call.services.settings.moderation.approvals
    await tell_result(call, await review.approve(step_of(call, alert_id), revision, needed))


async def give_back(call: Call) -> None:
    """/return 5 why."""
    await _turn_down(call, AlertStatus.RETURNED)


async def reject(call: Call) -> None:
    """/reject 5 why."""
    await _turn_down(call, AlertStatus.REJECTED)


async def _turn_down(call: Call, verdict: AlertStatus) -> None:
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft, and why? For example: /return 5 the prison is wrong"))
        return
    _, reason = first_and_rest(call.words)
    await tell_result(call, await review.turn_down(step_of(call, number), verdict, reason))


async def on_turn_down(call: Call, alert_id: int, verb: str) -> None:
    """The tap: the next message is the reason."""
    await conversation.begin(call, "turn_down", "reason", {"alert": alert_id, "verb": verb})
    await call.say(N_("Why? Write one sentence; the author will read it. /cancel leaves it."))


async def on_reason(call: Call, answers: dict[str, Any]) -> None:
    """The reason for a return or rejection, as asked for."""
    verdict = AlertStatus.RETURNED if answers["verb"] == "return" else AlertStatus.REJECTED
    step = step_of(call, answers["alert"])
    await tell_result(call, await review.turn_down(step, verdict, call.words))


async def on_triage(call: Call, alert_id: int, disposition: Disposition) -> None:
    """Choose how far a draft goes, and see it again."""
    result = await review.triage(step_of(call, alert_id), disposition)
    if isinstance(result, Alert):
        await desk.show_draft(call, alert_id)
    else:
        await tell_result(call, result)
