"""What came of an action, for moderators: a PDF to show and a table to count with."""

from __future__ import annotations

from functools import partial

from alerts.action import read_number
from alerts.locales import N_
from alerts.render.report import as_csv, printed
from alerts.render.typeset import report_pdf
from alerts.store import published
from bot.context import Call
from bot.files import MadeFile, send_file
from bot.gather import gather


async def report(call: Call) -> None:
    """/report UA-26/014: two files, made anew each time and kept nowhere."""
    numbered = read_number(call.words)
    if numbered is None:
        await call.say(N_("Which action? For example: /report UA-26/014."))
        return
    async with call.services.sessions() as session:
        action = await published.action_by_number(session, *numbered)
    if action is None:
        await call.say(N_("I do not know that action. /actions shows the open ones."))
        return
    facts = await gather(call.services, action, call.now)
    number, name = call.catalogue.identifier(action.number), action.number.replace("/", "-")
    pdf = partial(report_pdf, printed(facts, call.catalogue))
    sheet = partial(as_csv, facts, call.catalogue)
    told = call.catalogue.t("What came of %(number)s", number=number)
    table = call.catalogue.t("What came of %(number)s, as a table", number=number)
    await send_file(call, MadeFile(pdf, f"{name}.pdf", told, key=None))
    await send_file(call, MadeFile(sheet, f"{name}.csv", table, key=None))
