"""Files that commands write where they were told to."""

from __future__ import annotations

from pathlib import Path

from alerts.errors import ConfigError


def write(path: Path, content: bytes) -> None:
    """The file, over one that is there; ConfigError says why it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        msg = f"--output: {path} cannot be written: {error.strerror}"
        raise ConfigError(msg) from error
