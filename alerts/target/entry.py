"""TargetEntry: what is kept about one official, checked as it comes in, from the configuration or a moderator.

An address of an attacker would collect readers' names, so everything is checked that can be without asking anybody:
the form of every address, https, countries and languages that exist, no hidden characters. Whether it is the
official's is for two moderators to say, with `sources` that anybody can open.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from babel import Locale
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from alerts.links import is_address
from alerts.names import forbidden
from alerts.target.words import TargetKind

_LINE: Final = 200
_NOTE: Final = 1000
_URL: Final = 500
_WHOLE: Final = 2000
"""Longest entry, as JSON: moderators agree to what one message shows, so all of it must stand there."""
_MOST: Final = 12
"""Lines, addresses or sources of one official."""
_HTTPS: Final = re.compile(r"https://[!-~]+")
_PHONE: Final = re.compile(r"\+[1-9][0-9 ()./-]{4,30}[0-9]")
_HANDLE: Final = re.compile(r"@[A-Za-z0-9_]{1,30}(?:@[a-z0-9-]+(?:\.[a-z0-9-]+)+)?")


def _plain(text: str, most: int) -> str:
    """One line of text without hidden characters."""
    line = " ".join(text.split(" "))
    if hidden := forbidden(line):
        raise ValueError(f"has a hidden or control character ({hidden}); type it anew")
    if any(char in "\r\n\t" for char in line):
        raise ValueError("must be one line")
    if len(line) > most:
        raise ValueError(f"is longer than {most} characters")
    return line.strip()


def _line(text: str) -> str:
    if not (line := _plain(text, _LINE)):
        raise ValueError("is empty; leave the key out instead")
    return line


def _text(text: str) -> str:
    return _plain(text, _LINE)


def _note(text: str) -> str:
    return _plain(" ".join(text.split()), _NOTE)


def _email(text: str) -> str:
    if not is_address(text):
        raise ValueError(f"{text[:80]!r} is not an e-mail address such as office@example.org")
    return text


def _https(text: str) -> str:
    """An address that everybody reads alike: https, plain ASCII, a name with a dot, nobody's password."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    named = "." in host and not parts.username and parts.password is None and port in {None, 443}
    if not _HTTPS.fullmatch(text) or len(text) > _URL or not named:
        raise ValueError(f"{text[:80]!r} is not an address such as https://example.org/contact")
    return text


def _phone(text: str) -> str:
    if text and not _PHONE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a number such as +49 30 123456, with + and the country first")
    return text


def _handle(text: str) -> str:
    if text and not _HANDLE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a handle such as @office, or @office@example.org")
    return text


@cache
def _known(kind: Literal["territories", "languages"]) -> frozenset[str]:
    return frozenset(getattr(Locale.parse("en"), kind))


def _country(code: str) -> str:
    if len(code) != len("XX") or code not in _known("territories"):
        raise ValueError(f"{code[:20]!r} is not a country; write two capital letters such as DE (EU, UN)")
    return code


def _language(code: str) -> str:
    if code not in _known("languages"):
        raise ValueError(f"{code[:20]!r} is not a language; write a code such as en, fa or ckb")
    return code


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise ValueError("names one thing twice")
    return values


def _several(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > _MOST:
        raise ValueError(f"has more than {_MOST} entries")
    return _once(values)


def _at_least_one(sources: tuple[str, ...]) -> tuple[str, ...]:
    if not sources:
        raise ValueError("is empty; name an https page on which anybody can check the addresses")
    return sources


def _by_language(value: Any) -> Any:
    """A title may be one text, for every language."""
    return {"": value} if isinstance(value, str) and value else value or {}


def _title_language(code: str) -> str:
    return code if code == "" else _language(code)


Day = Annotated[date | None, BeforeValidator(lambda value: None if value == "" else value)]
Line = Annotated[str, AfterValidator(_line)]
Text = Annotated[str, AfterValidator(_text)]
Https = Annotated[str, AfterValidator(_https)]
Country = Annotated[str, AfterValidator(_country)]
Language = Annotated[str, AfterValidator(_language)]
Url = Annotated[str, AfterValidator(lambda text: _https(text) if text else "")]
Lines = Annotated[tuple[Line, ...], AfterValidator(_several)]
Emails = Annotated[tuple[Annotated[str, AfterValidator(_email)], ...], AfterValidator(_several)]
Sources = Annotated[tuple[Https, ...], AfterValidator(_several), AfterValidator(_at_least_one)]
Countries = Annotated[tuple[Country, ...], AfterValidator(_once)]
Languages = Annotated[tuple[Language, ...], AfterValidator(_several)]
Titles = Annotated[dict[Annotated[str, AfterValidator(_title_language)], Line], BeforeValidator(_by_language)]


class TargetEntry(BaseModel):
    """One official, as the configuration and moderators' proposals have it; config.example.toml explains each key.

    `country`: whose official it is (ISO 3166-1; of the reader's own, the reader's). `provinces`, `prisons`: only cases
    there; empty: all of the country. `reader_countries`: only for readers in these; empty: for all. `active_from` and
    `active_until`: the first and last day of the term of office. `example`: shown to moderators, never served.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    country: Country
    kind: TargetKind
    title: Titles = Field(default_factory=dict)
    name: Text = ""
    organisation: Text = ""
    gender: Literal["m", "f", ""] = ""
    salutations: dict[Language, Line] = Field(default_factory=dict)
    postal: Lines = ()
    emails: Emails = ()
    phone: Annotated[str, AfterValidator(_phone)] = ""
    url: Url = ""
    handle: Annotated[str, AfterValidator(_handle)] = ""
    languages: Languages = ()
    reader_countries: Countries = ()
    provinces: Lines = ()
    prisons: Lines = ()
    active_from: Day = None
    active_until: Day = None
    sources: Sources
    example: bool = False
    note: Annotated[str, AfterValidator(_note)] = ""

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if not (self.postal or self.emails or self.phone or self.url or self.handle):
            raise ValueError("has no address: give postal, emails, phone, url or handle")
        if self.active_from and self.active_until and self.active_until < self.active_from:
            raise ValueError("active_until: the term ends before it begins")
        if (length := len(json.dumps(self.to_json(), ensure_ascii=False))) > _WHOLE:
            raise ValueError(
                f"is too long to be shown whole ({length} of {_WHOLE} characters): shorten the texts"
            )
        return self

    def to_json(self) -> dict[str, Any]:
        """A plain dict for storage and comparison, what is left out left out; inverse of `from_json`."""
        return self.model_dump(mode="json", include=set(TargetEntry.model_fields), exclude_defaults=True)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> TargetEntry:
        """Inverse of `to_json`."""
        return TargetEntry.model_validate(plain)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Everything that a reader can find not to work, the postal address apart."""
        return (*self.emails, *(one for one in (self.phone, self.url, self.handle) if one))

    def title_in(self, language: str) -> str:
        """The title in a language, else the one for all, else the English one; empty when none is kept."""
        return self.title.get(language) or self.title.get("") or self.title.get("en") or ""


class StartingValue(TargetEntry):
    """One `[[targets]]` of the configuration. `verified`: the day on which the operator last checked it."""

    verified: Day = None

    @model_validator(mode="after")
    def _examples_are_not_verified(self) -> Self:
        if self.example and self.verified:
            raise ValueError("verified: an example is nobody's word; take `example` out once it is checked")
        return self
