"""What came of an urgent action, for the organisation that ran it: as a PDF and as a table for a spreadsheet.

content (the values, from which nobody can be told) · grids (which tables there are, in the reader's words) · paper
(for typeset.report_pdf) · sheet (CSV). Reads no database and counts nothing.
"""

from __future__ import annotations

from alerts.render.report.content import ActionReport, Broadcast, Entry, Tally
from alerts.render.report.paper import printed
from alerts.render.report.sheet import as_csv

__all__ = ["ActionReport", "Broadcast", "Entry", "Tally", "as_csv", "printed"]
