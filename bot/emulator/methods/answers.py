"""Answers to what users did: tapped buttons and inline queries."""

from __future__ import annotations

from bot.emulator.errors import bad_request
from bot.emulator.methods.call import Done, Handler
from bot.emulator.parameters import Parameters
from bot.emulator.world import Toast, World

_LONGEST_ANSWER = 200
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, parameters: Parameters) -> Done:
    """Serve answerCallbackQuery: once for each tap, and not when it is too old."""
    tap = world.taps.get(parameters.text("callback_query_id"))
    if tap is None or tap.expired or tap.answer is not None:
        raise bad_request(_TOO_OLD)
    text = parameters.text("text")
    if len(text) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.answer = Toast(text, parameters.flag("show_alert"), parameters.text("url"))
    world.taps_bell.ring()
    return Done(result=True)


def answer_inline_query(world: World, parameters: Parameters) -> Done:  # noqa: ARG001 - one shape for all methods
    """Serve answerInlineQuery: nobody in this world sends inline queries, so none can be answered."""
    raise bad_request(_TOO_OLD)


METHODS: dict[str, Handler] = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}
