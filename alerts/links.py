"""Links that open a letter in somebody's mailbox, on the mail page, or a text on a social network.

Telegram breaks mailto links (delivery.md section 1), so its buttons get https links only. Every link is percent-encoded
as UTF-8 with %20 for a space: Outlook shows a "+" as a plus (github.com/spatie/calendar-links/issues/109). A link that
cannot carry the whole text carries none of it and says so; a letter cut off in the middle would be worse. Puts no
reader into a link, and nothing that counts who opens it (safety.md 34).
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

BUTTON_URL: Final = 2048
"""Longest address that is put on a button, in bytes. Telegram documents none, and its library checks none
(tdlib/td, td/telegram/ReplyMarkup.cpp), but browsers and servers on the way were made for about this much."""

COMPOSE_URL: Final = 1900
"""Longest compose link on a button. A message's whole keyboard is refused above 10 kB
(github.com/tginfo/Telegram-Limits/issues/187): four of these and one page link stay below."""

FRAGMENT_VERSION: Final = "1"
"""What the fragment of a page link begins with; the page refuses any other."""

_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9_'+-]+(?:\.[A-Za-z0-9_'+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_ADDRESS_LENGTH: Final = 254  # RFC 5321, section 4.5.3.1, less the angle brackets
_OPEN_ISOLATES: Final = "\u2066\u2067\u2068"
_CLOSE_ISOLATE: Final = "\u2069"
_JOINS: Final = "\u200c\u200d"  # between letters, whose words they must not cut


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter as an e-mail. ValueError for an address or subject that could carry more than itself."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    body: str

    def __post_init__(self) -> None:
        """Refuse what a mail program might read as further addresses or headers."""
        for address in (*self.to, *self.cc):
            if not is_address(address):
                msg = f"{address[:80]!r} is not an e-mail address such as office@example.org"
                raise ValueError(msg)
        if any(_is_control(char) for char in self.subject):
            msg = "a subject is one line, without control characters"
            raise ValueError(msg)
        if any(_is_control(char) and char not in "\n\t" for char in self.body):
            msg = "a letter's text has no control characters but the ends of its lines"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Provider:
    """A mailbox on the web: its compose address, what it calls each part, and how long a link may be (bytes).

    `separator` stands between addresses, `newline` at the ends of lines.
    """

    code: str
    label: str
    base: str
    subject: str
    separator: str
    newline: str
    limit: int


PROVIDERS: Final = (
    # Links of 6,410 characters were seen to fail: github.com/defund12/defund12.org/issues/893.
    Provider("gmail", "Gmail", "https://mail.google.com/mail/?view=cm&fs=1&tf=1", "su", ",", "\n", 6000),
    # 31,145 were seen to work (InteractionDesignFoundation/add-event-to-calendar-docs#19), but cookies count too,
    # and who is not signed in is sent round by way of a link a third longer.
    Provider(
        "outlook",
        "Outlook.com",
        "https://outlook.live.com/mail/0/deeplink/compose?",
        "subject",
        ";",
        "\r\n",
        8000,
    ),
    Provider(
        "office",
        "Microsoft 365",
        "https://outlook.office.com/mail/deeplink/compose?",
        "subject",
        ";",
        "\r\n",
        8000,
    ),
    # Nothing is documented and nobody has measured it: what every browser has always taken.
    Provider("yahoo", "Yahoo Mail", "https://compose.mail.yahoo.com/?", "subject", ",", "\n", 2000),
)
"""None of them documents its address; these are what their own web clients and many sites use."""


@dataclass(frozen=True, slots=True)
class ComposeLink:
    """Opens an e-mail at a provider, addressed and with its subject; with the text too if `whole`."""

    provider: Provider
    url: str
    whole: bool


@dataclass(frozen=True, slots=True)
class ShareLink:
    """Opens a network with a text to post; `whole` is False when the text was cut or left out to fit."""

    network: str
    label: str
    url: str
    whole: bool


def is_address(text: str) -> bool:
    """Whether it is one plain e-mail address, without a name, a comment, or anything a link would need to escape."""
    return len(text) <= _ADDRESS_LENGTH and _ADDRESS.fullmatch(text) is not None


def compose_links(mail: Mail, limit: int = COMPOSE_URL) -> tuple[ComposeLink, ...]:
    """One link for each of PROVIDERS, at most `limit` bytes or the provider's own limit, whichever is less.

    A link whose addressees and subject alone do not fit is left out.
    """
    links = (_compose_link(mail, provider, min(limit, provider.limit)) for provider in PROVIDERS)
    return tuple(link for link in links if link is not None)


def _compose_link(mail: Mail, provider: Provider, limit: int) -> ComposeLink | None:
    parts = [
        ("to", provider.separator.join(mail.to)),
        ("cc", provider.separator.join(mail.cc)),
        (provider.subject, mail.subject),
    ]
    head = _joined(provider.base, parts)
    whole = _joined(provider.base, [*parts, ("body", _with_ends(mail.body, provider.newline))])
    if len(whole) <= limit:
        return ComposeLink(provider, whole, whole=True)
    return ComposeLink(provider, head, whole=False) if len(head) <= limit else None


def _joined(base: str, parts: list[tuple[str, str]]) -> str:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts if value)
    return f"{base}{query}" if base.endswith("?") else f"{base}&{query}"


def _with_ends(text: str, newline: str) -> str:
    return text.replace("\n", newline)


def mailto(mail: Mail) -> str:
    """The mailto URI of RFC 6068: CRLF between lines, commas between addresses. For web pages, never for Telegram.

    How long it may be is the reader's system's matter (about 2,000 on Windows): the mail page decides.
    """
    to = ",".join(quote(address, safe="@") for address in mail.to)
    parts = [
        ("cc", ",".join(mail.cc)),
        ("subject", mail.subject),
        ("body", _with_ends(mail.body, "\r\n")),
    ]
    return f"mailto:{to}{_joined('?', parts)}"


def page_link(
    page_url: str, mail: Mail, *, language: str = "en", deadline: datetime | None = None
) -> str | None:
    """The mail page with the whole letter in its fragment, which browsers never send to a server.

    `page_url` is the page's https address, or empty; `language` the reader's locale; after `deadline` the page shows
    the letter no more. None without a page, or when it would be longer than BUTTON_URL. The fragment is "1." and JSON
    (l, t, c, s, b, and d: seconds since 1970), deflated without header, in base64url. ValueError for an address that
    is not https or has a fragment of its own.
    """
    if not page_url:
        return None
    ends = {} if deadline is None else {"d": int(deadline.timestamp())}
    plain = {"l": language, "t": mail.to, "c": mail.cc, "s": mail.subject, "b": mail.body, **ends}
    compressor = zlib.compressobj(level=9, wbits=-15, memLevel=9)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    packed = compressor.compress(text.encode()) + compressor.flush()
    url = f"{page_address(page_url)}#{FRAGMENT_VERSION}.{urlsafe_b64encode(packed).rstrip(b'=').decode()}"
    return url if len(url) <= BUTTON_URL else None


def page_address(url: str) -> str:
    """`url` as it was given, when letters may be put behind it; ValueError says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        msg = "must begin with https:// and name a host"
        raise ValueError(msg)
    if "#" in url or parts.username is not None or not re.fullmatch(r"[!-~]+", url):
        msg = (
            "must be a plain address: no #, no name before an @, no spaces, other characters percent-encoded"
        )
        raise ValueError(msg)
    return url


