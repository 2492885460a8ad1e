"""What is printed and shared as a picture: letters and reports as PDF, cards as PNG, set by typst.

Plain values in, bytes out. No database, no catalogue, no clock: words, dates and digits come in as they shall
stand on the paper.
"""

from __future__ import annotations

from alerts.render.typeset.card import Card, card_png
from alerts.render.typeset.glyphs import lost
from alerts.render.typeset.letter import PrintedLetter, letter_pdf, page_count
from alerts.render.typeset.report import PrintedReport, Section, report_pdf

__all__ = [
    "Card",
    "PrintedLetter",
    "PrintedReport",
    "Section",
    "card_png",
    "letter_pdf",
    "lost",
    "page_count",
    "report_pdf",
]
