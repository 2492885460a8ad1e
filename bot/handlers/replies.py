"""What a moderator types in the middle of a conversation goes to the matter it belongs to."""

from __future__ import annotations

from bot.context import Call
from bot.handlers import chain, change, conversation, moderate, target_writing, write


async def is_expected(call: Call) -> bool:
    """Whether a conversation waits for what this person types."""
    return await conversation.current(call) is not None


async def go_on(call: Call) -> None:
    """Take the message as an answer, once."""
    standing = await conversation.current(call)
    if standing is None or standing.answers[conversation.HEARD] == call.message_id:
        return
    if standing.matter == "alert":
        await write.on_words(call, standing.step, standing.answers)
    elif standing.matter == chain.STOPPING:
        await chain.on_reason(call, standing.answers)
    elif standing.matter == "edit":
        await change.on_edit_words(call, standing.step, standing.answers)
    elif standing.matter == target_writing.MATTER:
        await target_writing.on_words(call, standing.step, standing.answers)
    else:
        await moderate.on_reason(call, standing.answers)
