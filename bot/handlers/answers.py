"""A sensible answer to anything that is not a command."""

from __future__ import annotations

from alerts.action import read_number
from alerts.locales import N_
from bot.context import Call
from bot.handlers import choices, letter, own_line


async def answer_words(call: Call) -> None:
    """A line for a letter goes into it, an action's number gets its letter; everything else a word on what helps."""
    choice = choices.read_code(call.in_reply_to)
    if choice is not None:
        await own_line.on_line(call, choice)
    elif call.words.upper().startswith("UA-") and read_number(call.words):
        await letter.letter(call)
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
