"""The roles of a process: everybody may send, and one leads.

| role | leads when nobody else does | sends |
|---|---|---|
| all | yes | yes |
| leader | yes | no |
| sender | no | yes |

Leading is watching lists, ticking the clock, publishing, and taking updates. On SQLite there is one process, in the
role "all". What that comes to is in bot/duties.py.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What `run --role` may be."""

    ALL = "all"
    LEADER = "leader"
    SENDER = "sender"

    @property
    def leads(self) -> bool:
        """Whether it may lead."""
        return self is not Role.SENDER

    @property
    def sends(self) -> bool:
        """Whether it sends to subscribers."""
        return self is not Role.LEADER
