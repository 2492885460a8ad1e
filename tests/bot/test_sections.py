from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.sections import Telegram, Web

SECRET = "a-secret-of-the-tests-that-opens-nothing"


@pytest.mark.parametrize("url", ["", "https://letters.example", "https://letters.example/mail/page.html"])
def test_the_mail_page_is_under_https_or_nowhere(url: str):
    assert Web(page_url=url).page_url == url


@pytest.mark.parametrize(
    "url", ["http://letters.example", "letters.example", "https://", "https://letters.example/#x"]
)
def test_another_address_of_the_mail_page_is_refused(url: str):
    with pytest.raises(ValidationError, match="must be"):
        Web(page_url=url)


@pytest.mark.parametrize(("rate", "paid"), [(30, False), (31, True), (1000, True)])
def test_the_rate_is_telegrams_or_paid_for(rate: float, *, paid: bool):
    assert Telegram(rate=rate, paid_broadcast=paid).rate == rate


@pytest.mark.parametrize(("rate", "paid"), [(30.5, False), (1000, False), (1001, True)])
def test_a_rate_that_telegram_does_not_allow_is_refused(rate: float, *, paid: bool):
    with pytest.raises(ValidationError, match=r"paid_broadcast = true|less than or equal to 1000"):
        Telegram(rate=rate, paid_broadcast=paid)


@pytest.mark.parametrize(
    "url", ["https://bot.example", "https://bot.example:8443/hook", "https://bot.example/a/b"]
)
def test_a_webhook_has_an_address_and_a_secret(url: str):
    assert Telegram(mode="webhook", webhook_url=url, webhook_secret=SECRET).webhook_url == url


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "a webhook needs webhook_url and webhook_secret"),
        ({"webhook_url": "https://bot.example"}, "a webhook needs webhook_secret"),
        ({"webhook_secret": SECRET}, "a webhook needs webhook_url"),
        ({"webhook_url": "http://bot.example", "webhook_secret": SECRET}, "must be https"),
        (
            {"webhook_url": "https://bot.example:8080", "webhook_secret": SECRET},
            "on port 443, 80, 88 or 8443",
        ),
        ({"webhook_url": "https://bot.example/?a=b", "webhook_secret": SECRET}, "must be https"),
        ({"webhook_url": "https://bot.example", "webhook_secret": "short"}, "must be 32 to 256 letters"),
        ({"webhook_url": "https://bot.example", "webhook_secret": f"{SECRET} "}, "must be 32 to 256 letters"),
    ],
)
def test_a_webhook_that_cannot_work_is_refused(given: dict[str, str], says: str):
    with pytest.raises(ValidationError, match=says) as caught:
        Telegram(mode="webhook", **given)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("listen", ["127.0.0.1:8080", "[::1]:8080", "0.0.0.0:443"])
def test_what_can_be_listened_at(listen: str):
    assert Web(listen=listen).listen == listen


@pytest.mark.parametrize(
    "listen", ["", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", ":80"]
)
def test_what_cannot_be_listened_at(listen: str):
    with pytest.raises(ValidationError, match="must be an address and a port"):
        Web(listen=listen)
