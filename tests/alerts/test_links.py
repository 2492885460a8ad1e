"""Compose links carry a letter exactly or say that they do not; nothing in a letter becomes more than itself."""

from __future__ import annotations

import json
import re
import zlib
from base64 import urlsafe_b64decode
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import (
    BUTTON_URL,
    COMPOSE_URL,
    PROVIDERS,
    Mail,
    compose_links,
    is_address,
    mailto,
    page_address,
    page_link,
    share_links,
)

URL = "https://letters.example/page.html"
MAIL = Mail(
    ("head@judiciary.example", "second@judiciary.example"),
    ("embassy@example.org",),
    "50 % of it & more + a # and ?",
    "Your Excellency,\n\nplease = stop + think.\n",
)
BODIES = {
    "fa": "مقام محترم،\nمی‌خواهم حکم متوقف شود.",
    "ar": "السيد الرئيس،\nأرجو وقف التنفيذ.",
    "ckb": "بەڕێز،\nتکایە جێبەجێکردن بوەستێنە.",
    "de": "Sehr geehrte Damen und Herren,\nmit Grüßen",
    "tr": "Sayın Yetkili,\nıİşğ",
    "emoji": "😀 text",
}
PERSIAN_LETTER = (
    "ریاست محترم قوه قضاییه،\n\nبا احترام، اینجانب نگرانی عمیق خود را درباره وضعیت آقای آرمان نمونه، متولد ۱۳۸۵، "
    "که از ۲۸ اسفند ۱۴۰۴ در سلول انفرادی زندان نمونه در استان البرز نگهداری می‌شود، به آگاهی شما می‌رسانم. بنا بر "
    "گزارش‌ها او در دادگاهی محاکمه شده که در آن به وکیل منتخب خود دسترسی نداشته و اعترافاتی که زیر فشار از او گرفته "
    "شده، پایه حکم قرار گرفته است.\n\nمجازات مرگ بازگشت‌ناپذیر است و هر خطای قضایی را جبران‌ناپذیر می‌کند. ایران "
    "میثاق بین‌المللی حقوق مدنی و سیاسی را پذیرفته که حق زندگی و دادرسی عادلانه را برای همه تضمین می‌کند و صدور حکم "
    "مرگ برای کسی را که هنگام ارتکاب جرم کمتر از هجده سال داشته، منع می‌کند.\n\nاز این رو خواهشمندم:\n"
    "۱. دستور توقف فوری اجرای حکم را صادر فرمایید؛\n۲. زمینه دادرسی دوباره و منصفانه بدون امکان صدور حکم مرگ را فراهم "
    "آورید؛\n۳. خانواده و وکیل او را از محل نگهداری و تصمیم‌های پیش رو آگاه سازید؛\n۴. دسترسی او را به پزشک، خانواده و "
    "وکیل تضمین کنید؛\n۵. درباره ادعای بدرفتاری، تحقیقی مستقل و بی‌طرفانه به راه اندازید.\n\nبسیاری از مردم در کشورهای "
    "گوناگون سرنوشت این جوان را دنبال می‌کنند و هر گامی را که در راه حفظ جان او برداشته شود، ارج خواهند نهاد. من با "
    "هیچ‌یک از جناح‌های سیاسی پیوندی ندارم و تنها از سر باور به کرامت انسان و ارزش زندگی این نامه را می‌نویسم. "
    "باور دارم که گذشت و خویشتن‌داری نشانه نیرومندی یک دستگاه قضایی است و نام نیکی از آن به یادگار می‌گذارد. "
    "سپاسگزار خواهم بود اگر مرا از اقدام‌های انجام‌شده آگاه فرمایید و پاسخ خود را به نشانی زیر بفرستید. "
    "پیشاپیش از توجه جنابعالی به این درخواست انسانی سپاسگزاری می‌کنم و برای شما در انجام وظیفه خطیرتان آرزوی "
    "کامیابی دارم.\n\nدر سال‌های گذشته، دیوان عالی در پرونده‌های مشابه بارها رأی نخستین را نقض کرده و رسیدگی را به شعبه "
    "هم‌عرض سپرده است. امیدوارم در این پرونده نیز فرصت بازنگری دقیق در مدارک، گواهی شاهدان و گزارش پزشکی قانونی فراهم "
    "شود تا حقیقت روشن گردد.\n\nرونوشت این نامه برای سفارت جمهوری اسلامی فرستاده شده است.\n\nبا احترام،\n"
)


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def unpacked(link: str) -> dict:
    version, _, packed = link.partition("#")[2].partition(".")
    assert version == "1"
    return json.loads(zlib.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15))


