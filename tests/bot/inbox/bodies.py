"""Updates as Telegram writes them, of people who do not exist."""

from __future__ import annotations

from typing import Any


def message(
    update_id: int, text: str, user: int = 5001, chat: int | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {
            "message_id": 10 + update_id,
            "date": 1_773_133_200,
            "from": {"id": user, "is_bot": False, "first_name": "Emma", "language_code": "en"},
            "chat": _chat(user if chat is None else chat),
            "text": text,
            **more,
        },
    }


def tap(
    update_id: int, data: str, user: int = 5001, under: int = 7, chat: int | None = None
) -> dict[str, Any]:
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(900_000 + update_id),
            "from": {"id": user, "is_bot": False, "first_name": "Emma", "language_code": "en"},
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": under,
                "date": 1_773_133_200,
                "chat": _chat(chat or user),
                "text": "A question",
            },
        },
    }


def leaves(update_id: int, user: int = 5001, status: str = "kicked") -> dict[str, Any]:
    person = {"id": user, "is_bot": False, "first_name": "Emma"}
    bot = {"id": 1, "is_bot": True, "first_name": "Bot"}
    return {
        "update_id": update_id,
        "my_chat_member": {
            "chat": _chat(user),
            "from": person,
            "date": 1_773_133_200,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": status, "until_date": 0},
        },
    }


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "Readers"}
