"""Finds in a text what Telegram links by itself: addresses, mentions, commands, hashtags, cashtags.

It follows the published rules of Telegram's library, with the country codes and the commonest of the other
top-level domains instead of all fifteen hundred; phone and card numbers are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz"
    " ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm"
    " fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is"
    " it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm"
    " mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr"
    " ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg"
    " th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_OTHERS = (
    "academy aero agency app army art arpa asia audio bank bar bet bible bid bike bio biz black blog blue book build"
    " business cab cafe camp care cash cat center chat church city click cloud club coach codes coffee com community"
    " company cool coop country dance date day deal design dev diet digital direct dog domains earth edu education"
    " email energy events exchange expert express family fans farm film finance fish fit foundation fun fund gallery"
    " game games gift global gold gov green group guide guru health help hiv hospital host house how info ink"
    " institute int international jobs kim land law lawyer legal life link live loan lol love ltd market media men"
    " menu mil mobi moda mom money movie museum name navy net network new news ngo ninja now one ong online org page"
    " party pet photo photos pink plus press pro pub red rent report review rip rocks run sale school science"
    " services sexy shop show site social soy space store studio support team tech tel tips today tools top town"
    " toys trade travel tube university vet video vip vote wang watch web website wiki win wine work works world wtf"
    " xxx xyz yoga zone ایران рф онлайн сайт орг ком москва укр срб бел қаз"
)
TOP_LEVEL_DOMAINS = frozenset((_COUNTRIES + " " + _OTHERS).split())

_LABEL = r"[^\W_](?:[\w~-]*[^\W_])?"
_URL = re.compile(
    rf"(?<![\w@/.~-])(?P<scheme>(?:https?|ftp|tonsite)://)?(?P<host>(?:{_LABEL}\.)+(?P<last>[^\W\d_]+|xn--[\w-]+))"
    r"(?P<rest>(?::\d{1,5})?(?:[/?#][^\s<>\"«»“”]*)?)(?![\w@])",
    re.IGNORECASE,
)
_IP = re.compile(r"(?<![\w@/.-])(?:https?://)?(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?:/[^\s<>\"]*)?(?![\w@.])")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,8}(?![\w-])", re.ASCII)
_MENTION = re.compile(r"(?<![\w/@.])@[A-Za-z0-9_]{4,32}(?![A-Za-z0-9_])")
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_HASHTAG = re.compile(r"(?<![\w\u200c#])#[\w\u200c]{1,256}(?![\w\u200c]*#)")
_CASHTAG = re.compile(r"(?<![\w$\u200c])\$(?:1INCH|[A-Z]{1,8})(?![\w$\u200c])")
_TRAILING = ".,:;'\"!?…)]}"


def found(text: str) -> list[tuple[str, int, int]]:
    """List (type, start, end) of everything that links by itself, in characters, in order, none overlapping."""
    taken: list[tuple[str, int, int]] = []
    for kind, start, end in [*_addresses(text), *_tags(text)]:
        if all(end <= other_start or start >= other_end for _, other_start, other_end in taken):
            taken.append((kind, start, end))
    return sorted(taken, key=lambda item: item[1])


def _addresses(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _EMAIL.finditer(text):
        if _is_domain(match[0].rpartition(".")[2]):
            yield "email", match.start(), match.end()
    for match in _URL.finditer(text):
        if match["scheme"] or _is_domain(match["last"]):
            yield "url", match.start(), _trimmed(text, match.start(), match.end())
    for match in _IP.finditer(text):
        yield "url", match.start(), _trimmed(text, match.start(), match.end())


def _tags(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in (("mention", _MENTION), ("bot_command", _COMMAND), ("cashtag", _CASHTAG)):
        for match in pattern.finditer(text):
            yield kind, match.start(), match.end()
    for match in _HASHTAG.finditer(text):
        if any(char.isalpha() for char in match[0]):
            yield "hashtag", match.start(), match.end()


def _is_domain(last: str) -> bool:
    """Tell whether a last label makes a bare name a link: "example.org", not "the end.In other words"."""
    lowered = last.lower()
    if lowered != last and lowered[1:] == last[1:]:
        return False
    return lowered in TOP_LEVEL_DOMAINS or lowered.startswith("xn--")


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _TRAILING and not _closes(text, start, end):
        end -= 1
    return end


def _closes(text: str, start: int, end: int) -> bool:
    """Keep a closing bracket whose opening one is in the link too."""
    pairs = {")": "(", "]": "[", "}": "{"}
    opening = pairs.get(text[end - 1])
    inside = text[start:end]
    return opening is not None and inside.count(opening) >= inside.count(text[end - 1])