def test_a_letter_in_each_mailbox():
    gmail, outlook, office, yahoo = compose_links(MAIL)
    assert query(gmail.url) == {
        "view": "cm",
        "fs": "1",
        "tf": "1",
        "to": "head@judiciary.example,second@judiciary.example",
        "cc": "embassy@example.org",
        "su": MAIL.subject,
        "body": MAIL.body,
    }
    for link in (outlook, office):
        assert query(link.url) == {
            "to": "head@judiciary.example;second@judiciary.example",
            "cc": "embassy@example.org",
            "subject": MAIL.subject,
            "body": MAIL.body.replace("\n", "\r\n"),
        }
    assert query(yahoo.url) == {
        "to": "head@judiciary.example,second@judiciary.example",
        "cc": "embassy@example.org",
        "subject": MAIL.subject,
        "body": MAIL.body,
    }
    hosts = [urlsplit(link.url).hostname for link in (gmail, outlook, office, yahoo)]
    assert hosts == [
        "mail.google.com",
        "outlook.live.com",
        "outlook.office.com",
        "compose.mail.yahoo.com",
    ]
    assert all(link.whole for link in (gmail, outlook, office, yahoo))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_language_arrives_as_it_was_written(body: str):
    mail = Mail((), (), body.replace("\n", " "), body)
    for link in compose_links(mail):
        found = query(link.url)
        assert found["body"].replace("\r\n", "\n") == body
        assert found.get("su", found.get("subject")) == mail.subject
    assert unquote(mailto(mail).partition("&body=")[2]) == body.replace("\n", "\r\n")


@given(st.text(max_size=200))
def test_no_text_adds_a_part_or_leaves_a_plus_for_a_space(text: str):
    try:
        mail = Mail(("a@example.org",), (), "Subject", text)
    except ValueError:
        return
    for link in (*compose_links(mail), *compose_links(replace(mail, subject=" ".join(text.split())[:20]))):
        assert "+" not in link.url
        assert re.fullmatch(r"[!-~]+", link.url)
        assert set(query(link.url)) <= {"view", "fs", "tf", "to", "su", "subject", "body"}
        assert len(link.url) <= COMPOSE_URL


def test_a_long_letter_leaves_only_addressee_and_subject_and_says_so():
    for link in compose_links(replace(MAIL, body="word " * 1000)):
        assert not link.whole
        assert "body" not in query(link.url)
        assert query(link.url)["cc"] == "embassy@example.org"


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.code)
def test_a_link_is_as_long_as_its_provider_takes_and_no_longer(provider):
    def link(length: int):
        return next(
            one for one in compose_links(Mail((), (), "S", "a" * length), 100_000) if one.provider is provider
        )

    room = provider.limit - len(link(1).url) + 1
    assert len(link(room).url) == provider.limit
    assert (link(room).whole, link(room + 1).whole) == (True, False)


def test_addressees_that_do_not_fit_have_no_link():
    assert compose_links(replace(MAIL, to=tuple(f"{'x' * 60}{n}@example.org" for n in range(40)))) == ()


def test_mailto_is_as_the_standard_has_it():
    assert mailto(Mail(("a+b@example.org", "c@example.org"), ("d@example.org",), "Hi & bye", "1\n2")) == (
        "mailto:a%2Bb@example.org,c@example.org?cc=d%40example.org&subject=Hi%20%26%20bye&body=1%0D%0A2"
    )
    assert mailto(Mail((), (), "Hi", "")) == "mailto:?subject=Hi"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@localhost",
        "a@example.org,b@example.org",
        "a@example.org;b@example.org",
        "a@example.org?bcc=b@example.org",
        "a@example.org&cc=b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\n",
        "A <a@example.org>",
        "a b@example.org",
        "a%0Ab@example.org",
        "javascript:alert(1)@example.org",
        ".a@example.org",
        "a..b@example.org",
        "a@-example.org",
        "ا@example.org",
        "a@exämple.org",
        f"{'a' * 250}@example.org",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str):
    assert not is_address(address)
    with pytest.raises(ValueError, match="is not an e-mail address"):
        Mail((address,), (), "", "")
    with pytest.raises(ValueError, match="is not an e-mail address"):
        Mail((), (address,), "", "")


