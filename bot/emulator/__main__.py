"""The emulator as a process of its own: `python -m bot.emulator --port 8081 --record calls.jsonl`.

For tests that kill the bot, and for looking at a bot by hand with curl. It serves until it is interrupted; people are
brought in with `--people`, since nobody acts through a command line.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.emulator.emulator import Emulator


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.emulator", description="A Bot API on loopback.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; a free one when not given")
    parser.add_argument("--token", default="1:demo", help="the only token that is let in")
    parser.add_argument(
        "--record", type=Path, help="append every accepted call to this file, one JSON a line"
    )
    parser.add_argument(
        "--people", type=int, default=0, metavar="N", help="N people, ids 1001 and up, who started the bot"
    )
    return parser.parse_args(argv)


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until SIGINT or SIGTERM. The address is the first line on standard output."""
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there, an interrupt ends asyncio.run itself.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, interrupted.set)
    async with Emulator.running(arguments.token, port=arguments.port, record_to=arguments.record) as emulator:
        for reader in range(1, arguments.people + 1):
            emulator.person(1000 + reader, first_name=f"Reader {reader}", started=True)
        sys.stdout.write(f"{emulator.base_url}\n")
        sys.stdout.flush()
        await interrupted.wait()


def main(argv: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(_arguments(argv)))


if __name__ == "__main__":
    main()
