"""What a fault does to a call: what the client sees, and whether Telegram has carried it out."""

from __future__ import annotations

import time
from dataclasses import replace

import httpx
import pytest

from bot.emulator import Effect, Emulator, Fault
from tests.bot.emulator.conftest import Call

HELLO = {"chat_id": 7, "text": "Hello"}


@pytest.fixture(autouse=True)
def reader(emulator: Emulator) -> None:
    emulator.person(7, started=True)


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(
    ("effect", "error"),
    [
        (Effect.CUT, httpx.RemoteProtocolError),
        (Effect.RESET, httpx.ReadError),
        (Effect.HALF, httpx.RemoteProtocolError),
    ],
)
async def test_connections_that_break(
    call: Call, emulator: Emulator, effect: Effect, error: type[Exception], *, accepted: bool
) -> None:
    emulator.script(Fault.broken(effect, accepted=accepted))
    with pytest.raises(error):
        await call("sendMessage", **HELLO)
    assert len(emulator.sent_to(7)) == int(accepted)
    assert (await call("sendMessage", **HELLO)).status_code == 200


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault.bad_gateway(503), 503, b"<html><head><title>503 Service Unavailable"),
        (Fault.broken(Effect.NOISE), 200, b"\x00\xff"),
        (
            Fault(effect=Effect.DENIAL, description="No"),
            200,
            b'{"ok":false,"error_code":400,"description":"No"}',
        ),
        (Fault.broken(Effect.REDIRECT), 302, b""),
        (Fault.refusal(500, "Oh"), 500, b'{"ok":false,"error_code":500,"description":"Oh"}'),
    ],
    ids=lambda one: one.effect.name if isinstance(one, Fault) else "",
)
async def test_answers_that_are_none(
    call: Call, emulator: Emulator, fault: Fault, status: int, body: bytes, *, accepted: bool
) -> None:
    emulator.script(replace(fault, accepted=accepted))
    answer = await call("sendMessage", **HELLO)
    assert (answer.status_code, answer.content[: len(body)]) == (status, body)
    assert len(emulator.sent_to(7)) == int(accepted)


@pytest.mark.parametrize("fault", [Fault.delay(0.2), Fault.delay(0.2, accepted=True), Fault.drip(0.2)])
async def test_answers_that_come_late_are_right(call: Call, emulator: Emulator, fault: Fault) -> None:
    emulator.script(fault)
    began = time.monotonic()
    answer = await call("sendMessage", **HELLO)
    assert time.monotonic() - began >= 0.2
    assert answer.json()["result"]["text"] == "Hello"


async def test_silence_before_acceptance(emulator: Emulator) -> None:
    emulator.script(Fault.silence(accepted=False))
    async with httpx.AsyncClient(base_url=emulator.base_url, trust_env=False, timeout=0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"/bot{emulator.token}/sendMessage", json=HELLO)
    assert emulator.sent_to(7) == []


async def test_what_a_lost_answer_would_have_said_stays_unknown(call: Call, emulator: Emulator) -> None:
    await call("sendMessage", **HELLO)
    (message,) = emulator.sent_to(7)
    emulator.script(Fault.bad_gateway(accepted=True))
    same = {"chat_id": 7, "message_id": message.message_id, "text": "Hello"}
    assert (await call("editMessageText", **same)).status_code == 502
    (refused,) = emulator.refusals
    assert "message is not modified" in refused.description


async def test_updates_are_repeated_reversed_and_aged(call: Call, emulator: Emulator) -> None:
    person = emulator.person(7)
    for text in ("one", "two"):
        await person.says(text)
    first, second = (await call("getUpdates")).json()["result"]
    emulator.age_updates(3600)
    emulator.give_newest_first()
    given = (await call("getUpdates")).json()["result"]
    assert [update["update_id"] for update in given] == [second["update_id"], first["update_id"]]
    assert [update["message"]["text"] for update in given] == ["two", "one"]
    assert given[0]["message"]["date"] <= int(time.time()) - 3600
    assert (await call("getUpdates", offset=second["update_id"] + 1)).json()["result"] == []
    emulator.repeat_updates()
    again = (await call("getUpdates", offset=second["update_id"] + 1)).json()["result"]
    assert again == given
    assert (await call("getUpdates")).json()["result"] == []
