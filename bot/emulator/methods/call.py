"""What a method gets and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.emulator.parameters import Parameters
from bot.emulator.world import World


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a call, with the chat and the message that it was about, for the record."""

    result: Any
    chat_id: int | None = None
    message_id: int | None = None


Handler = Callable[[World, Parameters], Done]
