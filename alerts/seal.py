"""Seal bytes so that a stolen database tells nothing, and find them again by equality.

AES-SIV (RFC 5297) is deterministic: the same number under the same key and purpose gives the same bytes, so
one column serves both UNIQUE and look-up. An unkeyed hash of a chat id is broken in hours (safety.md 26).
Does not know where keys are kept beyond reading one file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from alerts.errors import KeyFileError

KEY_BYTES: Final = 64
_KEY_ID_BYTES: Final = 1


class Sealer:
    """Seals and opens with one key; `purpose` ("table.column") keeps columns from being swapped."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            msg = f"the sealing key has {len(key)} bytes, not {KEY_BYTES}"
            raise KeyFileError(msg)
        self._cipher = AESSIV(key)
        self._digest_key = hashlib.sha256(b"digest" + key).digest()
        self.key_id = hashlib.sha256(b"key-id" + key).digest()[:_KEY_ID_BYTES]

    def __repr__(self) -> str:
        return f"Sealer(key_id={self.key_id.hex()})"

    def seal(self, text: str, purpose: str) -> bytes:
        """`key id + ciphertext`; equal inputs give equal bytes."""
        return self.key_id + self._cipher.encrypt(text.encode(), [purpose.encode()])

    def open(self, sealed: bytes, purpose: str) -> str:
        """The text again; KeyFileError when it was sealed with another key or for another purpose."""
        if sealed[:_KEY_ID_BYTES] != self.key_id:
            msg = (
                f"sealed with key {sealed[:_KEY_ID_BYTES].hex()}, but the key file holds {self.key_id.hex()}"
            )
            raise KeyFileError(msg)
        try:
            return self._cipher.decrypt(sealed[_KEY_ID_BYTES:], [purpose.encode()]).decode()
        except InvalidTag as error:
            msg = f"a sealed value of {purpose} does not open with this key: wrong key file, or damaged data"
            raise KeyFileError(msg) from error

    def digest(self, text: str, purpose: str) -> str:
        """A keyed fingerprint (32 hex digits) for look-up where the text never needs to be read again."""
        return hmac.new(self._digest_key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]


def new_key() -> bytes:
    """A fresh random key."""
    return AESSIV.generate_key(KEY_BYTES * 8)


def key_text(key: bytes) -> str:
    """The key as groups of base32 for a recovery sheet on paper; `read_key_text` reads it back."""
    text = base64.b32encode(key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def read_key_text(text: str) -> bytes:
    """Inverse of `key_text`; forgives case and spacing. KeyFileError when it is not a key."""
    compact = "".join(text.split()).upper()
    try:
        key = base64.b32decode(compact + "=" * (-len(compact) % 8))
    except ValueError as error:
        msg = f"the key text is not base32: {error}"
        raise KeyFileError(msg) from error
    if len(key) != KEY_BYTES:
        msg = f"the key text holds {len(key)} bytes, not {KEY_BYTES}"
        raise KeyFileError(msg)
    return key


def read_key_file(path: Path) -> Sealer:
    """The sealer of a key file; KeyFileError (what, where, what to do) when it is absent, open to others or bad."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        msg = (
            f"{path}: there is no key file. Run `python -m bot init`, or restore it from its recovery sheet."
        )
        raise KeyFileError(msg) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not the text that init wrote"
        msg = f"{path}: the key file cannot be read: {reason}"
        raise KeyFileError(msg) from error
    if stat.S_IMODE(mode) & 0o077:
        msg = f"{path}: others can read the key file (mode {stat.S_IMODE(mode):04o}). Run: chmod 600 {path}"
        raise KeyFileError(msg)
    try:
        return Sealer(read_key_text(text))
    except KeyFileError as error:
        msg = f"{path}: {error}. Restore it from its recovery sheet; a new key cannot open the old data."
        raise KeyFileError(msg) from error


def write_key_file(path: Path, key: bytes) -> None:
    """Write a new key file readable by its owner only; FileExistsError rather than overwrite."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key_text(key) + "\n")
