"""config.toml -> frozen Settings. Every key is documented in config.example.toml (a test compares them).

Order of authority: environment (`UAB_SECTION__KEY`, lists as JSON), then the file. Secrets may be files of
their own. Unknown keys are refused: one that is accepted and does nothing would be a trap.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any, Final, Self

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from alerts.errors import ConfigError
from alerts.lists.watched import WatchedList
from alerts.target import StartingValue
from bot.mistakes import DELIMITER, PREFIX, explained, unknown_variables, variables_of
from bot.sections import (
    Database,
    Delivery,
    Digest,
    Logging,
    Moderation,
    Organisation,
    Privacy,
    Telegram,
    Web,
)

_SECRETS: Final = {"token": "token", "webhook_secret": "webhook's secret"}
TOKEN: Final = re.compile(r"\d+:[A-Za-z0-9_-]+")


class Settings(BaseSettings):
    """Everything the configuration says. `organisation` and the token are asked for by `run` only."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        extra="forbid",
        hide_input_in_errors=True,
        frozen=True,
        nested_model_default_partial_update=True,
    )
    organisation: Organisation | None = None
    telegram: Telegram = Telegram()
    database: Database = Database()
    privacy: Privacy = Privacy()
    moderation: Moderation = Moderation()
    delivery: Delivery = Delivery()
    digest: Digest = Digest()
    web: Web = Web()
    logging: Logging = Logging()
    lists: tuple[WatchedList, ...] = ()
    targets: tuple[StartingValue, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [watched.name for watched in self.lists]
        if len(set(names)) < len(names):
            msg = f"two lists have one name: {', '.join(sorted({n for n in names if names.count(n) > 1}))}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        keys = [target.key for target in self.targets]
        if len(set(keys)) < len(keys):
            msg = (
                f"two targets have one key: {', '.join(sorted({key for key in keys if keys.count(key) > 1}))}"
            )
            raise ValueError(msg)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment beats the file, whose keys come as init arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    def require_token(self) -> str:
        """The bot's token; ConfigError with what to do when there is none, or it is not one."""
        token = self.telegram.token.get_secret_value() or _read_secret(self.telegram.token_file)
        if not token:
            msg = "[telegram] token: there is none. Ask @BotFather for one, then set token, token_file or UAB_TELEGRAM__TOKEN."
            raise ConfigError(msg)
        if not TOKEN.fullmatch(token):
            msg = "[telegram] token: it does not look like 123456:ABC-DEF… as @BotFather writes it"
            raise ConfigError(msg)
        return token

    def require_organisation(self) -> Organisation:
        """Who speaks; ConfigError when nobody does."""
        said = self.organisation
        if said is None or not said.name.strip() or not said.contact.strip():
            msg = "[organisation]: readers must be told who speaks: set name and contact."
            raise ConfigError(msg)
        return said


def load(path: Path) -> Settings:
    """Read the configuration; ConfigError names file, line and key of everything that is wrong."""
    text, plain = read_toml(path)
    if unknown := unknown_variables(Settings):
        msg = f"{unknown[0]} (environment): unknown; variables are called {PREFIX}SECTION{DELIMITER}KEY"
        raise ConfigError(msg)
    try:
        settings = Settings(**plain)
    except ValidationError as error:
        # The values are left out: one of them may be a secret.
        details = error.errors(include_url=False, include_input=False)
        raise ConfigError(explained(path, text, plain, Settings, details)) from None
    except SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        variables = variables_of(field[1] if field else "")
        msg = f"{variables} (environment): the value is not JSON; lists are written as [1001, 1002]"
        raise ConfigError(msg) from None
    return _resolve(settings, path.resolve().parent)


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """A configuration's text and what it says, unchecked; ConfigError names the file, and the line that is not TOML."""
    text = _read(path)
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_not_toml(path, error)) from error


def exposed_secret(path: Path) -> str | None:
    """What is wrong when the configuration itself holds a secret and others can read it; None when nothing is."""
    said = read_toml(path)[1].get("telegram", {})
    held = next((what for key, what in _SECRETS.items() if said.get(key)), None)
    if held is None or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return None
    return f"others can read {path}, which holds the {held}. Run: chmod 600 {path}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        msg = f"{path}: there is no such file. Run `python -m bot init`, or give --config FILE."
        raise ConfigError(msg) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        msg = f"{path}:{line}: this is not UTF-8; save the file as UTF-8."
        raise ConfigError(msg) from error
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}"
        raise ConfigError(msg) from error


def _not_toml(path: Path, error: tomllib.TOMLDecodeError) -> str:
    found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error))
    return f"{path}:{found[2]}: not TOML: {found[1]}" if found else f"{path}: not TOML: {error}"


def _read_secret(path: Path | None) -> str:
    default = os.environ.get("CREDENTIALS_DIRECTORY")
    found = path or (Path(default) / "telegram_token" if default else None)
    if found is None or (path is None and not found.exists()):
        return ""
    try:
        mode = stat.S_IMODE(found.stat().st_mode)
        text = found.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        msg = (
            f"[telegram] token_file: {found} cannot be read: {getattr(error, 'strerror', None) or 'not text'}"
        )
        raise ConfigError(msg) from error
    if mode & 0o077:
        msg = f"[telegram] token_file: others can read {found} (mode {mode:04o}). Run: chmod 600 {found}"
        raise ConfigError(msg)
    return text


def _resolve(settings: Settings, folder: Path) -> Settings:
    """A path in the configuration is relative to the configuration file."""

    def beside(path: Path) -> Path:
        return path if path.is_absolute() else folder / path

    url = settings.database.url
    relative = re.fullmatch(r"(sqlite\+aiosqlite:///)(?!/|:memory:)(.+)", url)
    token_file = settings.telegram.token_file
    changes: dict[str, Any] = {
        "database": Database(url=f"{relative[1]}{folder / relative[2]}" if relative else url),
        "privacy": settings.privacy.model_copy(update={"key_file": beside(settings.privacy.key_file)}),
        "telegram": settings.telegram.model_copy(
            update={"token_file": beside(token_file) if token_file else None}
        ),
        "lists": tuple(_beside(watched, folder) for watched in settings.lists),
    }
    return settings.model_copy(update=changes)


def _beside(watched: WatchedList, folder: Path) -> WatchedList:
    if watched.is_remote or Path(watched.url).is_absolute():
        return watched
    return watched.model_copy(update={"url": str(folder / watched.url)})
