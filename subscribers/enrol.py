"""Station: what a reader chooses about themselves. One row changes at a time; no choice is logged or counted.

A chat becomes a row with its consent (`begin`) and is written to only after `resume`. Every function does nothing
for a chat that has no row.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.store import acts, failures, people
from subscribers.subscriber import ChatKind, Mode, Subscriber, checked_country
from subscribers.subscription import MOST_KEYS, case_key, case_of, checked

Sessions = async_sessionmaker[AsyncSession]


async def subscriber_of(sessions: Sessions, chat: int) -> Subscriber | None:
    """Who reads in this chat, with topics; None when nothing is stored about it."""
    async with sessions() as session:
        return await people.by_chat(session, chat)


async def begin(
    sessions: Sessions, chat: int, kind: ChatKind, locale: str, consent_version: int, now: datetime
) -> None:
    """Remember a chat that has just agreed to it. One that was gone is back; whether it is active stays as it was."""
    async with sessions.begin() as session:
        await people.insert_if_new(session, chat, kind, locale, f"{now:%Y-%m}")
        await people.change(
            session, chat, locale=locale, consent_version=consent_version, gone_at=None, gone_held=False
        )


async def choose_language(sessions: Sessions, chat: int, locale: str) -> None:
    """The locale of everything from now on."""
    await _change(sessions, chat, locale=locale)


async def choose_mode(sessions: Sessions, chat: int, mode: Mode) -> None:
    """Who may see the phone. Of somebody who only reads nothing stays that says they wrote, or where they live."""
    async with sessions.begin() as session:
        await people.change(session, chat, mode=mode.value)
        subscriber = await people.by_chat(session, chat) if mode is Mode.READ_ONLY else None
        if subscriber is not None:
            await people.change(session, chat, country=None)
            await acts.unlink(session, subscriber.id)
            await failures.forget(session, subscriber.id)


async def letter_warned(sessions: Sessions, chat: int) -> None:
    """The note before the first letter has been shown."""
    await _change(sessions, chat, letter_warned=True)


async def choose_plain(sessions: Sessions, chat: int, plain: bool) -> None:  # noqa: FBT001 - the choice itself
    """Messages for a screen reader, or as everybody gets them."""
    await _change(sessions, chat, plain=plain)


async def remember_country(sessions: Sessions, chat: int, country: str | None) -> None:
    """Where they live (ISO 3166-1 alpha-2, upper case), because they asked; None forgets it. ValueError for no code."""
    await _change(sessions, chat, country=None if country is None else checked_country(country))


async def pause(sessions: Sessions, chat: int, until: datetime) -> None:
    """Nothing before `until`; what was on its way waits, if it still stands then."""
    await _change(sessions, chat, paused_until=until)


async def resume(sessions: Sessions, chat: int) -> None:
    """Be written to: for the first time, again after `stop`, or before the end of a pause."""
    await _change(sessions, chat, active=True, paused_until=None)


async def stop(sessions: Sessions, chat: int) -> None:
    """Nothing more is claimed for this chat from this moment; what it chose stays for a return."""
    await _change(sessions, chat, active=False)


async def _change(sessions: Sessions, chat: int, **values: object) -> None:
    async with sessions.begin() as session:
        await people.change(session, chat, **values)


async def choose_topics(sessions: Sessions, chat: int, keys: Collection[str]) -> None:
    """Exactly these topics and followed cases, at most 500; ValueError for what is not a key."""
    wanted = {checked(key) for key in keys}
    async with sessions.begin() as session:
        subscriber = await people.by_chat(session, chat)
        if subscriber is None or len(wanted) > MOST_KEYS:
            return
        await people.remove_keys(session, subscriber.id, subscriber.keys - wanted)
        await people.add_keys(session, subscriber.id, wanted - subscriber.keys)


async def follow(sessions: Sessions, chat: int, case_id: int) -> bool:
    """Hear whatever happens in one case; False when the chat is not known or follows as many as it can."""
    async with sessions.begin() as session:
        subscriber = await people.by_chat(session, chat)
        if subscriber is None or len(subscriber.keys) >= MOST_KEYS:
            return False
        await people.add_keys(session, subscriber.id, [case_key(case_id)])
        return True


async def unfollow(sessions: Sessions, chat: int, case_id: int) -> None:
    """Hear about one case only as far as the chosen topics go."""
    async with sessions.begin() as session:
        subscriber = await people.by_chat(session, chat)
        if subscriber is not None:
            await people.remove_keys(session, subscriber.id, [case_key(case_id)])


async def followed(sessions: Sessions, chat: int) -> list[int]:
    """The cases that a chat follows, by number."""
    subscriber = await subscriber_of(sessions, chat)
    cases = (case_of(key) for key in (subscriber.keys if subscriber else ()))
    return sorted(case_id for case_id in cases if case_id is not None)


async def move_chat(sessions: Sessions, old: int, new: int) -> None:
    """A group became a supergroup: the same subscriber under a new id."""
    async with sessions.begin() as session:
        subscriber = await people.by_chat(session, old)
        if subscriber is not None:
            await people.move(session, subscriber.id, new)
