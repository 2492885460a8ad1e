"""The sections of config.toml, one class each, with what every key may be. Reads nothing: that is bot/config.py."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from alerts.links import page_address

_FREE_RATE: Final = 30
"""Messages a second that Telegram carries for nothing (delivery.md section 1)."""
_LAST_PORT: Final = 65535
_WEBHOOK: Final = re.compile(r"https://[^/\s:@?#]+(:(443|80|88|8443))?(/[^\s?#]*)?")


class Section(BaseModel):
    """One [section]; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)  # it may be a secret


class Organisation(Section):
    """Who speaks (safety.md 36): shown in /help and /privacy."""

    name: str = ""
    contact: str = ""
    site: str = ""
    privacy_officer: str = ""


class Telegram(Section):
    """How to reach Telegram, and how fast."""

    token: SecretStr = SecretStr("")
    token_file: Path | None = None
    base_url: str = "https://api.telegram.org"
    paid_broadcast: bool = False
    rate: float = Field(default=25, gt=0, le=1000)
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"

    @field_validator("base_url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]?", value):
            msg = "must begin with https:// (plain http only to this machine itself)"
            raise ValueError(msg)
        return value.rstrip("/")

    @field_validator("rate")
    @classmethod
    def _allowed(cls, value: float, known: ValidationInfo) -> float:
        if value > _FREE_RATE and not known.data.get("paid_broadcast"):
            msg = (
                f"more than {_FREE_RATE} a second only with paid_broadcast = true, which Telegram charges for"
            )
            raise ValueError(msg)
        return value

    @field_validator("webhook_url")
    @classmethod
    def _where_telegram_calls(cls, value: str) -> str:
        if value and not _WEBHOOK.fullmatch(value):
            msg = "must be https://, on port 443, 80, 88 or 8443, as Telegram calls no other"
            raise ValueError(msg)
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _telegrams_alphabet(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"|[A-Za-z0-9_-]{32,256}", value.get_secret_value()):
            msg = "must be 32 to 256 letters, digits, _ and -, made by chance"
            raise ValueError(msg)
        return value

    @field_validator("mode")
    @classmethod
    def _has_what_it_needs(cls, value: str, known: ValidationInfo) -> str:
        wanted = ("webhook_url", "webhook_secret")
        missing = [key for key in wanted if key in known.data and not str(known.data[key])]
        if value == "webhook" and missing:
            msg = f"a webhook needs {' and '.join(missing)}"
            raise ValueError(msg)
        return value


class Database(Section):
    """Where everything is stored."""

    url: str = Field(default="sqlite+aiosqlite:///data/bot.db", repr=False)  # it may hold a password

    @field_validator("url")
    @classmethod
    def _known(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            msg = "must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://"
            raise ValueError(msg)
        return value


class Privacy(Section):
    """The sealing key, and how long the ledger of deliveries is kept."""

    key_file: Path = Path("secrets/seal.key")
    retention_hours: int = Field(default=48, ge=1, le=48)


class Moderation(Section):
    """Who may draft and approve, and how many must."""

    administrators: tuple[PositiveInt, ...] = ()
    moderators: tuple[PositiveInt, ...] = ()
    approvals: int = Field(default=1, ge=1, le=5)
    second_factor: Literal["none"] = "none"
    canary_seconds: Literal[0] = 0
    claim_digest: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    petition_hosts: tuple[str, ...] = ()

    @field_validator("petition_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
                msg = f"{host!r} is not a host such as petitions.example.org, in small letters, without https://"
                raise ValueError(msg)
        return value


class Delivery(Section):
    """The ledger's patience."""

    lease_seconds: int = Field(default=30, ge=1, le=600)


class Digest(Section):
    """When the daily digest leaves."""

    daily_at: time = time(18, 0)
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            msg = f"{value!r} is not an IANA time zone such as Europe/Brussels"
            raise ValueError(msg) from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.time_zone)


class Web(Section):
    """The mail page that `page` writes, once it is on the web; where webhook and health are listened for."""

    page_url: str = ""
    listen: str = "127.0.0.1:8080"
    health: str = ""

    @field_validator("page_url")
    @classmethod
    def _https(cls, value: str) -> str:
        return page_address(value) if value else value

    @field_validator("listen", "health")
    @classmethod
    def _host_and_port(cls, value: str, known: ValidationInfo) -> str:
        if not value and known.field_name == "health":
            return value
        host, _, port = value.rpartition(":")
        if not host or not re.fullmatch(r"\d{1,5}", port) or not 0 < int(port) <= _LAST_PORT:
            msg = "must be an address and a port, such as 127.0.0.1:8080 or [::1]:8080"
            raise ValueError(msg)
        return value


class Logging(Section):
    """What is logged and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
