"""Act: what a reader says they did for an action, by which way. Counted, never told of anybody."""

from __future__ import annotations

from enum import StrEnum


class ActChannel(StrEnum):
    """Ways of acting that readers report; the last is what came back."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"
    FORM = "form"
    SOCIAL = "social"
    PETITION = "petition"
    REPLY = "reply"  # an answer arrived
