"""The steps of review by command and by button; the rules are alerts/alert/rules.py, the deeds alerts/review.py."""

from __future__ import annotations

from typing import Any, Final

from alerts import join, review
from alerts.alert import Alert, AlertStatus, Disposition, Part, Refusal, may_turn_down
from alerts.case import OUTCOMES
from alerts.locales import N_
from alerts.moderators import actor_of, all_moderators
from alerts.step import Step
from alerts.store import actions
from alerts.store import review as review_store
from bot.context import Call
from bot.handlers import conversation
from bot.handlers.reading import first_and_rest, number_of
from bot.handlers.refusals import WORDS
from bot.handlers.sheet import show_draft
from subscribers import erase

UNKNOWN: Final = N_("I do not know a draft of that number. /drafts shows what waits.")
NOT_MEANT: Final = N_("That button is too old or was not meant for you. /drafts shows what waits.")
_GOES_OUT: Final = N_("Draft %(number)s is approved and goes out now.")
_APPROVED: Final = {
    Disposition.ACTION: _GOES_OUT,
    Disposition.ALERT: _GOES_OUT,
    Disposition.DIGEST: N_("Draft %(number)s is approved and comes with the next digest."),
    Disposition.RECORD: N_("Draft %(number)s is approved for the record; nobody is written to."),
}
_TURNED_DOWN: Final = {
    AlertStatus.RETURNED: N_("Draft %(number)s goes back to its author."),
    AlertStatus.REJECTED: N_("Draft %(number)s is turned down."),
}
_LETTERS_HELD: Final = N_("The letters of %(number)s are held until somebody lets them go on: /action")


def step_of(call: Call, alert_id: int) -> Step:
    """Who does it, to what, when."""
    actor = actor_of(call.services.sealer, call.user)
    return Step(call.services.sessions, alert_id, actor, call.now)


async def tell_refusal(call: Call, result: Refusal | None) -> None:
    """Say why a step was not possible; None: there is no such draft."""
    await call.say(UNKNOWN if result is None else WORDS[result])


