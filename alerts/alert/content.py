"""What an alert is: its core facts, the hands that touched it, the hashes an approval is bound to, its topics."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from alerts.alert.words import ENDS, AlertKind, AlertStatus, Disposition, Part
from alerts.case import DEATHS, IN_DANGER, CaseStatus, CaseView
from alerts.demand import Demand, Petition


@dataclass(frozen=True, slots=True)
class Companion:
    """A further case of the same action, in danger in the same place. `by_hand`: a moderator's word, not a list's."""

    case_id: int
    view: CaseView
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The core of an alert: all that its text in every language is made from, and its approval bound to."""

    view: CaseView
    before: CaseView | None = None  # what readers or the last edition had, for "from … to …"
    deadline: datetime | None = None
    petitions: tuple[Petition, ...] = ()
    demands: tuple[Demand, ...] = ()
    goal: int | None = None
    also: tuple[Companion, ...] = ()

    @property
    def views(self) -> tuple[CaseView, ...]:
        """Everybody it is about, the leading case first."""
        return (self.view, *(one.view for one in self.also))

    @property
    def has_new_date(self) -> bool:
        """A date is set or moved by this alert."""
        earlier = self.before.execution_date if self.before else None
        return self.view.execution_date is not None and self.view.execution_date != earlier

    def to_json(self) -> dict[str, Any]:
        """A plain dict; inverse of `from_json`."""
        return {
            "view": self.view.to_json(),
            "before": self.before.to_json() if self.before else None,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "petitions": [petition.to_json() for petition in self.petitions],
            "demands": list(self.demands),
            "goal": self.goal,
            "also": [
                {"case_id": one.case_id, "view": one.view.to_json(), "by_hand": one.by_hand}
                for one in self.also
            ],
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Facts:
        """Inverse of `to_json`."""
        return cls(
            view=CaseView.from_json(plain["view"]),
            before=CaseView.from_json(plain["before"]) if plain["before"] else None,
            deadline=datetime.fromisoformat(plain["deadline"]) if plain["deadline"] else None,
            petitions=tuple(map(Petition.from_json, plain.get("petitions", ()))),
            demands=tuple(map(Demand, plain.get("demands", ()))),
            goal=plain.get("goal"),
            also=tuple(
                Companion(one["case_id"], CaseView.from_json(one["view"]), one.get("by_hand", False))
                for one in plain.get("also", ())
            ),
        )


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's (or list's) part in a revision; approvals carry the hashes of what was approved."""

    revision: int
    actor: str
    part: Part
    at: datetime
    core_hash: str | None = None
    locale_hashes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert with the hands that touched it. `author` is "list:NAME" or a moderator's actor.

    `texts` holds free words for the message itself, by locale; `backgrounds` the longer story behind it (about 400
    words), which is one tap away.
    """

    id: int
    case_id: int
    kind: AlertKind
    status: AlertStatus
    disposition: Disposition
    lane: int
    revision: int
    author: str
    facts: Facts
    texts: Mapping[str, str]
    created_at: datetime
    action_id: int | None = None
    number: str | None = None
    reason: str | None = None
    pending_at: datetime | None = None
    approved_at: datetime | None = None
    published_at: datetime | None = None
    hands: tuple[Hand, ...] = field(default=())
    backgrounds: Mapping[str, str] = field(default_factory=dict)

    @property
    def case_ids(self) -> tuple[int, ...]:
        """All the cases it is about, the leading one first."""
        return (self.case_id, *(one.case_id for one in self.facts.also))

    def as_about(self, case_id: int) -> Alert:
        """The same alert as one of its cases has it."""
        views = dict(zip(self.case_ids, self.facts.views, strict=True))
        return replace(self, case_id=case_id, facts=replace(self.facts, view=views[case_id], also=()))

    @property
    def status_in_law(self) -> CaseStatus:
        """The case's status as this alert states it."""
        assert self.facts.view.status is not None
        return self.facts.view.status

    @property
    def is_silent(self) -> bool:
        """Deaths arrive without a sound (domain.md section 9)."""
        return self.status_in_law in DEATHS

    @property
    def is_by_hand(self) -> bool:
        """Written by a moderator, whose word may be ahead of the list's."""
        return not self.author.startswith("list:")

    @property
    def goes_out(self) -> bool:
        """Whether publishing it sends messages."""
        return self.disposition in {Disposition.ALERT, Disposition.ACTION}

    @property
    def offers_letters(self) -> bool:
        """Whether it carries something to write: never on a death, while relief is news, or to end an action.

        Under a stay only more time does, once a moderator has let its letters go on.
        """
        status, is_more_time = self.status_in_law, self.kind is AlertKind.UPDATE_DEADLINE_EXTENDED
        may_ask = status in IN_DANGER or (status is CaseStatus.STAYED and is_more_time)
        return self.disposition is Disposition.ACTION and may_ask and self.kind not in ENDS

    def core_hash(self) -> str:
        """Fingerprint of everything that is the same in all languages."""
        return _fingerprint([self.case_id, self.kind, self.disposition, self.lane, self.facts.to_json()])

    def locale_hashes(self) -> dict[str, str]:
        """Fingerprints of the free text, per locale."""
        return {
            locale: _fingerprint([self.texts.get(locale), self.backgrounds.get(locale)])
            for locale in sorted({*self.texts, *self.backgrounds})
        }

    def hands_of(self, part: Part) -> list[Hand]:
        """Approvers of the current revision; authors and editors of any."""
        if part is Part.APPROVER:
            return [hand for hand in self.hands if hand.part is part and hand.revision == self.revision]
        return [hand for hand in self.hands if hand.part is part]

    def is_own_work_of(self, actor: str) -> bool:
        """Whether `actor` wrote or edited it."""
        made = {hand.actor for part in (Part.AUTHOR, Part.EDITOR) for hand in self.hands_of(part)}
        return actor == self.author or actor in made

    def topics(self) -> frozenset[str]:
        """Topic keys; a subscriber who holds any of them wants this alert (delivery.md 2.1)."""
        keys = {f"case:{case_id}" for case_id in self.case_ids}
        for view in self.facts.views:
            countries = {"*"} | ({view.country} if view.country else set())
            marks = {"*"}
            if view.gender == "f":
                marks.add("women")
            if view.minor_at_offence:
                marks.add("minor")
            if view.political:
                marks.add("political")
            keys |= {f"{country}/{mark}" for country in countries for mark in marks}
        return frozenset(keys)


def _fingerprint(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
