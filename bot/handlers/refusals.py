"""The words for every reason why a step of review is not possible."""

from __future__ import annotations

from typing import Final

from alerts.alert import Refusal
from alerts.locales import N_

WORDS: Final = {
    Refusal.WRONG_STATUS: N_("That step does not fit where this draft stands now. /drafts shows what waits."),
    Refusal.OWN_WORK: N_("You wrote or edited this, so somebody else must approve it."),
    Refusal.ALREADY_APPROVED: N_("You have approved this already; another moderator is needed too."),
    Refusal.STALE_REVISION: N_("This draft has changed since you saw it. Please look at it again."),
    Refusal.LAPSED: N_("The approval is older than a day. Please look at the draft again."),
    Refusal.TOO_FEW_APPROVALS: N_("More approvals are needed before this goes out."),
    Refusal.DEADLINE_PASSED: N_("The deadline in this draft has passed. Edit it or turn it down."),
    Refusal.STATUS_MOVED_ON: N_("The list says something else by now. Please look at the newest draft."),
    Refusal.VANISHED: N_(
        "The list no longer names this person. Find out why; if it stands all the same, turn this down and write it by hand."
    ),
    Refusal.NEEDS_CORRECTION: N_(
        "Readers were told that this case has ended. Only a correction may say otherwise: turn this down and write /alert."
    ),
    Refusal.NEEDS_CERTAINTY: N_(
        "“Executed” needs an official word or two independent sources; otherwise it is “reported executed”."
    ),
    Refusal.REASON_MISSING: N_("Please add why, for example: /return 5 the prison is wrong"),
    Refusal.NOT_TOGETHER: N_(
        "These two drafts cannot become one action any more. Please look at them again."
    ),
    Refusal.ACTION_CLOSED: N_("This action is closed; nothing of it can be changed any more."),
    Refusal.NO_LETTERS: N_("This action asks for no letters. An update may: /update UA-26/014"),
    Refusal.NO_LATER_DEADLINE: N_(
        "By the rule the deadline would be no later than it is. Write an update, or change its date by /edit."
    ),
    Refusal.NOT_BEING_SENT: N_("This is not being sent any more; nothing has changed."),
    Refusal.OPEN_DRAFT_EXISTS: N_("There is a draft about this case already. /drafts shows it."),
}
