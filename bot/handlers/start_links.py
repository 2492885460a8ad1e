"""Deep links: `?start=l_26_014` serves a letter, `a_26_014` shows its action, `c_17` a case. Nothing is stored by following one."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.context import Call
from bot.handlers import act, cases, enrol, letter

_ACTION = re.compile(r"([la])_(\d{2})_(\d{1,5})")
_CASE = re.compile(r"c_(\d{1,9})")


async def follow_link(call: Call) -> None:
    """Serve what the link names; anything not on the list of payloads is an ordinary start (safety.md 34)."""
    if match := _ACTION.fullmatch(call.words):
        number = f"UA-{match[2]}/{match[3]}"
        if match[1] == "a":
            await act.show(call, number)
        else:
            await letter.letter(replace(call, words=number))
    elif match := _CASE.fullmatch(call.words):
        await cases.show(replace(call, words=match[1]))
    if call.subscriber is None or not call.subscriber.active:
        await enrol.start(replace(call, words=""))