@pytest.mark.parametrize("subject", ["a\nBcc: b@example.org", "a\rb", "a\0b", "a\u2028b", "a\x85b", "\ud800"])
def test_a_subject_is_one_line(subject: str):
    with pytest.raises(ValueError, match="a subject is one line"):
        Mail((), (), subject, "")


@pytest.mark.parametrize("body", ["a\r\nb", "a\0b", "\x1b[1m", "\udfff"])
def test_a_text_has_no_controls(body: str):
    with pytest.raises(ValueError, match="no control characters"):
        Mail((), (), "", body)


def test_a_persian_letter_of_a_whole_page_fits_a_button():
    mail = Mail(
        ("head@judiciary.example",), ("embassy@example.org",), "درخواست توقف اجرای حکم", PERSIAN_LETTER
    )
    assert len(PERSIAN_LETTER) >= 1800
    link = page_link(URL, mail, language="fa")
    assert link is not None
    assert len(link) <= BUTTON_URL
    assert unpacked(link) == {
        "l": "fa",
        "t": list(mail.to),
        "c": list(mail.cc),
        "s": mail.subject,
        "b": mail.body,
    }
    assert page_link(URL, mail, language="fa") == link


def test_no_page_or_no_room_means_no_link():
    assert page_link("", MAIL) is None
    noise = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(3000))
    assert page_link(URL, replace(MAIL, body=noise)) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://letters.example/",
        "https://",
        "https://letters.example/#x",
        "https://letters.example/#",
        "https://user@letters.example/",
        "https://letters.example/a b",
        "https://letters.example/\n",
        "https://نامه.example/",
        "javascript:alert(1)",
        "//letters.example",
    ],
)
def test_a_page_has_a_plain_https_address(url: str):
    for refuses in (lambda: page_address(url), lambda: page_link(url, MAIL), lambda: share_links("x", url)):
        with pytest.raises(ValueError, match="must be"):
            refuses()


def test_a_text_on_each_network():
    links = {link.network: link for link in share_links("Stop it & now!", "https://example.org/a?b=c&d")}
    assert {name: query(link.url) for name, link in links.items()} == {
        "telegram": {"url": "https://example.org/a?b=c&d", "text": "Stop it & now!"},
        "whatsapp": {"text": "Stop it & now! https://example.org/a?b=c&d"},
        "x": {"url": "https://example.org/a?b=c&d", "text": "Stop it & now!"},
        "bluesky": {"text": "Stop it & now! https://example.org/a?b=c&d"},
        "facebook": {"u": "https://example.org/a?b=c&d"},
    }
    assert {name: link.whole for name, link in links.items()} == {
        "telegram": True,
        "whatsapp": True,
        "x": True,
        "bluesky": True,
        "facebook": False,
    }


def shared(text: str) -> dict[str, str]:
    links = {link.network: link for link in share_links(text, "https://example.org/")}
    return {name: query(link.url).get("text", "") for name, link in links.items()}


def test_a_long_text_is_cut_after_a_word():
    texts = shared("word " * 400)
    assert texts["x"] == ("word " * 51).strip() + "…"
    assert texts["bluesky"] == ("word " * 55).strip() + "… https://example.org/"
    assert len(texts["bluesky"]) <= 300
    assert not any(link.whole for link in share_links("word " * 500, "https://example.org/"))


def test_x_counts_other_scripts_double_but_not_persian():
    assert shared("字" * 128)["x"] == "字" * 128
    assert shared("字" * 129)["x"] == "字" * 127 + "…"
    assert shared("ب" * 256)["x"] == "ب" * 256


def test_a_cut_leaves_no_isolate_open_and_no_accent_behind():
    texts = shared("\u2068" + "a\u0301" * 400)
    assert texts["x"].startswith("\u2068")
    assert texts["x"].endswith("…\u2069")
    assert texts["x"].count("a") == texts["x"].count("\u0301")


@given(st.text(min_size=1, max_size=600))
def test_share_links_always_fit_a_button(text: str):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    for link in share_links(text, "https://example.org/"):
        assert len(link.url) <= BUTTON_URL
        assert re.fullmatch(r"[!-~]+", link.url)
