"""A sensible answer to anything that is not a command."""

from __future__ import annotations

from dataclasses import replace

from alerts.action import read_number
from alerts.locales import N_
from bot.context import Call
from bot.handlers import act


async def answer_words(call: Call) -> None:
    """An action's number gets its letter; everything else a word on what helps."""
    if call.words.upper().startswith("UA-") and read_number(call.words):
        await act.letter(replace(call, words=call.words))
    elif call.subscriber is None or not call.subscriber.active:
        await call.say(
            N_("I am a bot and cannot chat. /start subscribes you to urgent actions, /help shows everything.")
        )
    else:
        await call.say(
            N_(
                "I am a bot and cannot chat. /actions shows what you can do now, /cases finds a person by name."
            )
        )
