"""The HTTP side: tokens, ways to give parameters, the shape of answers."""

import json

import httpx
import pytest

from bot.emulator import Emulator, Fault

NOT_FOUND = {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.fixture
async def client(emulator: Emulator):
    async with httpx.AsyncClient(base_url=emulator.base_url, trust_env=False, verify=False) as made:
        yield made


async def test_get_me(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bot1:demo/getMe")
    assert answer.json() == {
        "ok": True,
        "result": {
            "id": 1,
            "is_bot": True,
            "first_name": "Urgent Action",
            "username": "urgent_action_demo_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        },
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/bot1:demo/getNothing", NOT_FOUND),
        ("/bot/getMe", NOT_FOUND),
        ("/botnonsense/getMe", NOT_FOUND),
        ("/", NOT_FOUND),
        ("/bot1:other/getMe", {"ok": False, "error_code": 401, "description": "Unauthorized"}),
        (
            "/bot0:x/getMe",
            {"ok": False, "error_code": 401, "description": "Unauthorized: invalid token specified"},
        ),
        ("/file/bot1:demo/documents/none", NOT_FOUND),
    ],
)
async def test_wrong_paths_and_tokens(client: httpx.AsyncClient, path: str, expected: dict) -> None:
    answer = await client.post(path)
    assert (answer.status_code, answer.json()) == (expected["error_code"], expected)


async def test_method_names_are_matched_in_any_case(client: httpx.AsyncClient) -> None:
    assert (await client.get("/bot1:demo/GETME")).json()["ok"]


async def test_parameters_come_in_four_ways(emulator: Emulator, client: httpx.AsyncClient) -> None:
    emulator.person(7, started=True)
    url = "/bot1:demo/sendMessage"
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    given = {"chat_id": "7", "text": "Hello", "protect_content": "true", "reply_markup": json.dumps(markup)}
    answers = [
        await client.get(url, params=given),
        await client.post(url, data=given),
        await client.post(url, files={name: (None, value) for name, value in given.items()}),
        await client.post(
            url, json={"chat_id": 7, "text": "Hello", "protect_content": True, "reply_markup": markup}
        ),
    ]
    results = [answer.json()["result"] for answer in answers]
    for result in results:
        assert result.pop("message_id")
        assert result.pop("date")
    assert (
        results
        == [
            {
                "from": {
                    "id": 1,
                    "is_bot": True,
                    "first_name": "Urgent Action",
                    "username": "urgent_action_demo_bot",
                },
                "chat": {"id": 7, "type": "private", "first_name": "Somebody"},
                "text": "Hello",
                "has_protected_content": True,
                "reply_markup": markup,
            }
        ]
        * 4
    )
    params = [request.params for request in emulator.requests("sendMessage")]
    assert [given["reply_markup"] for given in params] == [markup] * 4
    assert [given["protect_content"] for given in params] == [True] * 4


async def test_a_file_may_be_attached_by_name(emulator: Emulator, client: httpx.AsyncClient) -> None:
    emulator.person(7, started=True)
    answer = await client.post(
        "/bot1:demo/sendDocument",
        data={"chat_id": "7", "document": "attach://letter"},
        files={"letter": ("نامه.txt", b"Dear Sir", "text/plain")},
    )
    document = answer.json()["result"]["document"]
    assert (document["file_name"], document["file_size"]) == ("نامه.txt", 8)


async def test_a_text_that_is_json_stays_a_text(emulator: Emulator, client: httpx.AsyncClient) -> None:
    emulator.person(7, started=True)
    await client.post("/bot1:demo/sendMessage", data={"chat_id": "7", "text": "[1, 2]"})
    (request,) = emulator.record
    assert request.params == {"chat_id": 7, "text": "[1, 2]"}


async def test_a_body_that_is_no_json(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/bot1:demo/sendMessage", content="{", headers={"Content-Type": "application/json"}
    )
    assert answer.json()["description"] == "Bad Request: can't parse JSON object"


async def test_a_flood_has_its_shape(emulator: Emulator, client: httpx.AsyncClient) -> None:
    emulator.person(7, started=True)
    emulator.script(Fault.flood(9))
    answer = await client.post("/bot1:demo/sendMessage", data={"chat_id": "7", "text": "Hello"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "9"
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 9",
        "parameters": {"retry_after": 9},
    }


async def test_a_gateway_answers_html(emulator: Emulator, client: httpx.AsyncClient) -> None:
    emulator.script(Fault.bad_gateway(504))
    answer = await client.post("/bot1:demo/getMe")
    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "text/html; charset=utf-8")
    assert "504 Gateway Timeout" in answer.text
