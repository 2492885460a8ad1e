"""Ways out of the chat: the reader's mailbox, paper, the telephone; and an address that turns out to be wrong.

Asks the one rule of serving at each step (`letter.chosen` does).
"""

from __future__ import annotations

import hashlib
from typing import Final

from alerts.letter import phone_script, talking_points
from alerts.links import Mail, compose_links, page_link
from alerts.locales import N_
from alerts.render.letter import render_points
from alerts.render.message import Button
from alerts.render.paper import file_name, printed
from alerts.render.typeset import letter_pdf
from bot.context import Call
from bot.files import MadeFile, key_of, send_file
from bot.handlers import addressees
from bot.handlers.act import variant_of
from bot.handlers.choices import Choice
from bot.handlers.letter import Composed, chosen, serve_best
from subscribers import acted

_TAG: Final = 8
"""Digits by which a button names an address."""


async def mail(call: Call, choice: Choice) -> None:
    """A small menu: each button opens the letter in a mailbox."""
    composed = await chosen(call, choice)
    if composed is not None:
        await offer_mail(call, composed)


async def offer_mail(call: Call, composed: Composed) -> None:
    """The menu for a letter as it stands, a line of the reader's own included."""
    to = composed.target.working_emails
    if not to:
        await call.say(N_("There is no e-mail address for this addressee."))
        return
    letter = composed.letter
    mail = Mail(to=to, cc=(), subject=letter.subject, body=letter.body)
    rows: list[tuple[Button, ...]] = []
    page = page_link(
        call.services.settings.web.page_url,
        mail,
        language=call.catalogue.locale,
        deadline=composed.standing.action.deadline,
    )
    if page is not None:
        rows.append((Button(call.catalogue.t("My mail program"), url=page),))
    links = compose_links(mail)
    rows += [(Button(_label(call, link.provider.label, whole=link.whole), url=link.url),) for link in links]
    asked = N_("Where do you write your e-mails? Read it through there, put your name under it, and send it.")
    if all(link.whole for link in links):
        await call.reply(call.plain(asked, keyboard=tuple(rows)))
        return
    asked = N_(
        "Where do you write your e-mails? Where it says “paste”, copy the letter above first and paste it there."
    )
    await call.reply(call.plain(asked, keyboard=tuple(rows)))


def _label(call: Call, name: str, *, whole: bool) -> str:
    return name if whole else call.catalogue.t("%(mailbox)s (paste the text)", mailbox=name)


async def pdf(call: Call, choice: Choice) -> None:
    """The letter on paper, to be dated, signed and posted."""
    composed = await chosen(call, choice)
    if composed is not None:
        await send_pdf(call, composed)


async def send_pdf(call: Call, composed: Composed, *, is_personal: bool = False) -> None:
    """As a document; one with a line of the reader's own is sent and forgotten."""
    paper = printed(composed.letter, composed.written_in, call.now.date())
    caption = call.catalogue.t("To print, sign and post.")
    key = None if is_personal else key_of("pdf", paper)
    await send_file(call, MadeFile(lambda: letter_pdf([paper]), file_name(composed.letter), caption, key))


async def points(call: Call, choice: Choice) -> None:
    """What to say in one's own words, and three lines for a telephone call where there is a number."""
    composed = await chosen(call, choice)
    if composed is None:
        return
    action, views = composed.standing.action, composed.standing.views
    script = phone_script(views, action, composed.target.to_addressee(call.catalogue), call.catalogue)
    phone = addressees.phone(composed.target)
    said = talking_points(views, action, call.catalogue)
    await call.reply(render_points(call.catalogue, said, script, phone, variant_of(call)))


async def failed(call: Call, choice: Choice) -> None:
    """Which address failed; with only one there is nothing to choose."""
    composed = await chosen(call, choice)
    if composed is None:
        return
    addresses = addressees.failing(composed.target)
    if len(addresses) == 1:
        await _report(call, composed, addresses[0])
        return
    if not addresses:
        return
    number = call.catalogue.number
    listed = [f"{number(place)}. {address}" for place, address in enumerate(addresses, start=1)]
    buttons = tuple(
        Button(number(place), f"{composed.choice.data('bad')}:{_tag(address)}")
        for place, address in enumerate(addresses, start=1)
    )
    asked = call.catalogue.t("Which address failed?")
    await call.reply(call.written("\n".join([asked, "", *listed]), (buttons,)))


async def on_bad(call: Call, choice: Choice, tag: str) -> None:
    """The address that a button names."""
    composed = await chosen(call, choice)
    if composed is None:
        return
    address = next((one for one in addressees.failing(composed.target) if _tag(one) == tag), None)
    if address is not None:
        await _report(call, composed, address)


async def _report(call: Call, composed: Composed, address: str) -> None:
    """Count it once per reader; then the next addressee, whose address may still work."""
    if call.subscriber is None or not call.subscriber.active:
        await call.say(
            N_("Thank you for telling me. I can only count it for subscribers: /start subscribes you.")
        )
    else:
        await acted.report_failure(call.services.sessions, call.chat, composed.choice.target, address)
        await call.say(
            N_("Thank you for telling me. Moderators look at an address that fails for several people.")
        )
    following = addressees.after(composed.targets, composed.choice.target)
    if following.id != composed.target.id:
        await serve_best(call, composed.standing, following.id, composed.choice.country)


def _tag(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:_TAG]
