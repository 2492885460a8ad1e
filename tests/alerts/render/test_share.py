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


def test_who_a_card_is_about(catalogues: Catalogues) -> None:
    def who(locale: str, *names: str | None) -> tuple[str, str]:
        views = [replace(CASEY, name_latin=name) for name in names]
        card = card_of(catalogues[locale], action(), views, "Example Watch", "t.me/bot")
        return card.name, card.other_name

    assert who("de", "de la Sample") == ("de la Sample", "")
    assert who("de", None) == ("Eine nicht namentlich genannte Person", "")
    assert who("de", "A", "B") == ("A und B", "Eine Gruppe von 2 Menschen")
    assert who("de", "A", "B", "C", "D") == ("A, B, C und\u00a0…", "Eine Gruppe von 4 Menschen")
    assert who("de", None, None) == ("Eine Gruppe von 2 Menschen", "")


def test_nothing_is_said_of_several_that_is_true_of_one_only(catalogues: Catalogues) -> None:
    en = catalogues["en"]
    young = replace(ARMAN, minor_at_offence=True, execution_date=CASEY.execution_date)
    other = replace(
        ARMAN, name_latin="Mahan Sample", status=CaseStatus.SENTENCED, detail=None, minor_at_offence=None
    )
    text = share_text(en, action(), [young, other])
    assert "imminent" not in text
    assert text.endswith("Please write a letter by 27 March 2026:")
    assert card_of(en, action(), [young, other], "Example Watch", "t.me/bot").lines == ()
    alike = card_of(en, action(), [young, young], "Example Watch", "t.me/bot").lines
    assert alike == card_of(en, action(), [young], "Example Watch", "t.me/bot").lines


def test_a_date_that_is_stayed_is_on_no_card(catalogues: Catalogues) -> None:
    stayed = replace(CASEY, status=CaseStatus.STAYED)
    lines = card_of(catalogues["en"], action(), [stayed], "Example Watch", "t.me/bot").lines
    assert not any("April" in line for line in lines)


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
