"""WatchedList: what an operator says about one list: where it is, how often to look, how its columns map to ours.

Checks everything that can be checked before the first reading, so that a mistake shows at start and names the
list and the word. Reads no document.
"""

from __future__ import annotations

import codecs
import hashlib
import ipaddress
import re
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from alerts.case import CaseStatus, Certainty, split_status
from alerts.change import FIELDS

UTF_8: Final = frozenset({"utf-8", "utf-8-sig"})
"""As `codecs` names them: without and with a byte order mark."""

_EVERY: Final = re.compile(r"([1-9]\d{0,5})\s*([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _read_every(value: Any) -> Any:
    """Read "15m" as a timedelta; anything that is one already passes."""
    if isinstance(value, timedelta):
        return value
    match = _EVERY.fullmatch(str(value).strip())
    if match is None:
        msg = f"{value!r} is not a length of time; write a number and s, m, h or d, as in 15m"
        raise ValueError(msg)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _read_columns(value: Any) -> Any:
    """One column may be written without its brackets."""
    if not isinstance(value, dict):
        return value
    return {field: [names] if isinstance(names, str) else names for field, names in value.items()}


def _read_encoding(value: str) -> str:
    """An encoding of text by the name that `codecs` knows it by, so that "UTF8" and "utf-8" are one."""
    try:
        b"-".decode(value, "ignore")
        return codecs.lookup(value).name
    except (LookupError, ValueError) as error:
        msg = (
            f"{value!r} is not an encoding of text; write one such as windows-1256, or leave it out for UTF-8"
        )
        raise ValueError(msg) from error


Every = Annotated[timedelta, BeforeValidator(_read_every)]
Columns = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_read_columns)]
Encoding = Annotated[str, AfterValidator(_read_encoding)]


class WatchedList(BaseModel):
    """One `[[lists]]` of the configuration; every key as commands.md shows it.

    `loopback_http` lets the address be http (or https) on this very machine: for trials and tests only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    title: str = Field(min_length=1)
    url: str = Field(min_length=1)
    format: Literal["csv", "json"]
    encoding: Encoding = "utf-8"
    every: Every = timedelta(minutes=15)
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    tier: int = Field(default=1, ge=1, le=3)
    key: str = Field(min_length=1)
    rows: str = ""
    certainty: Certainty | None = None
    also: tuple[str, ...] = ()
    columns: Columns
    statuses: dict[str, str]
    loopback_http: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether the list is fetched over the network; else `url` is a path."""
        return "://" in self.url

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """Every column (or jmespath) that is read, once each, the key first."""
        mapped = (column for columns in self.columns.values() for column in columns)
        return tuple(dict.fromkeys((self.key, *mapped, *self.also)))

    @cached_property
    def words(self) -> dict[str, tuple[CaseStatus, str | None]]:
        """The list's own status word -> our status and the detail after the slash."""
        return {" ".join(word.split()): split_status(ours) for word, ours in self.statuses.items()}

    @cached_property
    def mapping_sha256(self) -> str:
        """Changes when the same document would be understood otherwise."""
        told = self.model_dump_json(exclude={"title", "url", "every", "tier", "loopback_http"})
        return hashlib.sha256(told.encode()).hexdigest()

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        for problem in (
            self._problem_of_columns(),
            self._problem_of_statuses(),
            self._problem_of_address(),
            self._problem_of_paths(),
        ):
            if problem:
                msg = f"list {self.name!r}: {problem}"
                raise ValueError(msg)
        return self

    def _problem_of_columns(self) -> str | None:
        unknown = sorted(set(self.columns) - set(FIELDS))
        if unknown:
            return f"columns: {unknown[0]!r} is not a field of ours; there are {', '.join(FIELDS)}"
        empty = sorted(field for field, names in self.columns.items() if not names or not all(names))
        if empty:
            return f"columns: {empty[0]} names no column"
        if not {"name_latin", "name_native"} & set(self.columns):
            return "columns: name_latin or name_native must be mapped"
        return None if "status" in self.columns else "columns: status must be mapped"

    def _problem_of_statuses(self) -> str | None:
        for word, ours in self.statuses.items():
            try:
                split_status(ours)
            except ValueError:
                return f"statuses: {word!r} = {ours!r}: no such status; there are {', '.join(CaseStatus)}"
        return None if self.statuses else "statuses: no word of the list is mapped to a status of ours"

    def _problem_of_address(self) -> str | None:
        if not self.is_remote:
            return None
        address = urlsplit(self.url)
        if not address.hostname:
            return f"url: {self.url!r} has no host"
        if address.scheme == "https":
            return None
        if address.scheme != "http":
            return f"url: {address.scheme}:// is not supported; use https:// or a path"
        if self.loopback_http and _is_loopback(address.hostname):
            return None
        return "url: lists are read over https only (http on this machine itself needs loopback_http = true)"

    def _problem_of_paths(self) -> str | None:
        if self.format != "json":
            return "rows: a CSV has no path to its rows; leave it out" if self.rows else None
        for path in (*self.wanted, *filter(None, [self.rows])):
            try:
                jmespath.compile(path)
            except JMESPathError as error:
                return f"{path!r} is not a jmespath expression: {str(error).splitlines()[0]}"
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
