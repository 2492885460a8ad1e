"""Signing elsewhere and passing on: petition links, share links, and the picture card of an action.

Asks the one rule of serving at each step, and never offers the card of somebody who has died.
"""

from __future__ import annotations

from typing import Final

from alerts.action import Action
from alerts.links import share_links
from alerts.locales import N_
from alerts.render.message import Button, Keyboard
from alerts.render.share import card_of, may_be_shared, open_petitions, render_petitions, share_text
from alerts.render.typeset import card_png
from bot.buttons import reader_data
from bot.context import Call
from bot.files import MadeFile, key_of, send_file
from bot.handlers import act
from bot.handlers.act import Standing, variant_of

_WHICH: Final = N_("Which action? For example: /petition UA-26/014. /actions shows the open ones.")
_NOT_SHARED: Final = N_("This is no case to pass on now. /actions shows what is open.")
_IN_A_ROW: Final = 3


async def petition(call: Call) -> None:
    """/petition UA-26/014."""
    if not call.words:
        await call.say(_WHICH)
        return
    await sign(call, call.words)


async def sign(call: Call, number: str) -> None:
    """The petitions of an action that may still be signed."""
    standing = await act.may_act(call, number)
    if standing is None:
        return
    action = standing.action
    if not open_petitions(action, call.now):
        await call.say(N_("There is no petition to sign for this action. A letter helps as much."))
        return
    signed = Button(
        call.catalogue.t("I signed"), reader_data("did", action.number, "petition", _language(call))
    )
    below: Keyboard = ((signed,),)
    await call.reply(render_petitions(call.catalogue, action, call.now, variant_of(call), below))


def _language(call: Call) -> str:
    return call.catalogue.locale


async def share(call: Call, number: str) -> None:
    """Links to the networks, and the offer of a picture."""
    standing = await _shareable(call, number)
    if standing is None:
        return
    text = share_text(call.catalogue, standing.action, standing.views)
    links = share_links(text, _address(call, standing.action))
    buttons = [Button(link.label, url=link.url) for link in links]
    rows = [tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW)]
    picture = Button(call.catalogue.t("Picture card"), reader_data("card", standing.action.number))
    note = N_("Pass it on: each link opens an app with a text you can change. Nothing counts who opens it.")
    await call.reply(call.plain(note, keyboard=(*rows, (picture,))))


async def card(call: Call, number: str) -> None:
    """The picture, in the reader's language."""
    standing = await _shareable(call, number)
    if standing is None:
        return
    organisation = call.services.settings.require_organisation().name
    address = _address(call, standing.action)
    shown = card_of(
        call.catalogue, standing.action, standing.views, organisation, address.partition("://")[2]
    )
    caption = f"{share_text(call.catalogue, standing.action, standing.views)}\n{address}"
    name = f"{standing.action.number.replace('/', '-')}-{call.catalogue.locale}.png"
    made = MadeFile(lambda: card_png(shown), name, caption, key_of("card", shown), picture=True)
    await send_file(call, made)


async def _shareable(call: Call, number: str) -> Standing | None:
    standing = await act.may_act(call, number)
    if standing is not None and not may_be_shared(standing.views):
        await call.say(_NOT_SHARED)
        return None
    return standing


def _address(call: Call, action: Action) -> str:
    """The deep link to the action's letter, the same for everybody (safety.md 34)."""
    payload = f"l_{action.number.removeprefix('UA-').replace('/', '_')}"
    return f"https://t.me/{call.bot.username}?start={payload}"
