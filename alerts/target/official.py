"""Target: an official in force, with what became of the addresses; and what a letter needs of one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pydantic import Field

from alerts.letter.words import Addressee
from alerts.locales import Catalogue
from alerts.target.entry import TargetEntry
from alerts.target.words import AddressState, TargetKind, kind_name


class Target(TargetEntry):
    """An official as two moderators, or the operator's configuration, vouch for; `id` is ours and stable.

    `states` has the addresses that do not work. `verified_at`: when a moderator last checked it.
    """

    id: int
    states: dict[str, AddressState] = Field(default_factory=dict)
    verified_at: datetime | None = None

    @property
    def is_generic(self) -> bool:
        """Whether it stands for an office of which no address is kept."""
        return not self.key

    @property
    def working_emails(self) -> tuple[str, ...]:
        """The e-mail addresses that are not known to fail, in their order."""
        return tuple(address for address in self.emails if self.works(address))

    def works(self, address: str) -> bool:
        """Whether nothing is known against an address."""
        return self.states.get(address, AddressState.OK) is AddressState.OK

    def lines(self, catalogue: Catalogue) -> tuple[str, ...]:
        """The lines of an envelope, in the catalogue's language as far as the title goes."""
        title = self.title_in(catalogue.locale) or kind_name(catalogue, self.kind)
        country = (catalogue.country(self.country),) if self.is_generic else ()
        return (*filter(None, (self.name, title, self.organisation)), *self.postal, *country)

    def to_addressee(self, catalogue: Catalogue) -> Addressee:
        """For `letter.fill`, in the language of the letter."""
        return Addressee(
            kind=self.kind.value,
            lines=self.lines(catalogue),
            salutation=self.salutations.get(catalogue.locale),
            gender=self.gender or None,
        )


def generic(country: str) -> Target:
    """Who decides in a country of which no official is kept: an office without address, by way of the embassy."""
    return Target.model_construct(
        id=0, key="", country=country, kind=TargetKind.HEAD_OF_JUDICIARY, sources=()
    )


def letter_language(target: TargetEntry, reader_locale: str, offered: Collection[str]) -> str:
    """The first language that the official prefers and we have letters in; else the reader's own."""
    return next((language for language in target.languages if language in offered), reader_locale)
