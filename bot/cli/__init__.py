"""The command line: one file per command. Exit codes: 0 done, 1 found something wrong, 2 wrong usage or configuration."""

from __future__ import annotations

import sys

import typer

from alerts.errors import BotError
from bot.cli import audit, cap, check, demo, health, init, migrate, page, replay, run

app = typer.Typer(
    name="urgent-action-bot",
    help="Watches curated death-row lists and pushes reviewed, multilingual urgent actions to subscribers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(init.command)
app.command("check")(check.command)
app.command("migrate")(migrate.command)
app.command("run")(run.command)
app.command("demo")(demo.command)
app.command("replay")(replay.command)
app.command("health")(health.command)
app.command("audit")(audit.command)
app.command("page")(page.command)
app.command("cap")(cap.command)


def main() -> None:
    """Run a command; an error that a person can mend is one clear message and exit code 2."""
    try:
        app()
    except BotError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
