"""Departures: which claimed rows have begun to leave, noted outside of the database, in one file for each process.

A row is marked as dispatched before its message may leave. When its worker is killed, the ledger alone cannot tell
what has left from what still waited for its slot: both count as copies, and of an alert there are two at most. What is
noted here, a moment before the first byte leaves, tells them apart. It proves only that something has *not* left. Of a
dead process (the kernel has dropped its lock) that is final; of a living one once the lease is over, after which it
lets nothing begin to leave. Nothing is believed when a note can be missing: a killed process's writes outlive it, but
not the machine's. Elsewhere than on Linux, and where another machine takes the rows up, what was claimed counts as
sent.
"""

from __future__ import annotations

import os
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

try:
    import fcntl
except ImportError:  # not on Windows, which has no boot id to go by either
    fcntl = None  # type: ignore[assignment]

PLACES: Final = 2048
"""Notes that are kept, the latest: twice what a worker may have claimed and not yet recorded (delivery.md 2.2)."""

_NOTE: Final = struct.Struct("<qq")
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_HEAD: Final = 64
_PREFIX: Final = "departures-"
_GRACE_SECONDS: Final = 600.0


class Departures:
    """The notes of this process. Holds a file, and its lock, until closed or killed."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._place = 0

    @classmethod
    def begin(cls, folder: Path, worker: str) -> Self | None:
        """Notes under the name by which the process claims; None where they could not be believed later.

        Raises OSError when the folder cannot be used.
        """
        machine = _running_since()
        if machine is None:
            return None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.lstat().st_uid != os.geteuid():
            msg = f"{folder} belongs to somebody else"
            raise PermissionError(msg)
        path = folder / f"{_PREFIX}{worker}"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        # All of its room at once: a disk that is full is noticed here, not when something is to leave.
        os.pwrite(file, bytes(_HEAD + PLACES * _NOTE.size), 0)
        os.pwrite(file, machine.ljust(_HEAD), 0)
        return cls(file)

    def note(self, delivery_id: int, attempt: int) -> None:
        """This attempt begins to leave. Raises OSError, and then it must not."""
        os.pwrite(self._file, _NOTE.pack(delivery_id, attempt), _HEAD + self._place * _NOTE.size)
        self._place = (self._place + 1) % PLACES

    def close(self) -> None:
        """Nothing leaves any more. The notes stay for whoever has to take up what could not be recorded."""
        os.close(self._file)


@dataclass(frozen=True, slots=True)
class Notes:
    """What a worker of this machine has noted; `lives` as long as its process does."""

    worker: str
    path: Path
    lives: bool

    def departed(self) -> frozenset[tuple[int, int]]:
        """(delivery id, attempt) of all that had begun to leave, of late. Raises OSError."""
        found = self.path.read_bytes()[_HEAD:]
        return frozenset(note for note in _NOTE.iter_unpack(found) if note[0])

    def forget(self) -> None:
        """Nothing of a dead worker's is open. Not at once: what it asked of the database last may still be on its way there."""
        with suppress(FileNotFoundError):  # another has just done so
            if time.time() - self.path.stat().st_mtime > _GRACE_SECONDS:
                self.path.unlink()


def of_this_machine(folder: Path) -> list[Notes]:
    """All notes that can be believed; those that cannot any more are deleted."""
    machine = _running_since()
    if machine is None or not folder.is_dir():
        return []
    return [notes for path in sorted(folder.glob(f"{_PREFIX}*")) if (notes := _found(path, machine))]


def _found(path: Path, machine: bytes) -> Notes | None:
    with suppress(FileNotFoundError):  # another has just cleared up
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        try:
            head, lives = os.pread(file, _HEAD, 0), _is_locked(file)
        finally:
            os.close(file)
        if head == machine.ljust(_HEAD):
            return Notes(path.name.removeprefix(_PREFIX), path, lives)
        if head.strip(b"\0"):  # otherwise it is just being made
            path.unlink(missing_ok=True)
    return None


def _is_locked(file: int) -> bool:
    """Whether a process holds it. The lock that this takes goes with the file's closing."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _running_since() -> bytes | None:
    """What tells one run of this machine from another; None where nothing does."""
    try:
        return _BOOT_ID.read_bytes().strip()
    except OSError:
        return None
