"""A process that reads editions: `python -m tests.bench.list_reader DATABASE_URL`.

Each line of standard input is a JSON object with the path of a `document`; answered with JSON: the `outcome`, how
many `cases` and `changes`, `seconds`, and the process's greatest `memory` in MB so far.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from alerts.watch import read_edition
from tests.alerts.editions import watched
from tests.bench import ground


async def read(database: str) -> None:
    """Edition by edition until the input ends."""
    mapped = watched()
    async with ground.opened(database) as sessions:
        for line in sys.stdin:
            document = Path(json.loads(line)["document"]).read_bytes()
            began = time.monotonic()
            reading = await read_edition(sessions, mapped, document, datetime.now(UTC))
            told = {
                "outcome": reading.outcome,
                "cases": reading.cases,
                "changes": len(reading.changes),
                "seconds": time.monotonic() - began,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(read(sys.argv[1]))
