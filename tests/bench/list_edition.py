"""LIST: an edition of 50,000 rows, shuffled, of which 400 have changed, beside the csv-diff command on the same files.

Ours reads, maps, compares and records; csv-diff reads, compares and prints. An edition with the same bytes follows.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.alerts.editions import csv_of, person
from tests.bench.clients import PEERS, Client, ours
from tests.bench.figures import Figure, at_most, ratio, raw

ROWS, CHANGED = 50_000, 400
_DECISIONS = ("Denied", "Pending", "Filed 2030-01-02", "")


def documents(chance: random.Random) -> tuple[bytes, bytes]:
    """Two editions with rows in different orders."""
    rows = [
        person(
            f"H-{number:06d}",
            f"Pat Example {number:x}",
            native=f"پات نمونه {number}",
            born=f"{1950 + number % 50}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
            prison=f"Harbour {chance.randrange(60)}",
            decision=chance.choice(_DECISIONS),
        )
        for number in range(ROWS)
    ]
    before = csv_of(*rows)
    for place in chance.sample(range(ROWS), CHANGED):
        rows[place]["prison"] = "Elsewhere"
    chance.shuffle(rows)
    return before, csv_of(*rows)


def measure(rounds: int) -> Iterator[Figure]:
    """The two files by turns, so that each reading finds as many changes."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        paths = (folder / "before.csv", folder / "after.csv")
        for path, document in zip(paths, documents(random.Random(7)), strict=True):
            path.write_bytes(document)
        mine, theirs, same = [], [], []
        with ours("list_reader", f"sqlite+aiosqlite:///{folder}/bench.db") as reader:
            baseline = _read(reader, paths[0], "baseline", 0)
            for number in range(rounds):
                told = _read(reader, paths[(number + 1) % 2], "accepted", CHANGED)
                mine.append(told["seconds"])
                theirs.append(_csv_diff(*paths))
                told = _read(reader, paths[(number + 1) % 2], "same", 0)
                same.append(told["seconds"] * 1000)
    yield raw("csv-diff, the command", theirs, "s")
    yield raw("ours, read, mapped, compared and recorded", mine, "s")
    yield raw("ours, a first reading of 50,000 rows", [baseline["seconds"]], "s")
    yield at_most("against csv-diff", ratio(mine, theirs), 2, "×")
    yield at_most("the same bytes again", statistics.median(same), 10, "ms")
    yield at_most("resident memory at most", told["memory"], 300, "MB")


def _read(reader: Client, document: Path, outcome: str, changes: int) -> dict[str, float]:
    told = reader.round(document=str(document))
    assert (told["outcome"], told["changes"]) == (outcome, changes), told
    return told


def _csv_diff(before: Path, after: Path) -> float:
    command = [PEERS / "bin" / "csv-diff", before, after, "--key", "id"]
    began = time.monotonic()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    taken = time.monotonic() - began
    assert said.startswith(f"{CHANGED} rows changed"), said[:200]
    return taken
