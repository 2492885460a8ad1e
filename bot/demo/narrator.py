"""Prints the story for a terminal: chapters, messages as their readers see them, the table at the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.emulator import Message

_WIDTH = 88
_ISOLATES = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069, 0x200F, 0x200E))


@dataclass(frozen=True, slots=True)
class Release:
    """An approved alert: about whom, when it was approved (monotonic seconds), what each reader then got."""

    name: str
    approved: float
    heard: Sequence[Message]


class Narrator:
    """One console."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def title(self, people: int, where: str) -> None:
        """The opening."""
        text = (
            f"A fictional list of {people} people, read every second; an emulated Telegram on {where};\n"
            "the real bot between them, on SQLite in a temporary folder. Nobody here exists."
        )
        self._console.print(Panel(text, title="Urgent action bot: demo", width=_WIDTH))

    def chapter(self, text: str) -> None:
        """What comes now."""
        self._console.print()
        self._console.rule(f"[bold]{time.monotonic() - self._began:4.1f} s  {text}", align="left")

    def line(self, text: str) -> None:
        """One line of the story."""
        self._console.print(text, markup=False)

    def message(self, reader: str, message: Message) -> None:
        """A message as its reader sees it, with its buttons; veiled text is marked."""
        text = Text(message.text.translate(_ISOLATES))
        foot = "  ".join(f"[ {label.translate(_ISOLATES)} ]" for label in message.labels)
        if foot:
            text.append(f"\n\n{foot}", style="cyan")
        veiled = any(entity.type == "spoiler" for entity in message.entities)
        title = f"{reader}{' – hidden until touched' if veiled else ''}{' – without a sound' if message.silent else ''}"
        self._console.print(Panel(text, title=title, title_align="left", width=_WIDTH))

    def deliveries(self, releases: Sequence[Release], readers: Sequence[str]) -> None:
        """Seconds from the approving tap to each reader's phone; a dash for those who are left alone."""
        table = Table("Alert", *readers, title="Deliveries: seconds after the approving tap")
        for release in releases:
            cells = [self._cell(release, message) for message in release.heard]
            table.add_row(release.name, *cells, *["—"] * (len(readers) - len(cells)))
        self._console.print()
        self._console.print(table)

    def _cell(self, release: Release, message: Message) -> str:
        return f"{message.at - release.approved:.2f}{' ↩' if message.reply_to else ''}"

    def failed(self, why: str) -> None:
        """The story did not come true."""
        self._console.print(f"\nThis did not happen as promised: {why}", style="bold red", markup=False)

    def ended(self) -> None:
        """All of it came true."""
        self._console.print(
            f"\nAll of it happened, in {time.monotonic() - self._began:.1f} s.", style="bold green"
        )