def share_links(text: str, url: str) -> tuple[ShareLink, ...]:
    """Links that offer `text` and the address of `url` to post, each within its network's limit and BUTTON_URL.

    A text too long is cut after a word, with an ellipsis. Facebook takes no text. ValueError when `url` is not https.
    """
    page_address(url)
    encoded = quote(url, safe="")
    networks: tuple[tuple[str, str, Callable[[str], str], Callable[[str], bool]], ...] = (
        # t.me answers 400 to what is too long: github.com/MurhafSousli/ngx-sharebuttons/issues/566.
        ("telegram", "Telegram", lambda t: f"https://t.me/share/url?url={encoded}&text={_q(t)}", _any_length),
        ("whatsapp", "WhatsApp", lambda t: f"https://wa.me/?text={_q(f'{t} {url}')}", _any_length),
        ("x", "X", lambda t: f"https://x.com/intent/post?text={_q(t)}&url={encoded}", _fits_x),
        (
            "bluesky",
            "Bluesky",
            lambda t: f"https://bsky.app/intent/compose?text={_q(f'{t} {url}')}",
            lambda t: _fits_bluesky(f"{t} {url}"),
        ),
    )
    links = [_share_link(text, *network) for network in networks]
    facebook = f"https://www.facebook.com/sharer/sharer.php?u={encoded}"
    return (*(link for link in links if link), ShareLink("facebook", "Facebook", facebook, whole=False))


def _share_link(
    text: str, network: str, label: str, address: Callable[[str], str], fits: Callable[[str], bool]
) -> ShareLink | None:
    """The link with as much of the text as fits; None when not even one word does."""
    kept = _fitting(text, lambda part: fits(part) and len(address(part)) <= BUTTON_URL)
    return ShareLink(network, label, address(kept), whole=kept == text) if kept else None


def _fitting(text: str, fits: Callable[[str], bool]) -> str:
    """`text`, or as many of its whole words (of one long word: letters) as fit before an ellipsis; "" if none do."""
    if fits(text):
        return text
    words = [match.end() for match in re.finditer(r"\S+(?=\s)", text)]
    letters = range(len(text) - 1, 0, -1)
    for end in (*reversed(words), *letters):
        part = text[:end].rstrip()
        is_whole_letter = not unicodedata.combining(text[end]) and text[end] not in _JOINS
        if part and is_whole_letter and fits(shown := _closed(f"{part.rstrip(_JOINS)}…")):
            return shown
    return ""


def _closed(text: str) -> str:
    """`text` with the isolates closed that it opens."""
    depth = 0
    for char in text:
        depth = max(0, depth + (char in _OPEN_ISOLATES) - (char == _CLOSE_ISOLATE))
    return text + _CLOSE_ISOLATE * depth


def _any_length(text: str) -> bool:
    del text
    return True


def _fits_x(text: str) -> bool:
    """X's own count: 280, of which any address takes 23 and the space before it one (twitter-text, config v3).

    Characters outside these ranges weigh two; sequences that it would count once are counted whole here.
    """
    light = (range(0x1100), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))
    weights = (
        1 if any(ord(char) in few for few in light) else 2 for char in unicodedata.normalize("NFC", text)
    )
    return sum(weights) <= 280 - 24


def _fits_bluesky(text: str) -> bool:
    """300 graphemes (docs.bsky.app, intent links); code points are never fewer."""
    return len(text) <= 300  # noqa: PLR2004 - the network's own number


def _q(text: str) -> str:
    return quote(text, safe="")


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}
