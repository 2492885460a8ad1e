from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alerts.case import Case, CaseStatus, CaseView
from alerts.store import by_hand, cases, review
from bot.database import Sessions

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
TAMSIN = CaseView(
    name_latin="Tamsin Quillfeather", name_native="تَمسین کوئیل‌فدر", aliases=("Tam Quill",), country="XH"
)
TAM = CaseView(name_latin="Tam Quill", country="XH")
NAMELESS = CaseView(country="XH")


async def add(sessions: Sessions, *views: CaseView) -> list[Case]:
    async with sessions.begin() as session:
        return [await by_hand.add(session, view, NOW) for view in views]


async def found(sessions: Sessions, words: str, limit: int = 5) -> list[int]:
    async with sessions.begin() as session:
        return [case.id for case in await by_hand.find(session, words, limit)]


async def test_a_case_without_a_list_is_stored_under_a_key_of_its_own(sessions: Sessions) -> None:
    one, other = await add(sessions, TAMSIN, TAMSIN)
    assert one == Case(one.id, "hand", one.list_key, TAMSIN)
    assert one.list_key != other.list_key
    assert len(one.list_key) == 12
    async with sessions.begin() as session:
        assert await cases.case_by_id(session, one.id) == one


@pytest.mark.parametrize(
    "words",
    ["quillfeather", "QUILL tamsin", "  Tam  ", "تمسین", "تمسين", "كوئیل فدر", "Quíll"],
)
async def test_a_part_of_the_name_in_either_script_finds(sessions: Sessions, words: str) -> None:
    (case,) = await add(sessions, TAMSIN)
    assert await found(sessions, words) == [case.id]


@pytest.mark.parametrize("words", ["", "   ", "!?", "nobody", "tamsin nobody", "%", "_"])
async def test_what_no_name_holds_finds_nobody(sessions: Sessions, words: str) -> None:
    await add(sessions, TAMSIN, NAMELESS)
    assert await found(sessions, words) == []


async def test_the_closest_name_comes_first_and_no_more_than_asked_for(sessions: Sessions) -> None:
    long, short = await add(sessions, TAMSIN, TAM)
    assert await found(sessions, "tam") == [short.id, long.id]
    assert await found(sessions, "tam", limit=1) == [short.id]


async def test_a_name_readers_know_finds_though_the_list_spells_it_otherwise(sessions: Sessions) -> None:
    (case,) = await add(sessions, TAMSIN)
    known = replace(TAMSIN, name_latin="Thomasina Quillfeather", status=CaseStatus.UPHELD)
    async with sessions.begin() as session:
        await review.publish_view(session, case.id, known, "", NOW)
    assert await found(sessions, "thomasina") == [case.id]
    assert await found(sessions, "tamsin") == [case.id]
