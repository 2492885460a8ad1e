"""Deep links: `?start=l_26_014` serves a letter, `c_17` a case. Nothing is stored by following one."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.context import Call
from bot.handlers import act, cases, enrol

_LETTER = re.compile(r"l_(\d{2})_(\d{1,5})")
_CASE = re.compile(r"c_(\d{1,9})")


async def follow_link(call: Call) -> None:
    """Serve what the link names; anything not on the list of payloads is an ordinary start (safety.md 34)."""
    if match := _LETTER.fullmatch(call.words):
        await act.letter(replace(call, words=f"UA-{match[1]}/{match[2]}"))
    elif match := _CASE.fullmatch(call.words):
        await cases.show(replace(call, words=match[1]))
    if call.subscriber is None or not call.subscriber.active:
        await enrol.start(replace(call, words=""))
