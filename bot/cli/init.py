"""`init`: a configuration, a key and a data folder to begin with; never overwrites anything."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import typer

from bot.cli.options import DEFAULT_CONFIG, ConfigPath

_TEMPLATE: Final = """\
# Written by `python -m bot init`. Every key is explained in config.example.toml.
[organisation]
name = ""             # who speaks: shown to every reader
contact = ""          # an address that is read
site = ""
privacy_officer = ""

[telegram]
token_file = "secrets/telegram_token"   # one line, from @BotFather; chmod 600

[database]
url = "sqlite+aiosqlite:///data/bot.db"

[privacy]
key_file = "secrets/seal.key"

[moderation]
second_factor = "none"
claim_digest = "{digest}"   # of the one-time code that init printed

# No list is needed to begin: alerts can be written by hand. config.example.toml shows how to watch one.
"""


def command(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Write config.toml, the key file and the data folder; print the recovery sheet and the claim code."""
    from alerts.errors import ConfigError
    from alerts.moderators import claim_digest, new_claim_code
    from alerts.seal import key_text, new_key, write_key_file

    folder = config.resolve().parent
    key_file = folder / "secrets" / "seal.key"
    for path in (config, key_file):
        if path.exists():
            msg = f"{path}: exists already, and init never overwrites. Move it away, or give --config FILE."
            raise ConfigError(msg)
    key, code = new_key(), new_claim_code()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(mode=0o700, exist_ok=True)
    write_key_file(key_file, key)
    _write_private(config, _TEMPLATE.format(digest=claim_digest(code)))
    typer.echo(_sheet(config, key_file, key_text(key), code))


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _sheet(config: Path, key_file: Path, key: str, code: str) -> str:
    groups = key.split()
    lines = "\n".join("    " + " ".join(groups[start : start + 7]) for start in range(0, len(groups), 7))
    return f"""\
Written: {config}, {key_file}, {key_file.parent.parent / "data"}

RECOVERY SHEET. Print it or write it down, keep it apart from the machine and its backups.
Without this key nobody, you included, can read who is subscribed. Whoever has it and the database can.
{lines}
To restore: put these groups into {key_file.name} and run chmod 600 on it.

FIRST ADMINISTRATOR. Send this to your bot in a private chat, once:
    /claim {code}

Next: fill in [organisation] in {config.name}, put the token from @BotFather into secrets/telegram_token
(chmod 600), run `python -m bot check`, then `python -m bot run`."""
