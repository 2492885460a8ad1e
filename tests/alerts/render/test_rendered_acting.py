"""What a reader who acts is shown, in every language, compared with what was reviewed (tests/rendered/)."""

from __future__ import annotations

from dataclasses import astuple, replace

from alerts import letter as letters
from alerts.day import zone_of
from alerts.demand import Demand, Petition
from alerts.letter import phone_script, talking_points
from alerts.render.action import render_action
from alerts.render.letter import Cover, Way, render_letter, render_points, render_translation
from alerts.render.message import Message, Variant
from alerts.render.paper import printed
from alerts.render.share import card_of, render_petitions, share_text
from tests.alerts.render.samples import ARMAN, DEADLINE, NOW, PUBLISHED_ARMAN, action

PETITION = Petition("https://petition.example/save", "Save Arman", "Example Watch", "fa")
ASKING = replace(action(), demands=(Demand.HALT, Demand.RETRIAL), petitions=(PETITION,), goal=500)
WAYS = (
    Way("email", "office@example.org"),
    Way("post", "Office\n1 Example Square"),
    Way("form", "https://office.example/contact"),
    Way("phone", "+98 21 5550100"),
    Way("social", "@office"),
)
JUDGE = letters.Addressee("head_of_judiciary", ("Office", "1 Example Square"))


def letter_in(catalogue):
    kind = letters.kind_for([ARMAN], own_government=False)
    return letters.fill(
        [ARMAN], action(), JUDGE, catalogue, kind, variant=2, subject=2, own_line="A line of mine."
    )


def test_a_letter_with_all_its_ways(catalogue, catalogues, show, check_reviewed):
    letter, english = letter_in(catalogue), letter_in(catalogues["en"])
    cover = Cover(
        to=("Head of the Judiciary", "Office"), ways=WAYS, country=catalogue.country("IR"), zone=zone_of("IR")
    )
    messages: list[Message] = [
        *render_letter(letter, catalogue, deadline=DEADLINE, cover=cover),
        *render_letter(english, catalogue, deadline=DEADLINE, cover=cover, written_in=catalogues["en"])[1:],
        *render_translation(letter, catalogue),
    ]
    check_reviewed("letter_ways", "\n".join(map(show, messages)))


def test_ones_own_words(catalogue, show, check_reviewed):
    points, call = talking_points([ARMAN], ASKING, catalogue), phone_script([ARMAN], ASKING, JUDGE, catalogue)
    check_reviewed("letter_points", show(render_points(catalogue, points, call, "+98 21 5550100")))


def test_one_action(catalogue, show, check_reviewed):
    shown = [
        show(render_action(catalogue, ASKING, [PUBLISHED_ARMAN], NOW, variant, acted=acted))
        for variant in (Variant.NORMAL, Variant.SAFE, Variant.PLAIN, Variant.READ_ONLY)
        for acted in (None, 320)
    ]
    check_reviewed("action", "\n".join(shown))


def test_what_is_passed_on(catalogue, show, check_reviewed):
    card = card_of(catalogue, ASKING, [ARMAN], "Example Watch", "t.me/example_bot?start=l_26_014")
    shown = [
        show(render_petitions(catalogue, ASKING, NOW, Variant.NORMAL)),
        share_text(catalogue, ASKING, [ARMAN]) + "\n",
        "\n".join(map(str, astuple(card))) + "\n",
    ]
    check_reviewed("share", "\n".join(shown))


def test_what_is_printed_around_a_letter(catalogue, check_reviewed):
    paper = printed(letter_in(catalogue), catalogue, NOW.date())
    check_reviewed("letter_paper", "\n".join(map(str, astuple(paper))) + "\n")
