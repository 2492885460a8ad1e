"""The one exception by which a method of the emulator refuses a call, with Telegram's own words.

It knows the shape of Telegram's errors; which call is refused, and why, is decided where the call is served.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class BotApiError(Exception):
    """A refusal, answered as `{"ok": false, …}` with the HTTP status of its code."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def json(self) -> dict[str, Any]:
        """Render the body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> BotApiError:
    """Make the commonest refusal: what was asked cannot be done."""
    return BotApiError(HTTPStatus.BAD_REQUEST, f"Bad Request: {reason}")


def forbidden(reason: str) -> BotApiError:
    """Refuse because the chat does not let the bot in."""
    return BotApiError(HTTPStatus.FORBIDDEN, f"Forbidden: {reason}")


def conflict(reason: str) -> BotApiError:
    """Refuse because updates are fetched in another way or by another process."""
    return BotApiError(HTTPStatus.CONFLICT, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> BotApiError:
    """Refuse because of flooding, telling how long to wait."""
    return BotApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Too Many Requests: retry after {retry_after}",
        {"retry_after": retry_after},
    )


def not_found() -> BotApiError:
    """Refuse a method, a token or a file that is not there."""
    return BotApiError(HTTPStatus.NOT_FOUND, "Not Found")


class ImpossibleError(Exception):
    """A person was asked to do what Telegram's apps do not let a person do."""
