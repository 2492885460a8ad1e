"""What a moderator types in the middle of a conversation goes to the matter it belongs to."""

from __future__ import annotations

from bot.context import Call
from bot.handlers import conversation, moderate, write


async def go_on(call: Call) -> bool:
    """Take the message as an answer; False when no conversation is open."""
    standing = await conversation.current(call)
    if standing is None:
        return False
    if standing.matter == "alert":
        await write.on_words(call, standing.step, standing.answers)
    elif standing.matter == "edit":
        await write.on_edit_words(call, standing.step, standing.answers)
    else:
        await moderate.on_reason(call, standing.answers)
    return True
