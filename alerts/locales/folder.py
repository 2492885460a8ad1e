"""The folder `locales/`: reads every catalogue once, at start, and chooses one for a reader.

Catalogues are shipped as .po and compiled in memory; a broken one stops the start and says where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

import alerts
from alerts.errors import CatalogueError
from alerts.locales.catalogue import SOURCE_LOCALE, Catalogue
from alerts.locales.gazetteer import Gazetteer, read_terms

FOLDER: Final = Path(alerts.__file__).parent.parent / "locales"

_ALIASES: Final = {"ku": "ckb", "pes": "fa", "per": "fa", "iw": "he"}
"""Codes that Telegram or an old client sends, and the locale that serves them."""


class Catalogues(Mapping[str, Catalogue]):
    """All catalogues by locale code; never changes after `load`."""

    def __init__(self, catalogues: Mapping[str, Catalogue]) -> None:
        self._catalogues = dict(catalogues)

    def __getitem__(self, code: str) -> Catalogue:
        return self._catalogues[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._catalogues)

    def __len__(self) -> int:
        return len(self._catalogues)

    @property
    def codes(self) -> tuple[str, ...]:
        """The locales there are, English first, the others by code."""
        return tuple(self._catalogues)

    def negotiate(self, code: str | None) -> str:
        """The locale for a language code as Telegram sends it ("fa", "pt-br", None); English when unknown."""
        language = (code or "").replace("_", "-").split("-")[0].casefold()
        language = _ALIASES.get(language, language)
        return language if language in self._catalogues else SOURCE_LOCALE


@cache
def load(folder: Path = FOLDER) -> Catalogues:
    """Read `folder`/<locale>/LC_MESSAGES/messages.po of every locale, once; CatalogueError names the file and line."""
    files = {path.parent.parent.name: path for path in folder.glob("*/LC_MESSAGES/messages.po")}
    if SOURCE_LOCALE not in files:
        raise CatalogueError(f"{folder}: there is no {SOURCE_LOCALE}/LC_MESSAGES/messages.po; install again")
    order = sorted(files, key=lambda code: (code != SOURCE_LOCALE, code))
    gazetteer = Gazetteer({code: read_terms(folder / code / "terms.toml") for code in order})
    return Catalogues({code: Catalogue(code, _compiled(files[code], code), gazetteer) for code in order})


def _compiled(path: Path, code: str) -> GNUTranslations:
    compiled = BytesIO()
    try:
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=code, abort_invalid=True))
    except (PoFileError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"{path}: {error}; correct the file, or restore the one that was shipped"
        ) from error
    compiled.seek(0)
    return GNUTranslations(compiled)
