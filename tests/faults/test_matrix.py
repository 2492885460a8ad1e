"""The fault matrix: what can go wrong at or on the way to Telegram, met once or each time, before or after acceptance.

For each fault and each kind of delivery: the right class, the right state at the end, nothing lost, at most two
copies of an alert and one of anything else, and no harm to those whom the fault leaves alone.

What is broken below HTTP (refused, DNS, TLS, connect and write time-outs) is in test_lines.py; a busy chat, a storm of
429s and migration in test_storms.py; doubled, disordered and old updates in test_updates.py: 34 kinds in all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import pytest

from bot.emulator import Effect, Fault
from subscribers.delivery import OutcomeKind
from tests.faults.conftest import PATIENT, Stage
from tests.faults.scene import EVERYBODY, TROUBLED, Kind, Left, Way, chat_of, left

K = OutcomeKind
IMPATIENT = 1.5
MOST_COPIES = 2
BEFORE = (Way.ONCE_BEFORE, Way.ALWAYS_BEFORE)
AFTER = (Way.ONCE_AFTER, Way.ALWAYS_AFTER)
ONCE = (Way.ONCE_BEFORE,)
_REFUSED = {K.GONE: "gone", K.BAD_CONTENT: "failed"}
BOTH = TROUBLED


@dataclass(frozen=True)
class Case:
    """A fault, its class, and the sides of acceptance on which it can be.

    What Telegram refuses in its own words it has not done: there is no "after" for these. What stops everybody
    is met once by each, here; the other test lets it last.
    """

    name: str
    fault: Fault
    kind: OutcomeKind
    ways: tuple[Way, ...] = BOTH
    seconds: float = PATIENT


CASES = [
    Case("slow answers", Fault.delay(0.3), K.SENT),
    Case("slow bytes", Fault.drip(0.3), K.SENT),
    Case("read time-out", Fault.silence(), K.AMBIGUOUS, seconds=IMPATIENT),
    Case("bytes that never end", Fault.drip(60.0), K.AMBIGUOUS, AFTER, seconds=IMPATIENT),
    Case("close", Fault.cut(), K.AMBIGUOUS),
    Case("reset", Fault.broken(Effect.RESET), K.AMBIGUOUS),
    Case("half a body", Fault.broken(Effect.HALF), K.AMBIGUOUS),
    Case("garbage", Fault.broken(Effect.NOISE), K.AMBIGUOUS),
    Case("200 ok:false", Fault(effect=Effect.DENIAL, code=400, description="Bad Request"), K.AMBIGUOUS),
    Case("302", Fault.broken(Effect.REDIRECT), K.AMBIGUOUS),
    Case("500", Fault.refusal(500, "Internal Server Error"), K.AMBIGUOUS),
    Case("502 HTML", Fault.bad_gateway(), K.AMBIGUOUS),
    Case("503", Fault.refusal(503, "Service Unavailable"), K.AMBIGUOUS),
    Case("400 chat not found", Fault.refusal(400, "Bad Request: chat not found"), K.GONE, BEFORE),
    Case("403", Fault.refusal(403, "Forbidden: bot was blocked by the user"), K.GONE, BEFORE),
    Case("400 content", Fault.refusal(400, "Bad Request: can't parse entities"), K.BAD_CONTENT, BEFORE),
    Case("413", Fault.refusal(413, "Request Entity Too Large"), K.BAD_CONTENT, BEFORE),
    Case("401", Fault.refusal(401, "Unauthorized"), K.HALT, ONCE),
    Case("404", Fault.refusal(404, "Not Found"), K.HALT, ONCE),
    Case("409", Fault.refusal(409, "Conflict: terminated by other"), K.HALT, ONCE),
    Case("429 of 1 s", Fault.flood(1), K.WAIT, ONCE),
    Case("429 of 30 s", Fault.flood(30), K.WAIT, ONCE),
    Case("429 of 3,600 s", Fault.flood(3600), K.WAIT, ONCE),
    Case("429 without parameters", Fault.refusal(429, "Too Many Requests"), K.WAIT, ONCE),
]


def expected(case: Case, kind: Kind, way: Way) -> Left:
    """How it ends once the fault is over: the matrix in words."""
    if way in case.ways and case.kind in _REFUSED:
        return left(kind, _REFUSED[case.kind], 0, 0)
    if way not in case.ways or case.kind is not K.AMBIGUOUS:
        return EVERYBODY[kind, way]
    was_accepted = way in AFTER
    if kind is Kind.DIGEST:
        return left(kind, "unknown", 1, int(was_accepted))
    if way in {Way.ONCE_BEFORE, Way.ONCE_AFTER} or not kind.is_new:
        return left(kind, "sent", 2, 1 + (was_accepted and kind.is_new))
    return left(kind, "unknown", 2, 2 * was_accepted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_fault_that_some_meet(set_scene: Stage, case: Case) -> None:
    scene = await set_scene(case.seconds)
    scene.trouble(case.fault, case.ways)
    for _ in range(MOST_COPIES):
        await scene.round()
    if case.ways is not ONCE:
        scene.emulator.clear_faults()
    await scene.settle()
    first = {(kind, way): scene.witness.of(chat_of(kind, way))[0] for kind, way in EVERYBODY}
    assert first == {(kind, way): case.kind if way in case.ways else K.SENT for kind, way in EVERYBODY}
    assert await scene.left() == {(kind, way): expected(case, kind, way) for kind, way in EVERYBODY}


LASTING = [
    (case, side)
    for case, side in product(CASES, (BEFORE, AFTER))
    if case.kind is not K.SENT and set(case.ways) & set(side)
]


@pytest.mark.parametrize(
    ("case", "side"),
    LASTING,
    ids=[f"{case.name}, {'before' if side is BEFORE else 'after'}" for case, side in LASTING],
)
async def test_a_fault_that_everybody_meets(set_scene: Stage, case: Case, side: tuple[Way, Way]) -> None:
    scene = await set_scene(case.seconds)
    scene.emulator.script(replace(case.fault, times=None, accepted=side is AFTER))
    for _ in range(MOST_COPIES):
        await scene.round()
    assert {kind for _, kind in scene.witness.saw} == {case.kind}
    if case.kind in {K.WAIT, K.HALT}:
        nobody = {(kind, way): left(kind, "pending", 0, 0) for kind, way in EVERYBODY}
        assert await scene.left() == nobody, "nobody is marked"
    scene.emulator.clear_faults()
    await scene.settle()
    ended = await scene.left()
    if case.kind is K.BAD_CONTENT:
        # The broadcast of an alert stops after three in a row, whoever's turn it is.
        assert {(one.status, one.seen) for one in ended.values()} <= {("failed", 0), ("cancelled", 0)}
        return
    met = replace(case, ways=(*Way,))
    assert ended == {(kind, way): expected(met, kind, side[1]) for kind, way in EVERYBODY}
