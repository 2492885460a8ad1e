"""`page`: write the mail page, one HTML file for any web space."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import DEFAULT_CONFIG
from bot.cli.output import write

if TYPE_CHECKING:
    from alerts.render.page import Publisher


def command(
    output: Annotated[
        Path, typer.Option("--output", help="The file to write, over one that is there.")
    ] = Path("page.html"),
    config: Annotated[
        Path | None, typer.Option("--config", help="The configuration file, for the page's footer.")
    ] = None,
) -> None:
    """Write the page that opens letters in any mail program; put it on your web space."""
    from alerts import locales
    from alerts.errors import ConfigError
    from alerts.render.page import mail_page

    path = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    try:
        page = mail_page(locales.load(), _publisher(path))
    except ValueError as error:
        raise ConfigError(f"[organisation] site: {error}") from error
    write(output, page.encode())
    typer.echo(
        f"Written: {output}. Put it on your web space, under https, and its address into [web] page_url."
    )


def _publisher(config: Path | None) -> Publisher | None:
    """Who speaks, as the configuration says; nobody without one."""
    from alerts.render.page import Publisher
    from bot.config import load

    said = load(config).organisation if config else None
    return Publisher(said.name, said.contact, said.site) if said else None
