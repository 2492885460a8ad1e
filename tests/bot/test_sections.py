from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.sections import Web


@pytest.mark.parametrize("url", ["", "https://letters.example", "https://letters.example/mail/page.html"])
def test_the_mail_page_is_under_https_or_nowhere(url: str):
    assert Web(page_url=url).page_url == url


@pytest.mark.parametrize(
    "url", ["http://letters.example", "letters.example", "https://", "https://letters.example/#x"]
)
def test_another_address_of_the_mail_page_is_refused(url: str):
    with pytest.raises(ValidationError, match="must be"):
        Web(page_url=url)
