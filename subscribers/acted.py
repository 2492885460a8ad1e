"""Station: what readers say they did, and which addresses failed them. Counts; nothing is told of anybody.

Nothing is stored about somebody who is no subscriber (who only came by a link), nor about groups, nor about readers
who said they are inside the country.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.act import LINKED, ActChannel, Acted, may_act
from subscribers.store import acts, failures, people

Sessions = async_sessionmaker[AsyncSession]


async def act(
    sessions: Sessions, chat: int, action_id: int, channel: ActChannel, language: str, now: datetime
) -> Acted | None:
    """“I sent it”: once per reader, action and way, however often it is said; `language` is the letter's locale.

    None, and nothing is stored, when this chat may not act or the action is over for more than 48 hours.
    """
    async with sessions.begin() as session:
        reader = await people.by_chat(session, chat)
        if reader is None or not may_act(reader):
            return None
        is_new = await acts.add(session, reader.id, action_id, channel, language, now - LINKED)
        channels = await acts.acted_channels(session, reader.id, action_id)
        if channel not in channels:
            return None
        return Acted(is_new, channels, await acts.counts(session, action_id))


async def undo(sessions: Sessions, chat: int, action_id: int, channel: ActChannel) -> bool:
    """Take an act back; False when there was none (any more) of this reader."""
    async with sessions.begin() as session:
        reader = await people.by_chat(session, chat)
        return reader is not None and await acts.remove(session, reader.id, action_id, channel)


async def report_failure(sessions: Sessions, chat: int, target_id: int, address: str) -> int:
    """A reader says that an official's address failed: how many different readers say so now.

    `address` must be one that this target has. Of somebody who may not act nothing is stored.
    """
    async with sessions.begin() as session:
        reader = await people.by_chat(session, chat)
        if reader is not None and may_act(reader):
            await failures.add(session, reader.id, target_id, address)
        return await failures.readers(session, target_id, address)
