"""A letter in a chat: the best one at once, then other words, another language, another addressee, a line of one's own.

The rule of serving is asked at every step. Nothing about the reader is stored: which letter it is stands in the
buttons, and a line of the reader's own in nothing but the letter they get.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from alerts import letter as letters
from alerts import serve
from alerts.action import LetterRefusal, read_number
from alerts.letter import Letter
from alerts.locales import N_, Catalogue
from alerts.render.letter import SAFETY_NOTE, render_letter, render_translation
from alerts.render.message import Button, Keyboard, units
from alerts.target import Target
from bot.buttons import reader_data
from bot.context import Call
from bot.handlers import act, addressees
from bot.handlers.act import Standing, variant_of
from bot.handlers.choices import Choice
from subscribers import enrol

_COPY_UNITS: Final = 256  # of a copy button (delivery.md section 1)
_WHICH: Final = N_("Which action? For example: /letter UA-26/014. /actions shows the open ones.")


@dataclass(frozen=True, slots=True)
class Composed:
    """One letter, ready to show: who it goes to, of whom the others are (`targets`), and which one it is."""

    standing: Standing
    targets: list[Target]
    target: Target
    choice: Choice
    letter: Letter
    written_in: Catalogue


async def letter(call: Call) -> None:
    """/letter UA-26/014, or a tap on "Write a letter"."""
    if read_number(call.words) is None:
        await call.say(_WHICH)
        return
    standing = await act.may_act(call, call.words)
    if standing is not None and await is_warned(call, standing.action.number):
        await serve_best(call, standing)


async def is_warned(call: Call, then: str) -> bool:
    """Whether the note before the first letter was read; else it is shown, with a button that goes on to `then`.

    Of who came by a link nothing is stored, so they get the note each time and the letter at once.
    """
    if call.subscriber is None:
        await call.say(SAFETY_NOTE)
        return True
    if not call.subscriber.letter_warned:
        go_on = Button(call.catalogue.t("I understand: show the letter"), reader_data("warned", then))
        await call.reply(call.plain(SAFETY_NOTE, keyboard=((go_on,),)))
        return False
    return True


async def remember_warned(call: Call) -> Call:
    """The note has been read."""
    await enrol.letter_warned(call.services.sessions, call.chat)
    warned = replace(call.subscriber, letter_warned=True) if call.subscriber else None
    return replace(call, subscriber=warned)


async def on_warned(call: Call, number: str) -> None:
    """On to the letter, which is still asked for by the rule."""
    await letter(replace(await remember_warned(call), words=number))


async def serve_best(call: Call, standing: Standing, target: int | None = None, country: str = "") -> None:
    """The best letter: to the official first in rank (or to `target`), in the language they read, newly dealt."""
    composed = await compose_best(call, standing, target, country)
    if isinstance(composed, LetterRefusal):
        await act.refuse(call, standing.action, composed)
    else:
        await show(call, composed)


async def compose_best(
    call: Call, standing: Standing, target: int | None = None, country: str = ""
) -> Composed | LetterRefusal:
    """The letter that this reader should write now, dealt and counted."""
    targets = await addressees.in_rank(call, standing, country)
    chosen = addressees.picked(targets, target)
    language = addressees.language_for(call, chosen)
    return await _dealt(call, standing, targets, chosen, language, country)


async def _dealt(
    call: Call, standing: Standing, targets: list[Target], target: Target, language: str, country: str
) -> Composed | LetterRefusal:
    kind = letters.kind_for(standing.views, own_government=addressees.is_own_side(target))
    dealt = await serve.serve(call.services.sessions, standing.action.id, language, kind, call.now)
    if isinstance(dealt, LetterRefusal):
        return dealt
    number = standing.action.number
    choice = Choice(number, target.id, language, dealt, country)
    return filled(call, standing, targets, target, choice)


def filled(
    call: Call, standing: Standing, targets: list[Target], target: Target, choice: Choice, own_line: str = ""
) -> Composed:
    """The letter of a choice, with nothing counted."""
    written_in = call.services.catalogues[choice.language]
    kind = letters.kind_for(standing.views, own_government=addressees.is_own_side(target))
    written = letters.fill(
        standing.views,
        standing.action,
        target.to_addressee(written_in),
        written_in,
        kind,
        variant=choice.dealt.variant,
        subject=choice.dealt.subject,
        own_line=own_line,
    )
    return Composed(standing, targets, target, choice, written, written_in)


async def chosen(call: Call, choice: Choice, own_line: str = "") -> Composed | None:
    """The letter of a button, if it may still be served; otherwise the reader is told why not.

    An addressee that is kept no longer gives way to the one first in rank.
    """
    standing = await act.may_act(call, choice.number)
    if standing is None or choice.language not in addressees.languages(call):
        return None
    targets = await addressees.in_rank(call, standing, choice.country)
    target = addressees.picked(targets, choice.target)
    choice = replace(choice, target=target.id)
    return filled(call, standing, targets, target, choice, own_line)


async def on_choice(call: Call, choice: Choice) -> None:
    """The very letter of a button: in other words, or once more."""
    composed = await chosen(call, choice)
    if composed is not None:
        await show(call, composed)


async def on_next(call: Call, choice: Choice) -> None:
    """The addressee after this one, newly dealt."""
    standing = await act.may_act(call, choice.number)
    if standing is not None:
        targets = await addressees.in_rank(call, standing, choice.country)
        following = addressees.after(targets, choice.target)
        await serve_best(call, standing, following.id, choice.country)


async def on_language(call: Call, choice: Choice) -> None:
    """The same addressee in another language, newly dealt."""
    standing = await act.may_act(call, choice.number)
    if standing is None or choice.language not in addressees.languages(call):
        return
    targets = await addressees.in_rank(call, standing, choice.country)
    target = addressees.picked(targets, choice.target)
    composed = await _dealt(call, standing, targets, target, choice.language, choice.country)
    if isinstance(composed, LetterRefusal):
        await act.refuse(call, standing.action, composed)
    else:
        await show(call, composed)


async def show(call: Call, composed: Composed) -> None:
    """To whom; the bare letter; what it says, when it is not in the reader's language; the buttons under the last."""
    variant = variant_of(call)
    action = composed.standing.action
    messages = render_letter(
        composed.letter,
        call.catalogue,
        variant,
        deadline=action.deadline,
        cover=addressees.cover(call, composed.standing, composed.target, composed.written_in),
        written_in=composed.written_in,
    )
    if (translation := _translated(call, composed)) is not None:
        messages += render_translation(translation, call.catalogue, variant)
    last = messages.pop()
    for message in messages:
        await call.reply(message)
    await call.reply(replace(last, keyboard=_keyboard(call, composed)))


