"""Who a letter goes to, for one reader now: the officials in rank, the ways to them, the language they read.

The rules are `alerts.target`'s; here they meet the reader's country, which is in the button or was remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from alerts.day import zone_of
from alerts.letter import has_letters
from alerts.letter.points import OWN_SIDE
from alerts.locales import SOURCE_LOCALE, Catalogue
from alerts.render.letter import Cover, Way
from alerts.render.message import Button
from alerts.store import targets as kept
from alerts.target import (
    Channel,
    Target,
    TargetKind,
    channels,
    generic,
    in_order,
    kind_name,
    letter_language,
    ranked,
)
from bot.context import Call
from bot.handlers.act import Standing

_HOUR: Final = timedelta(hours=1)


async def in_rank(call: Call, standing: Standing, country: str) -> list[Target]:
    """Whom this reader may write to now, the first in rank in front; without any, the office that decides."""
    remembered = call.subscriber.country if call.subscriber else None
    found = await _ordered(call, standing, country or remembered)
    return found or [generic(standing.views[0].country or "")]


async def _ordered(call: Call, standing: Standing, country: str | None) -> list[Target]:
    async with call.services.sessions() as session:
        there = await kept.in_force(session)
    return _in_order(call, standing, there, country)


def _in_order(call: Call, standing: Standing, there: Sequence[Target], country: str | None) -> list[Target]:
    return in_order(
        there,
        standing.views,
        hours_left=hours_left(call, standing),
        reader_country=country,
        today=call.now.date(),
    )


def hours_left(call: Call, standing: Standing) -> float | None:
    """Until the deadline; None without one."""
    deadline = standing.action.deadline
    return (deadline - call.now) / _HOUR if deadline is not None else None


def picked(targets: Sequence[Target], target_id: int | None) -> Target:
    """The one of that id; the first in rank when it is not (or no longer) among them."""
    return next((one for one in targets if one.id == target_id), targets[0])


def after(targets: Sequence[Target], target_id: int) -> Target:
    """The next in rank, and after the last the first."""
    places = [place for place, one in enumerate(targets) if one.id == target_id]
    return targets[(places[0] + 1) % len(targets)] if places else targets[0]


async def countries(call: Call, standing: Standing) -> list[str]:
    """Countries in which a reader has somebody of their own to write to about these cases."""
    async with call.services.sessions() as session:
        there = await kept.in_force(session)
    near = [one for one in there if _near(one)]
    codes = {code for one in near for code in _near(one)}
    return sorted(code for code in codes if _in_order(call, standing, near, code))


async def first_abroad(call: Call, standing: Standing, country: str) -> Target | None:
    """The first in rank of those who serve readers of that country only."""
    return next((one for one in await _ordered(call, standing, country) if country in _near(one)), None)


def _near(target: Target) -> tuple[str, ...]:
    """The only countries whose readers may write to them; empty when all may."""
    own = target.kind in {TargetKind.OWN_MP, TargetKind.OWN_FOREIGN_MINISTER}
    return target.reader_countries or ((target.country,) if own else ())


def is_own_side(target: Target) -> bool:
    """Whether it is a letter to the reader's own government or parliament."""
    return target.kind.value in OWN_SIDE


def languages(call: Call) -> list[str]:
    """Languages that there are letters in."""
    return [code for code in call.services.catalogues if has_letters(code)]


def language_for(call: Call, target: Target) -> str:
    """Of the letter: what the official prefers, else the reader's own, else English."""
    offered = languages(call)
    language = letter_language(target, call.catalogue.locale, offered)
    return language if language in offered else SOURCE_LOCALE


def spoken(call: Call, target: Target) -> list[str]:
    """Languages that a reader may choose for an official: those of both."""
    offered = languages(call)
    wanted = (*target.languages, call.catalogue.locale, SOURCE_LOCALE)
    return [code for code in dict.fromkeys(wanted) if code in offered]


def cover(call: Call, standing: Standing, target: Target, written_in: Catalogue) -> Cover:
    """To whom and by which ways, as the reader is shown it; the envelope is in the letter's language."""
    country = standing.views[0].country
    reader = call.catalogue
    title = target.title_in(reader.locale) or kind_name(reader, target.kind)
    return Cover(
        to=tuple(filter(None, (target.name, title, target.organisation))),
        ways=tuple(ways(call, standing, target, written_in)),
        country=reader.country(country) if country else "",
        zone=zone_of(country),
    )


def ways(call: Call, standing: Standing, target: Target, written_in: Catalogue) -> list[Way]:
    """The ways that work and arrive in time, the best first."""
    found: list[Way] = []
    for channel in channels(target, hours_left(call, standing)):
        addresses: tuple[str, ...] = {
            Channel.EMAIL: target.working_emails,
            Channel.POST: ("\n".join(target.lines(written_in)),),
            Channel.PHONE: (target.phone,),
            Channel.FORM: (target.url,),
            Channel.SOCIAL: (target.handle,),
        }[channel]
        found += [Way(channel.value, address) for address in addresses]
    return found


def takes_paper(call: Call, standing: Standing, target: Target) -> bool:
    """Whether a letter by post arrives in time."""
    return Channel.POST in channels(target, hours_left(call, standing))


def for_paper(call: Call, standing: Standing, targets: Sequence[Target]) -> Target | None:
    """Of those `in_rank`, the first whom a letter by post reaches in time; None when there is none.

    The office without an address is reached by way of the embassy, while there is time for the post.
    """
    if targets[0].is_generic:
        return targets[0] if ranked((Channel.POST,), hours_left(call, standing)) else None
    return next((one for one in targets if takes_paper(call, standing, one)), None)


def failing(target: Target) -> list[str]:
    """Addresses that a reader can find not to work, those apart that are known to fail."""
    return [address for address in target.addresses if target.works(address)]


def phone(target: Target) -> str | None:
    """The number, if it works."""
    return target.phone if target.phone and target.works(target.phone) else None


def form_button(call: Call, target: Target) -> Button | None:
    """Opens the official's web form, or the parliament's finder."""
    if not target.url or not target.works(target.url):
        return None
    if target.kind is TargetKind.OWN_MP:
        return Button(call.catalogue.t("Find my member of parliament"), url=target.url)
    return Button(call.catalogue.t("Open the web form"), url=target.url)
