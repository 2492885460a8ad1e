"""A folder in memory for the databases of tests, where the machine has one with room: None elsewhere.

Databases that write through to a disk at every commit take most of the time of these tests.
"""

from __future__ import annotations

import os
from pathlib import Path
from shutil import disk_usage

_SHARED = Path("/dev/shm")
_ENOUGH = 4 << 30


def folder() -> Path | None:
    """The folder; everybody may make files of their own in it."""
    if not _SHARED.is_dir() or not os.access(_SHARED, os.W_OK):
        return None
    return _SHARED if disk_usage(_SHARED).free > _ENOUGH else None
