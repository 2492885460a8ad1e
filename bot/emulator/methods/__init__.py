"""The methods of the Bot API that the emulator serves, by name in lower case, as Telegram matches them.

`getUpdates` is not among them: it waits, and the server serves it itself.
"""

from __future__ import annotations

from bot.emulator.methods import answers, delivery, editing, membership, profile, sending
from bot.emulator.methods.call import Done, Handler

_ALL: dict[str, Handler] = {
    **sending.METHODS,
    **editing.METHODS,
    **answers.METHODS,
    **membership.METHODS,
    **profile.METHODS,
    **delivery.METHODS,
}
METHODS: dict[str, tuple[str, Handler]] = {name.lower(): (name, handler) for name, handler in _ALL.items()}

__all__ = ["METHODS", "Done", "Handler"]
