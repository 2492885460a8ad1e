"""Target: an official whom letters are addressed to, when they may be served, in which order and by which ways.

    for target in in_order(targets, views, hours_left=20, reader_country="DE", today=today):
        ways = channels(target, hours_left=20)
    addressee = (found[0] if found else generic("IR")).to_addressee(catalogue)

words (kinds, ways, states) · entry (what is kept about one, and its checks) · official (one that may be written to) ·
serving (whom, in which order, by which ways) · keeping (what moderators may do to one). Reads no database.
"""

from __future__ import annotations

from alerts.target.entry import StartingValue, TargetEntry
from alerts.target.keeping import (
    RECHECK,
    Kept,
    TargetRefusal,
    differing,
    fingerprint,
    is_due,
    may_agree,
    may_propose,
    may_refuse,
    may_retire,
    may_verify,
)
from alerts.target.official import Target, generic, letter_language
from alerts.target.serving import channels, in_order, is_reachable, ranked, serves
from alerts.target.words import AddressState, Channel, TargetKind, kind_name

__all__ = [
    "RECHECK",
    "AddressState",
    "Channel",
    "Kept",
    "StartingValue",
    "Target",
    "TargetEntry",
    "TargetKind",
    "TargetRefusal",
    "channels",
    "differing",
    "fingerprint",
    "generic",
    "in_order",
    "is_due",
    "is_reachable",
    "kind_name",
    "letter_language",
    "may_agree",
    "may_propose",
    "may_refuse",
    "may_retire",
    "may_verify",
    "ranked",
    "serves",
]
