from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.case import DEATHS, CaseStatus
from alerts.demand import Petition
from alerts.locales import Catalogues
from alerts.render.message import Variant
from alerts.render.share import card_of, may_be_shared, open_petitions, render_petitions, share_text
from tests.alerts.render.samples import ARMAN, CASEY, NOW, action


@pytest.mark.parametrize("status", sorted(DEATHS))
def test_a_death_is_never_passed_on(status: CaseStatus) -> None:
    assert not may_be_shared([replace(ARMAN, status=status)])
    assert not may_be_shared([ARMAN, replace(ARMAN, status=status)])
    assert may_be_shared([ARMAN, CASEY])


def test_the_words_of_a_post(catalogues: Catalogues) -> None:
    en = catalogues["en"]
    assert share_text(en, action(), [ARMAN]) == (
        "Arman Nemuneh (Iran) – Execution imminent. Please write a letter by 27 March 2026:"
    )
    assert share_text(en, action(deadline=None), [ARMAN]).endswith("Please write a letter:")


def test_the_words_of_a_card(catalogues: Catalogues) -> None:
    card = card_of(catalogues["fa"], action(), [ARMAN], "Example Watch", "t.me/bot?start=l_26_014")
    assert (card.locale, card.is_rtl, card.name) == ("fa", True, "آرمان نمونه")
    assert "Arman Nemuneh" in card.other_name
    one = card_of(catalogues["en"], action(), [CASEY], "Example Watch", "t.me/bot")
    assert one.other_name == ""
    assert "Date of execution: 16 April 2026" in one.lines


def test_a_petition_ends_on_its_own_day(catalogues: Catalogues) -> None:
    petitions = (
        Petition(
            "https://one.example/a", "Save him", "Example Watch", "fa", deadline=NOW + timedelta(days=1)
        ),
        Petition("https://two.example/b", deadline=NOW),
    )
    asking = replace(action(), petitions=petitions)
    assert open_petitions(asking, NOW) == [petitions[0]]
    shown = render_petitions(catalogues["en"], asking, NOW, Variant.NORMAL)
    assert "Save him (Example Watch)\nLanguage: Persian\nUntil 21 March 2026\n" in shown.text
    assert [button.url for (button,) in shown.keyboard] == ["https://one.example/a"]
    assert open_petitions(asking, NOW + timedelta(days=2)) == []
