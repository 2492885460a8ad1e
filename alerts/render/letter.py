"""A letter as a chat shows it: to whom and by which way, the bare letter, its translation; what to say instead.

Knows no templates, officials or rules of serving. Which buttons hang under a message is the caller's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from alerts.letter.words import Letter
from alerts.locales import N_, Catalogue
from alerts.render.builder import TextBuilder
from alerts.render.message import Message, Variant, units

SAFETY_NOTE: Final = N_(
    "Before your first letter\n\n"
    "Your name and address reach the official you write to. If you live in that country, have family there or mean"
    " to travel there, think twice before you write.\n\n"
    "Initials and a town are enough. You need not say who you are."
)
"""Said before a reader's first letter (domain.md section 5)."""

_PART_UNITS: Final = 3800  # below Telegram's limit, which leaves room for direction marks at line starts

_WAYS: Final = {
    "email": N_("E-mail"),
    "post": N_("Post"),
    "phone": N_("Phone"),
    "form": N_("Web form"),
    "social": N_("Social media"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the addressee: a channel's value, and the address as it is to be copied (lines for the post)."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Cover:
    """Where a letter goes: who it is to (in the reader's language), the ways in rank, the country it is about.

    Without ways it goes by way of that country's embassy.
    """

    to: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    country: str = ""
    zone: tzinfo = UTC


def channel(catalogue: Catalogue, code: str) -> str:
    """The word for a way of writing: "Post"."""
    return catalogue.t(_WAYS[code])


def render_letter(
    letter: Letter,
    catalogue: Catalogue,
    variant: Variant = Variant.NORMAL,
    *,
    deadline: datetime | None = None,
    cover: Cover | None = None,
    written_in: Catalogue | None = None,
) -> list[Message]:
    """Where it goes and until when; then the bare letter, so that one copy takes nothing else along.

    `catalogue` is the reader's, `written_in` that of the letter's language. In the safe variant all of it lies under
    a spoiler, but can still be copied.
    """
    return [
        _cover(catalogue, letter, cover or Cover(), deadline, variant),
        *(_part(written_in or catalogue, part, variant) for part in _parts(letter.body)),
    ]


def _cover(
    catalogue: Catalogue, letter: Letter, cover: Cover, deadline: datetime | None, variant: Variant
) -> Message:
    number = catalogue.identifier(letter.number)
    text = TextBuilder(catalogue, variant).bold(catalogue.t("Letter for %(number)s", number=number)).line()
    if cover.to:
        to = catalogue.c("between parts of a place", ", ").join(map(catalogue.isolate, cover.to))
        text.line(catalogue.t("To: %(addressee)s", addressee=to))
    if deadline is not None:
        text.line(catalogue.t("Send it by %(deadline)s.", deadline=catalogue.moment(deadline, cover.zone)))
    _add_ways(text, catalogue, cover)
    text.line().line(
        catalogue.t(
            "The letter follows alone, so that you can copy it. A line of your own makes it stronger."
        )
    )
    text.line(
        catalogue.t("Sign only as far as it is safe: initials and a town are enough. Give no more than that.")
    )
    text.line().line(catalogue.t("Subject: %(subject)s", subject=catalogue.isolate(letter.subject)))
    return text.build(protected=False)


def _add_ways(text: TextBuilder, catalogue: Catalogue, cover: Cover) -> None:
    if not cover.ways and cover.country:
        text.line(
            catalogue.t(
                "Send it to the embassy of %(country)s and ask that it be passed on.", country=cover.country
            )
        )
    if cover.ways:
        text.line()
    for way in cover.ways:
        # On one line with its label: at the start of one, a direction mark would be copied along.
        label = catalogue.t("%(way)s:", way=channel(catalogue, way.channel))
        text.add(f"{label}\n" if "\n" in way.address else f"{label} ").code(way.address).line()


def render_translation(
    letter: Letter, catalogue: Catalogue, variant: Variant = Variant.NORMAL
) -> list[Message]:
    """The letter in the reader's language, so that they know what they send; this one is not sent itself."""
    text = TextBuilder(catalogue, variant).bold(
        catalogue.t("In your language, so that you know what you send:")
    )
    text.line().line().line(letter.subject)
    head, *rest = _parts(letter.body)
    return [
        text.line().add(head).build(protected=False),
        *(_part(catalogue, part, variant) for part in rest),
    ]


def render_points(
    catalogue: Catalogue,
    points: Sequence[str],
    call: Sequence[str],
    phone: str | None,
    variant: Variant = Variant.NORMAL,
) -> Message:
    """What to say in one's own words; with a `phone` (of the addressee) also the three lines `call` of a telephone call."""
    text = TextBuilder(catalogue, variant).bold(catalogue.t("In your own words")).line().line()
    for point in points:
        text.line(f"– {point}")
    if phone is not None:
        text.line().bold(catalogue.t("By phone, three lines")).add(" ").code(phone).line()
        for number, line in enumerate(call, start=1):
            text.line(f"{catalogue.number(number)}. {line}")
    return text.build(protected=False)


def _part(catalogue: Catalogue, text: str, variant: Variant) -> Message:
    builder = TextBuilder(catalogue)
    return (builder.spoiler(text) if variant is Variant.SAFE else builder.add(text)).build()


def _parts(letter: str) -> list[str]:
    """The letter in as few parts as it needs, divided between paragraphs; a giant one between its lines or words."""
    parts = [""]
    for paragraph in _short(letter):
        joined = f"{parts[-1]}\n\n{paragraph}".strip()
        if units(joined) <= _PART_UNITS:
            parts[-1] = joined
        else:
            parts.append(paragraph)
    return [part for part in parts if part]


def _short(letter: str) -> list[str]:
    """Paragraphs, each short enough for one message whatever is in it."""
    step = _PART_UNITS // 2  # characters: each has at most two units
    return [
        paragraph[start : start + step] if units(paragraph) > _PART_UNITS else paragraph
        for paragraph in letter.split("\n\n")
        for start in (range(0, len(paragraph), step) if units(paragraph) > _PART_UNITS else (0,))
    ]
