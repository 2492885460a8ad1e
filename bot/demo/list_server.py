"""A curated list on loopback whose rows the demo and the journeys change; answers GET with an ETag, nothing else."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

COLUMNS = (
    "id",
    "name",
    "name_fa",
    "status",
    "execution_date",
    "born",
    "gender",
    "country",
    "prison",
    "charges",
    "source",
)
Row = dict[str, str]


class ListServer:
    """Holds the rows and serves them as CSV. `answer` overrides status and body, to serve what should not be."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.answer: tuple[int, bytes] | None = None
        self.asked = 0
        self.port = 0

    @property
    def url(self) -> str:
        """Where the list is."""
        return f"http://127.0.0.1:{self.port}/list.csv"

    def row(self, key: str) -> Row:
        """The row of one person, to be changed in place."""
        return next(row for row in self.rows if row["id"] == key)

    def remove(self, key: str) -> None:
        """Let a row vanish."""
        self.rows = [row for row in self.rows if row["id"] != key]

    def document(self) -> bytes:
        """The list as CSV."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[ListServer]:
        """Serve on a free port of 127.0.0.1 until the block ends."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        status, body = self.answer or (200, self.document())
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.answer is None and f"if-none-match: {etag}".encode() in request.lower():
            status, body = 304, b""
        head = (
            f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nETag: {etag}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
