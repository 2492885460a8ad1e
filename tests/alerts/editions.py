"""A fictional list and its editions, for tests."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from alerts.lists.mapping import WatchedList

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
COLUMNS = ("id", "name", "native", "born", "status", "date", "prison", "decision")


def watched(**changes: Any) -> WatchedList:
    """The configuration of the list; any key can be replaced."""
    return WatchedList.model_validate(
        {
            "name": "harbour",
            "title": "Harbour list (fictional)",
            "url": "harbour.csv",
            "format": "csv",
            "every": "15m",
            "country": "XH",
            "certainty": "official",
            "key": "id",
            "also": ["decision"],
            "columns": {
                "name_latin": "name",
                "name_native": "native",
                "birth_date": "born",
                "status": "status",
                "execution_date": "date",
                "prison": "prison",
            },
            "statuses": {
                "Waiting": "upheld",
                "Date set": "scheduled",
                "Moved": "imminent/solitary",
                "Stopped": "stayed",
                "Unfit": "stayed/incompetent",
                "Dead": "executed",
                "Sentenced": "sentenced",
                "Free": "released",
            },
        }
        | changes
    )


def person(key: str, name: str, status: str = "Waiting", **more: str) -> dict[str, str]:
    """One row; born on a day of its own unless told."""
    row = dict.fromkeys(COLUMNS, "")
    return (
        row | {"id": key, "name": name, "status": status, "born": f"1980-01-{len(name) % 28 + 1:02d}"} | more
    )


def csv_of(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> bytes:
    """A CSV document of those rows."""
    text = StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def json_of(*rows: dict[str, Any]) -> bytes:
    """A JSON document of those rows."""
    return json.dumps(list(rows), ensure_ascii=False).encode()
