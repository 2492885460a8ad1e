"""Who plays in the demo: readers, a group and two moderators. All fictional."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.stage import MODERATORS
from bot.emulator import Emulator, Group, Person

_GROUP = -1001000000077


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by name; `quiet` blocks the bot, `host` runs the group."""

    emma: Person
    nasrin: Person
    greta: Person
    parviz: Person
    quiet: Person
    host: Person
    group: Group
    mina: Person
    omid: Person

    @property
    def moderators(self) -> tuple[Person, Person]:
        """The two who review."""
        return self.mina, self.omid

    @property
    def readers(self) -> tuple[Person, ...]:
        """Those who read in private."""
        return self.emma, self.nasrin, self.parviz, self.greta


def gather(emulator: Emulator) -> Cast:
    """Bring everybody in."""
    host = emulator.person(5005, first_name="Hanna")
    return Cast(
        emma=emulator.person(5001, first_name="Emma"),
        nasrin=emulator.person(5002, first_name="Nasrin", language_code="fa"),
        greta=emulator.person(5006, first_name="Greta", language_code="de"),
        parviz=emulator.person(5003, first_name="Parviz", language_code="fa"),
        quiet=emulator.person(5004, first_name="Quinn"),
        host=host,
        group=emulator.group(_GROUP, "Readers' circle", admins=[host]),
        mina=emulator.person(MODERATORS[0], first_name="Mina"),
        omid=emulator.person(MODERATORS[1], first_name="Omid"),
    )