async def submit(call: Call) -> None:
    """/submit 5."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /submit 5"))
        return
    await on_submit(call, number)


async def on_submit(call: Call, alert_id: int, revision: int | None = None) -> None:
    """Hand a draft in (the `revision` that was shown, if a button was tapped); everybody else is then told of it."""
    result = await review.submit(step_of(call, alert_id), revision)
    if not isinstance(result, Alert):
        await tell_refusal(call, result)
        return
    t = call.catalogue.t
    lines = [t("Draft %(number)s waits for approval by somebody else. It is not out yet.", number=result.id)]
    others = await _others_who_may_approve(call, result)
    if others:
        lines.append(
            call.catalogue.n("%(number)s person may approve it.", "%(number)s people may approve it.", others)
        )
    else:
        lines.append(t("Nobody else may approve it: another moderator is needed."))
    await call.reply(call.written("\n".join(lines)))


async def _others_who_may_approve(call: Call, alert: Alert) -> int:
    everyone = await all_moderators(call.services.sessions, call.services.settings.moderation)
    return sum(one.chat != call.user and not alert.is_own_work_of(one.actor) for one in everyone)


async def approve(call: Call) -> None:
    """/approve 5 shows the draft with its button: nobody approves what they have not before their eyes."""
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft? For example: /approve 5"))
        return
    await show_draft(call, number)


async def on_approve(call: Call, alert_id: int, revision: int) -> None:
    """The tap on "Approve: name" under the draft; wakes the stations."""
    needed = call.services.settings.moderation.approvals
    result = await review.approve(step_of(call, alert_id), revision, needed)
    if not isinstance(result, Alert):
        await tell_refusal(call, result)
    elif result.status is AlertStatus.APPROVED:
        await call.say(_APPROVED[result.disposition], number=result.id)
        call.services.nudge.set()
    else:
        missing = needed - len(result.hands_of(Part.APPROVER))
        await call.say(
            N_("Noted. Draft %(number)s is not out yet; approvals it still needs: %(missing)s."),
            number=result.id,
            missing=missing,
        )


async def give_back(call: Call) -> None:
    """/return 5 why."""
    await _turn_down_by_command(call, AlertStatus.RETURNED)


async def reject(call: Call) -> None:
    """/reject 5 why."""
    await _turn_down_by_command(call, AlertStatus.REJECTED)


async def _turn_down_by_command(call: Call, verdict: AlertStatus) -> None:
    number = number_of(call.words)
    if number is None:
        await call.say(N_("Which draft, and why? For example: /return 5 the prison is wrong"))
        return
    _, reason = first_and_rest(call.words)
    await _turn_down(call, number, verdict, reason)


async def on_turn_down(call: Call, alert_id: int, revision: int, verb: str) -> None:
    """The tap: the next message is the reason, for the revision that was shown; not asked where it would be in vain."""
    async with call.services.sessions() as session:
        alert = await review_store.alert_by_id(session, alert_id)
    refusal = _in_vain(alert, revision) if alert else None
    if alert is None or refusal:
        await tell_refusal(call, refusal)
        return
    answers = {"alert": alert_id, "revision": revision, "verb": verb}
    await conversation.begin(call, "turn_down", "reason", answers)
    await call.say(N_("Why? Write one sentence; the author will read it. /cancel leaves it."))


def _in_vain(alert: Alert, revision: int) -> Refusal | None:
    """Why a button that turns down counts no more; one that came back already is put right, or ended by command."""
    if alert.status is AlertStatus.RETURNED:
        return Refusal.WRONG_STATUS
    refusal = may_turn_down(alert, reason="")
    if refusal is not Refusal.REASON_MISSING:  # the reason is what is about to be asked for
        return refusal
    return None if alert.revision == revision else Refusal.STALE_REVISION


async def on_reason(call: Call, answers: dict[str, Any]) -> None:
    """The reason for a return or rejection, as asked for."""
    if not call.words.strip():
        await call.say(N_("Please write the reason as a text. /cancel leaves it."))
        return
    await conversation.end(call)
    verdict = AlertStatus.RETURNED if answers["verb"] == "return" else AlertStatus.REJECTED
    await _turn_down(call, answers["alert"], verdict, call.words, answers["revision"])


async def _turn_down(
    call: Call, alert_id: int, verdict: AlertStatus, reason: str, revision: int | None = None
) -> None:
    result = await review.turn_down(step_of(call, alert_id), verdict, reason, revision)
    if not isinstance(result, Alert):
        await tell_refusal(call, result)
        return
    lines = [call.catalogue.t(_TURNED_DOWN[verdict], number=result.id)]
    if verdict is AlertStatus.REJECTED and result.status_in_law in OUTCOMES:
        lines += await _held_lines(call, result)
    await call.reply(call.written("\n".join(lines)))


async def _held_lines(call: Call, rejected: Alert) -> list[str]:
    """That no letters go on by themselves where a death or a stay was turned down."""
    async with call.services.sessions() as session:
        action = await actions.open_action_of(session, rejected.case_id)
    is_theirs = action is not None and rejected.case_id in action.case_ids
    if action is None or not (is_theirs and action.held and action.letters):
        return []
    number = call.catalogue.identifier(action.number)
    return [call.catalogue.t(_LETTERS_HELD, number=number)]


async def on_triage(call: Call, alert_id: int, revision: int, disposition: Disposition) -> None:
    """Choose how far the draft that was shown goes, and see it again."""
    await _show_or_tell(call, await review.triage(step_of(call, alert_id), disposition, revision))


async def on_join(call: Call, alert_id: int, revision: int, other_id: int) -> None:
    """Put another draft into the one that was shown."""
    await _show_or_tell(call, await join.join(step_of(call, alert_id), other_id, revision))


async def on_part(call: Call, alert_id: int, revision: int, case_id: int) -> None:
    """Take somebody out of the draft that was shown."""
    await _show_or_tell(call, await join.part(step_of(call, alert_id), case_id, revision))


async def _show_or_tell(call: Call, result: Alert | Refusal | None) -> None:
    if isinstance(result, Alert):
        await show_draft(call, result.id)
    else:
        await tell_refusal(call, result)


async def on_held(call: Call, shown: int, *, have_left: bool) -> None:
    """What a moderator says of readers whom Telegram refused all at once (safety.md 33): of as many as were shown."""
    sessions = call.services.sessions
    if await erase.held(sessions) != shown:
        await call.say(NOT_MEANT)
        return
    count = await (erase.erase_held(sessions) if have_left else erase.reinstate_held(sessions))
    n = call.catalogue.n
    if have_left:
        text = n(
            "%(number)s reader is deleted within a minute.",
            "%(number)s readers are deleted within a minute.",
            count,
        )
    else:
        text = n("%(number)s reader hears from us again.", "%(number)s readers hear from us again.", count)
    await call.reply(call.written(text))
