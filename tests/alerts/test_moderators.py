from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from alerts import audit
from alerts.moderators import (
    Moderator,
    Role,
    actor_of,
    all_moderators,
    claim,
    claim_digest,
    new_claim_code,
    role_of,
)
from alerts.seal import Sealer
from alerts.store import moderators as store
from alerts.store.audit import lines_after
from bot.database import Sessions
from tests.conftest import ENGINES

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
CODE = "ABCD-EFGH-IJKL-MNOP-QRST-UVWX"
STRANGER, CLAIMANT = 700_001, 700_002


@dataclass(frozen=True)
class People:
    administrators: tuple[int, ...] = (1001,)
    moderators: tuple[int, ...] = (1002, 1003)


NOBODY = People((), ())


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


async def put(sessions: Sessions, telegram_id: int, role: str) -> None:
    async with sessions.begin() as session:
        await store.put(session, telegram_id, role, NOW)


@pytest.mark.parametrize(
    ("telegram_id", "role"),
    [(1001, Role.ADMINISTRATOR), (1002, Role.MODERATOR), (1003, Role.MODERATOR), (STRANGER, None)],
)
async def test_the_configuration_gives_roles(sessions: Sessions, telegram_id: int, role: Role | None):
    assert await role_of(sessions, People(), telegram_id) is role


@pytest.mark.parametrize("role", list(Role))
async def test_the_database_gives_roles(sessions: Sessions, role: Role):
    await put(sessions, 1004, role)
    assert await role_of(sessions, People(), 1004) is role
    assert await role_of(sessions, People(), STRANGER) is None


async def test_the_higher_of_two_roles_counts(sessions: Sessions, sealer: Sealer):
    await put(sessions, 1001, Role.MODERATOR)
    await put(sessions, 1002, Role.ADMINISTRATOR)
    assert await role_of(sessions, People(), 1001) is Role.ADMINISTRATOR
    assert await role_of(sessions, People(), 1002) is Role.ADMINISTRATOR
    assert await all_moderators(sessions, People()) == [
        Moderator(actor_of(sealer, 1001), 1001, Role.ADMINISTRATOR),
        Moderator(actor_of(sealer, 1002), 1002, Role.ADMINISTRATOR),
        Moderator(actor_of(sealer, 1003), 1003, Role.MODERATOR),
    ]


async def test_a_second_role_takes_the_place_of_the_first(sessions: Sessions):
    await put(sessions, 1004, Role.MODERATOR)
    await put(sessions, 1004, Role.ADMINISTRATOR)
    assert [(each.chat, each.role) for each in await all_moderators(sessions, NOBODY)] == [
        (1004, Role.ADMINISTRATOR)
    ]


async def test_an_actor_is_stable_and_does_not_name_the_person(sealer: Sealer):
    assert actor_of(sealer, 1002) == actor_of(sealer, 1002)
    assert actor_of(sealer, 1002) != actor_of(sealer, 1003)
    assert actor_of(sealer, 1002) != actor_of(Sealer(bytes(64)), 1002)
    assert re.fullmatch(r"mod:[0-9a-f]{32}", actor_of(sealer, 1002))


async def test_the_database_holds_no_id_in_the_clear(sessions: Sessions):
    await put(sessions, CLAIMANT, Role.MODERATOR)
    async with sessions.begin() as session:
        (chat,) = (await session.execute(text("SELECT chat FROM moderators"))).scalars()
    assert str(CLAIMANT).encode() not in bytes(chat)
    assert [each.chat for each in await all_moderators(sessions, NOBODY)] == [CLAIMANT]


async def test_the_right_code_makes_an_administrator_and_a_line_in_the_trail(
    sessions: Sessions, sealer: Sealer
):
    digest = claim_digest(CODE)
    assert await claim(sessions, NOW, CLAIMANT, CODE, digest)
    assert await role_of(sessions, NOBODY, CLAIMANT) is Role.ADMINISTRATOR
    async with sessions.begin() as session:
        (line,) = await lines_after(session, 0, 10)
    assert (line.at, line.actor, line.verb, line.subject, line.detail) == (
        NOW,
        actor_of(sealer, CLAIMANT),
        "claim",
        f"claim:{digest}",
        {"role": "administrator"},
    )


@pytest.mark.parametrize("typed", [CODE.lower(), CODE.replace("-", " "), f"  {CODE.replace('-', '')}\n"])
async def test_a_code_forgives_case_and_spacing(sessions: Sessions, typed: str):
    assert await claim(sessions, NOW, CLAIMANT, typed, claim_digest(CODE))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (CODE[:-1] + "Y", claim_digest(CODE)),
        ("", claim_digest(CODE)),
        ("\ud800 کد", claim_digest(CODE)),
        (CODE, ""),
        ("", ""),
    ],
)
async def test_a_wrong_code_makes_nobody(sessions: Sessions, typed: str, expected: str):
    assert not await claim(sessions, NOW, CLAIMANT, typed, expected)
    assert await all_moderators(sessions, NOBODY) == []
    async with sessions.begin() as session:
        assert await lines_after(session, 0, 10) == []


async def test_a_code_is_good_once_even_after_its_administrator_is_removed(sessions: Sessions):
    digest = claim_digest(CODE)
    assert await claim(sessions, NOW, CLAIMANT, CODE, digest)
    assert not await claim(sessions, NOW, STRANGER, CODE, digest)
    async with sessions.begin() as session:
        await session.execute(text("DELETE FROM moderators"))
    assert not await claim(sessions, NOW, STRANGER, CODE, digest)
    assert await role_of(sessions, NOBODY, STRANGER) is None


async def test_a_new_code_in_the_configuration_is_good_again(sessions: Sessions):
    assert await claim(sessions, NOW, CLAIMANT, CODE, claim_digest(CODE))
    fresh = new_claim_code()
    assert await claim(sessions, NOW, STRANGER, fresh, claim_digest(fresh))


async def test_of_several_who_claim_at_once_one_wins(sessions: Sessions):
    digest = claim_digest(CODE)
    won = await asyncio.gather(*(claim(sessions, NOW, 700_010 + n, CODE, digest) for n in range(5)))
    assert sorted(won) == [False, False, False, False, True]
    assert len(await all_moderators(sessions, NOBODY)) == 1
    assert await audit.verify_trail(sessions) is None


def test_codes_are_long_random_and_easy_to_read():
    codes = {new_claim_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){5}", code) for code in codes)  # 24 × 5 = 120 bits
