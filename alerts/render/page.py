"""The mail page: one static HTML file that opens a letter in any mail program, for any web space.

A letter comes in the fragment of the page's address (alerts/links.py, page_link), which no server ever sees. The file
needs nothing from anywhere; its policy lets nothing else in, and only this script run (by its hash). The script is
page.js, the style page.css, the frame page.html beside this file. Writes no file and knows no single letter.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from alerts.links import FRAGMENT_VERSION, PROVIDERS, page_address
from alerts.locales import N_, SOURCE_LOCALE, Catalogue, Catalogues

_HERE: Final = Path(__file__).parent
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
)

LIMITS: Final = {
    "fragment": 8192,  # characters; a button's link has at most 2,048 (alerts/links.py)
    "unpacked": 65536,  # bytes
    "addresses": 10,
    "subject": 300,
    "body": 20000,
    "mailto": 32000,
    # superruub.wordpress.com/2013/05/30/mailto-protocol-character-limit: 2,046 in every browser there.
    "mailto_windows": 2000,
}
"""What the page accepts and makes; characters unless said otherwise."""

_WORDS: Final = {
    "title": N_("A letter, ready to send"),
    "advice": N_("Read it first. In your mail program, change what you like and sign it: initials and a town are enough."),
    "to": N_("To"),
    "cc": N_("Copy to"),
    "subject": N_("Subject"),
    "text": N_("Text"),
    "copy_to": N_("Copy the address"),
    "copy_cc": N_("Copy these addresses"),
    "copy_subject": N_("Copy the subject"),
    "copy_text": N_("Copy the text"),
    "copied": N_("Copied."),
    "not_copied": N_("Your browser did not let us copy. Please mark the words and copy them yourself."),
    "send": N_("Send it"),
    "open": N_("Open my mail program"),
    "pasting": N_("The text is too long for some of these links. Tapping one copies the text: paste it into the e-mail."),
    "private": N_("This page keeps nothing and tells nobody: the letter is in the link that you opened, and stays on your device until you send it."),
    "contact": N_("Contact:"),
    "nothing": N_("There is no letter in this link. Open the page with the button under a letter in Telegram."),
    "over": N_("Its deadline has passed: please send no more letters. We keep watching the case."),
    "damaged": N_("This link is damaged, so nothing is shown. Go back to the letter in Telegram and open it again."),
    "too_old": N_("This browser is too old to read the link. Open it in another browser, or copy the letter from Telegram."),
}  # fmt: skip
_WITHOUT_SCRIPT: Final = N_(
    "This page needs JavaScript to read the letter from its link; nothing is loaded or sent. Or copy the letter from Telegram."
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who puts the page on the web, for its footer; `site` is an https address or empty."""

    name: str = ""
    contact: str = ""
    site: str = ""


def mail_page(catalogues: Catalogues, publisher: Publisher | None = None) -> str:
    """The whole page, with the words of every locale. ValueError when the publisher's site is not an https address."""
    publisher = publisher or Publisher()
    site = page_address(publisher.site) if publisher.site else ""
    style, script = _text("page.css"), _script(catalogues)
    return _ENVIRONMENT.get_template("page.html").render(
        english=_words(catalogues[SOURCE_LOCALE]),
        without_script=[_without_script(catalogues[code]) for code in catalogues.codes],
        organisation=publisher.name,
        contact=publisher.contact,
        site=site,
        # Ours, and needed as they are: an escaped script would not be the one whose hash the policy names.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _script(catalogues: Catalogues) -> str:
    values = {
        "WORDS": {code: _words(catalogues[code]) for code in catalogues.codes},
        "PROVIDERS": [asdict(provider) for provider in PROVIDERS],
        "LIMITS": LIMITS,
        "VERSION": FRAGMENT_VERSION,
    }
    lines = [f"const {name} = {_literal(value)};" for name, value in values.items()]
    return "\n".join([*lines, _text("page.js")])


def _literal(value: object) -> str:
    """JSON that cannot end the script it stands in, whatever a translation holds."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _words(catalogue: Catalogue) -> dict[str, str]:
    return {"dir": _direction(catalogue), **{name: catalogue.t(msgid) for name, msgid in _WORDS.items()}}


def _without_script(catalogue: Catalogue) -> dict[str, str]:
    return {
        "locale": catalogue.locale,
        "dir": _direction(catalogue),
        "words": catalogue.t(_WITHOUT_SCRIPT),
    }


def _direction(catalogue: Catalogue) -> str:
    return "rtl" if catalogue.is_rtl else "ltr"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
