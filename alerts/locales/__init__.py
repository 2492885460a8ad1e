"""The words of each locale: catalogues, and numbers, dates and names as its readers write them.

    catalogues = load()
    fa = catalogues[catalogues.negotiate("fa-IR")]
    fa.t("Hello, %(name)s", name=fa.isolate(name))

`N_` marks a text that is translated later, with the reader's catalogue; there is no global language.
Does not build messages: that is `alerts.render`.
"""

from __future__ import annotations

from alerts.locales.catalogue import SOURCE_LOCALE, Catalogue
from alerts.locales.folder import FOLDER, Catalogues, load
from alerts.locales.reviewed import NOBODY, reviewers_of_words

__all__ = ["FOLDER", "NOBODY", "N_", "SOURCE_LOCALE", "Catalogue", "Catalogues", "load", "reviewers_of_words"]


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for it; extraction looks for it)
    """Mark `text` for translation and hand it back unchanged."""
    return text
