"""The bench's own tools: a measure that is wrong would hold every bound."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.bench.figures import at_least, at_most, exactly, print_verdict, ratio
from tests.bench.load_server import Ledger, Rules
from tests.bench.serving import LoadServer, fullest_second, load_server

JSON_BODY = b'{"text": "Example", "chat_id": -100123}'
FORM_BODY = b"text=Example&chat_id=-100123&entities=%5B%5D"
MULTIPART_BODY = (
    b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nExample\r\n'
    b'--x\r\nContent-Disposition: form-data; name="chat_id"\r\nContent-Type: text/plain\r\n\r\n-100123\r\n--x--\r\n'
)


@pytest.fixture
def server() -> Iterator[LoadServer]:
    with load_server() as started:
        yield started


def post(server: LoadServer, body: bytes, method: str = "sendMessage") -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request("POST", f"/bot1:x/{method}", body=body)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told


@pytest.mark.parametrize("body", [JSON_BODY, FORM_BODY, MULTIPART_BODY])
def test_messages_of_every_client_are_counted(server: LoadServer, body: bytes) -> None:
    status, told = post(server, body)
    assert (status, told["ok"]) == (200, True)
    assert [(one.chat, one.status, one.mark) for one in server.arrivals()] == [(-100123, 200, 0)]


def test_a_body_in_chunks_is_one_message(server: LoadServer) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    for _ in range(2):
        headers = {"Transfer-Encoding": "chunked"}
        halves = iter((JSON_BODY[:10], JSON_BODY[10:]))
        connection.request("POST", "/bot1:x/sendMessage", body=halves, headers=headers, encode_chunked=True)
        assert json.loads(connection.getresponse().read())["ok"] is True
    connection.close()
    assert [one.chat for one in server.arrivals()] == [-100123, -100123]


def test_marks_tell_messages_apart_and_rules_forget_what_came(server: LoadServer) -> None:
    server.configure(marks=["UA-26/014", "UA-26/999"])
    for text in ("UA-26/999", "nothing", "UA-26/014"):
        post(server, json.dumps({"chat_id": 7, "text": text}).encode())
    assert [one.mark for one in server.arrivals()] == [2, 0, 1]
    server.configure()
    assert server.arrivals() == []


def test_what_is_no_message_is_not_counted(server: LoadServer) -> None:
    _, told = post(server, b"{}", "getMe")
    assert told["result"]["username"] == "bench_bot"
    assert server.arrivals() == []


def test_the_limit_is_kept_in_every_sliding_second(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [100.0, 100.6, 100.9, 101.0, 101.5, 101.6]
    clock = iter(moments)
    monkeypatch.setattr("tests.bench.load_server.time.monotonic", lambda: next(clock))
    ledger = Ledger(Rules(per_second=2))
    # The one of 100.0 no longer counts at 101.0; the one that was refused never did.
    assert [ledger.take(JSON_BODY)[0] for _ in moments] == [200, 200, 429, 200, 429, 200]


def test_the_fullest_second_has_the_borders_of_the_limit() -> None:
    assert fullest_second([]) == 0
    assert fullest_second([0.0, 1.0, 2.0]) == 1
    assert fullest_second([0.0, 0.5, 0.999, 1.4, 3.0]) == 3


def test_ratios_are_taken_within_a_round() -> None:
    assert ratio([2.0, 40.0, 6.0], [1.0, 10.0, 3.0]) == 2.0


def test_a_missed_bound_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    held = [at_most("slow", 1.0, 2.0, "s"), at_least("quick", 2.0, 2.0, "/s"), exactly("refused", 0, 0)]
    assert print_verdict({"STATION": held}) is True
    assert print_verdict({"STATION": [*held, at_least("quick", 1.9, 2.0, "/s")]}) is False
    assert capsys.readouterr().out.splitlines()[-1] == "  missed: STATION: quick"