def _translated(call: Call, composed: Composed) -> Letter | None:
    """The same letter in the reader's language; None when it is in it already, or there are no letters in it."""
    language = call.catalogue.locale
    if language == composed.choice.language or not letters.has_letters(language):
        return None
    choice = replace(composed.choice, language=language)
    return filled(call, composed.standing, composed.targets, composed.target, choice).letter


def _keyboard(call: Call, composed: Composed) -> Keyboard:
    t, choice, target = call.catalogue.t, composed.choice, composed.target
    rows: list[list[Button]] = [[Button("PDF", choice.data("pdf"))]]
    if target.working_emails:
        rows[0].insert(0, Button(t("Send by e-mail"), choice.data("mail")))
    rows += [copies] if (copies := _copies(call, composed)) else []
    rows += [[form]] if (form := addressees.form_button(call, target)) else []
    rows.append([Button(t("Add a line of your own"), choice.data("own"))])
    rows.append(
        [Button(t("Change"), choice.data("change")), Button(t("Talking points"), choice.data("points"))]
    )
    if len(composed.targets) > 1:
        rows.append([Button(t("Next addressee"), choice.data("next"))])
    rows.append([Button(t("I sent it"), reader_data("sent-in", choice.number, choice.language))])
    if addressees.failing(target):
        rows[-1].append(Button(t("Address failed"), choice.data("failed")))
    return tuple(map(tuple, rows))


def _copies(call: Call, composed: Composed) -> list[Button]:
    """The best address and the subject, each in one tap, where a button can hold them."""
    t = call.catalogue.t
    ways = addressees.ways(call, composed.standing, composed.target, composed.written_in)
    address = ways[0].address if ways else ""
    wanted = ((t("Copy address"), address), (t("Copy subject"), composed.letter.subject))
    return [Button(label, copy=text) for label, text in wanted if text and units(text) <= _COPY_UNITS]


async def on_change(call: Call, choice: Choice) -> None:
    """Other words, other languages, and officials nearer to the reader."""
    composed = await chosen(call, choice)
    if composed is None:
        return
    choice = composed.choice
    t = call.catalogue.t
    rows = [[Button(t("Other words"), choice.reworded().data("lt"))]]
    spoken = addressees.spoken(call, composed.target)
    rows += [
        [Button(call.services.catalogues[code].name, replace(choice, language=code).data("lang-lt"))]
        for code in spoken
        if code != choice.language
    ]
    if await addressees.countries(call, composed.standing):
        rows.append([Button(t("Embassy in my country"), reader_data("home", choice.number, ""))])
    await call.reply(call.plain(N_("What shall be different?"), keyboard=tuple(map(tuple, rows))))
