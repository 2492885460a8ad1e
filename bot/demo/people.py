"""The fictional people of the demo's list. None of them exists; no real case is meant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.demo.list_server import Row

_FIELDS = ("id", "name", "name_fa", "status", "born", "gender", "country", "prison", "charges")
PEOPLE = (
    (
        "D-01",
        "Arman Sepidkuh",
        "آرمان سپیدکوه",
        "Death row",
        "1994-02-11",
        "m",
        "IR",
        "Kuhpayeh",
        "moharebeh",
    ),
    (
        "D-02",
        "Samira Golchehreh",
        "سمیرا گل‌چهره",
        "Death row",
        "1990-07-30",
        "f",
        "IR",
        "Sabzdasht",
        "qisas_murder",
    ),
    ("D-03", "Bahram Tizpar", "بهرام تیزپر", "Sentenced", "1987-11-02", "m", "IR", "Kuhpayeh", "drug"),
    ("D-04", "Hiwa Bafrin", "هیوا بافرین", "Death row", "1999-05-19", "m", "IR", "Sabzdasht", "baghi"),
    (
        "D-05",
        "Delara Kuhnavard",
        "دلارا کوه‌نورد",
        "Sentenced",
        "1996-01-08",
        "f",
        "IR",
        "Sabzdasht",
        "moharebeh",
    ),
    (
        "D-06",
        "Yaghub Naranjestan",
        "یعقوب نارنجستان",
        "Date set",
        "1981-03-25",
        "m",
        "IR",
        "Kuhpayeh",
        "drug",
    ),
    ("D-07", "Thomas Quillfeather", "", "Death row", "1975-09-14", "m", "US", "Larkwood Unit", "murder"),
    ("D-08", "Marlon Esterbrooke", "", "Stayed", "1969-12-01", "m", "US", "Larkwood Unit", "murder"),
    (
        "D-09",
        "Mahan Parvazeh",
        "ماهان پروازه",
        "Death row",
        "2001-08-22",
        "m",
        "IR",
        "Kuhpayeh",
        "efsad_fel_arz",
    ),
)
NEWCOMER = (
    "D-10",
    "Kaveh Darvandeh",
    "کاوه دروندِه",
    "Solitary",
    "1992-04-17",
    "m",
    "IR",
    "Kuhpayeh",
    "moharebeh",
)

SOURCE = "Lantern Documentation Group"
"""Fictional, like everybody here."""


def row_of(person: tuple[str, ...]) -> Row:
    """One row of the list."""
    return {**dict(zip(_FIELDS, person, strict=True)), "source": SOURCE}


def rows() -> list[Row]:
    """The list as it stands when the demo begins."""
    return [row_of(person) for person in PEOPLE]


def watched(url: str, every: timedelta) -> dict[str, Any]:
    """The `[[lists]]` entry that reads it."""
    return {
        "name": "lantern",
        "title": "Lantern Documentation Group: people at risk (fictional)",
        "url": url,
        "format": "csv",
        "every": every,
        "country": "IR",
        "tier": 1,
        "key": "id",
        "certainty": "corroborated",
        "loopback_http": True,
        "columns": {
            "name_latin": "name",
            "name_native": "name_fa",
            "status": "status",
            "execution_date": "execution_date",
            "birth_date": "born",
            "gender": "gender",
            "country": "country",
            "prison": "prison",
            "charges": "charges",
            "source_name": "source",
        },
        "statuses": {
            "Sentenced": "sentenced",
            "Death row": "upheld",
            "Date set": "scheduled",
            "Solitary": "imminent/solitary",
            "Stayed": "stayed",
            "Returned to ward": "stayed/returned_to_ward",
            "Commuted": "commuted",
            "Executed": "executed",
        },
    }
