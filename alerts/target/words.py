"""The words of targets: kinds of officials, ways to reach them, what became of an address."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from alerts.locales import N_, Catalogue


class TargetKind(StrEnum):
    """Whom a letter goes to; the values are those of domain.md section 5, which letters' salutations go by.

    Where an office of another name decides, it is kept under the kind in whose place it stands: a governor who can
    pardon is a head_of_state, a board of clemency a head_of_judiciary, each with a title of its own.
    """

    HEAD_OF_JUDICIARY = "head_of_judiciary"
    HEAD_OF_STATE = "head_of_state"
    PROSECUTOR = "prosecutor"
    PRISON_HEAD = "prison_head"
    MINISTRY = "foreign_ministry"
    EMBASSY = "embassy_in_readers_country"
    UN_MISSION = "un_mission"
    UN_SPECIAL_PROCEDURE = "un_special_procedure"  # for staff: asks for identity and consent; no mass letters
    OWN_FOREIGN_MINISTER = "own_foreign_minister"
    OWN_MP = "own_mp"
    EU = "eu_parliament"
    MEDIA = "media"


OWN: Final = frozenset({TargetKind.OWN_FOREIGN_MINISTER, TargetKind.OWN_MP})
"""The reader's own: `country` is the reader's."""
ANY_CASE: Final = OWN | {TargetKind.EU, TargetKind.MEDIA}
"""Written to about cases of any country."""


class Channel(StrEnum):
    """Ways to reach an official; the values are those of `subscribers.act.ActChannel`."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"
    FORM = "form"  # on a site, or a parliament's finder
    SOCIAL = "social"


class AddressState(StrEnum):
    """What became of an address."""

    OK = "ok"
    BOUNCED = "bounced"  # mail comes back, the number does not answer
    BLOCKED = "blocked"  # it refuses what readers send


_KINDS: Final = {
    TargetKind.HEAD_OF_JUDICIARY: N_("Head of the Judiciary"),
    TargetKind.HEAD_OF_STATE: N_("Head of State"),
    TargetKind.PROSECUTOR: N_("Prosecutor"),
    TargetKind.PRISON_HEAD: N_("Director of the prison"),
    TargetKind.MINISTRY: N_("Ministry of Foreign Affairs"),
    TargetKind.EMBASSY: N_("Embassy"),
    TargetKind.UN_MISSION: N_("Permanent Mission to the United Nations"),
    TargetKind.UN_SPECIAL_PROCEDURE: N_("Special procedure of the United Nations"),
    TargetKind.OWN_FOREIGN_MINISTER: N_("Minister for Foreign Affairs"),
    TargetKind.OWN_MP: N_("Member of parliament"),
    TargetKind.EU: N_("European Parliament"),
    TargetKind.MEDIA: N_("Newspaper or broadcaster"),
}
_STATES: Final = {
    AddressState.OK: N_("works"),
    AddressState.BOUNCED: N_("failed"),
    AddressState.BLOCKED: N_("refuses letters"),
}


def kind_name(catalogue: Catalogue, kind: TargetKind) -> str:
    """What such an office is called where no title of its own is kept."""
    return catalogue.t(_KINDS[kind])


def state_name(catalogue: Catalogue, state: AddressState) -> str:
    """What became of an address, in a word."""
    return catalogue.t(_STATES[state])
