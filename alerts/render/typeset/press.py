"""Press: one template and its compiler; plain data in, a PDF or a PNG out.

The data reach the template as JSON in `sys.inputs` and are never read as markup. Only the two font files of this
folder are used: no fonts of the system, no packages from elsewhere, no files outside this folder. Nothing is
kept: the same data give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst

FOLDER: Final = Path(__file__).parent
FONTS: Final = FOLDER / "fonts"

PDF_UA: Final = "ua-1"
"""ISO 14289-1: tagged, with a title and a language, so that a screen reader can read it."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


class Press:
    """A compiler for one template file of this folder; safe to use from several threads (one at a time)."""

    def __init__(self, template: str) -> None:
        self._lock = Lock()
        self._compiler = typst.Compiler(
            str(FOLDER / template), root=str(FOLDER), font_paths=_fonts(), ignore_system_fonts=True
        )

    def pdf(self, given: Mapping[str, Any]) -> bytes:
        """The document as PDF/UA-1; raises typst.TypstError when the template cannot be set with these data."""
        return self._pages(given, format="pdf", pdf_standards=[PDF_UA])[0]

    def pngs(self, given: Mapping[str, Any], *, ppi: float) -> list[bytes]:
        """Every page as a picture with `ppi` pixels to 72 points."""
        return self._pages(given, format="png", ppi=ppi)

    def _pages(self, given: Mapping[str, Any], **how: Any) -> list[bytes]:
        inputs = {"given": json.dumps(given, ensure_ascii=False)}
        with self._lock:
            made = self._compiler.compile(sys_inputs=inputs, **how)
        if made is None:
            raise TypeError("the compiler was asked for bytes and wrote a file")
        return made if isinstance(made, list) else [made]
