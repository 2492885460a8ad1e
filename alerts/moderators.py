"""Who may draft, approve and administer: the people of the configuration, and those who joined at run time.

A one-time code, whose digest is in the configuration, makes an administrator where the configuration names
none. Does not ask for a second factor and keeps no duty roster.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from alerts import audit
from alerts.columns import sealer_of
from alerts.seal import Sealer
from alerts.store import moderators as store

_CODE_BYTES: Final = 15  # 120 bits, and no padding in base32
_GROUP: Final = 4
_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


class Role(StrEnum):
    """What somebody may do; an administrator may do all that a moderator may."""

    ADMINISTRATOR = "administrator"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class Moderator:
    """Someone with a role. `actor` names them in the trail and on alerts, `chat` is their Telegram id."""

    actor: str
    chat: int
    role: Role


class Configured(Protocol):
    """The people whom the configuration names, by Telegram id (bot/config.py has them)."""

    @property
    def administrators(self) -> Sequence[int]:
        """May do everything."""

    @property
    def moderators(self) -> Sequence[int]:
        """May draft and approve."""


def actor_of(sealer: Sealer, telegram_id: int) -> str:
    """The name "mod:DIGEST": the same for the same person, and a stolen database does not tell whose."""
    return "mod:" + sealer.digest(str(telegram_id), "moderators.actor")


async def role_of(
    sessions: async_sessionmaker[AsyncSession], configured: Configured, telegram_id: int
) -> Role | None:
    """The higher of the roles that configuration and database give; None for everybody else."""
    if telegram_id in configured.administrators:
        return Role.ADMINISTRATOR
    async with sessions.begin() as session:
        stored = await store.role_at(session, telegram_id)
    if stored == Role.ADMINISTRATOR:
        return Role.ADMINISTRATOR
    return Role.MODERATOR if stored or telegram_id in configured.moderators else None


async def all_moderators(
    sessions: async_sessionmaker[AsyncSession], configured: Configured
) -> list[Moderator]:
    """Everyone with a role, once each, with their higher role; administrators first."""
    async with sessions.begin() as session:
        sealer = sealer_of(session)
        stored = await store.everyone(session)
    administrators = [
        *configured.administrators,
        *(who for who, role in stored if role == Role.ADMINISTRATOR),
    ]
    moderators = [*configured.moderators, *(who for who, _ in stored)]
    roles = dict.fromkeys(administrators, Role.ADMINISTRATOR)
    for who in moderators:
        roles.setdefault(who, Role.MODERATOR)
    return [Moderator(actor_of(sealer, who), who, role) for who, role in roles.items()]


def new_claim_code() -> str:
    """A fresh one-time code of 120 random bits, in groups for reading aloud: "ABCD-EFGH-…"."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def claim_digest(code: str) -> str:
    """SHA-256 (64 hex digits) of a code, for the configuration; case, spaces and dashes do not matter."""
    compact = "".join(char for char in code.upper() if char in _ALPHABET)
    return hashlib.sha256(compact.encode()).hexdigest()


async def claim(
    sessions: async_sessionmaker[AsyncSession],
    now: datetime,
    telegram_id: int,
    code: str,
    expected_digest: str,
) -> bool:
    """Make `telegram_id` an administrator if `code` is the configuration's and was never used; else False.

    That it was used is a line of the trail, which nobody can take back: removing the administrator later does
    not make the code good again. An empty `expected_digest` means that no code was given out.
    """
    if not hmac.compare_digest(claim_digest(code), expected_digest):
        return False
    subject = f"claim:{expected_digest}"
    async with sessions.begin() as session:
        if await audit.is_recorded(session, verb="claim", subject=subject):
            return False
        actor = actor_of(sealer_of(session), telegram_id)
        await store.put(session, telegram_id, Role.ADMINISTRATOR, now)
        await audit.record(
            session,
            now=now,
            actor=actor,
            verb="claim",
            subject=subject,
            detail={"role": Role.ADMINISTRATOR},
        )
    return True
