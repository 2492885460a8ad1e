from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.demand import Demand
from alerts.locales import Catalogues
from alerts.render.action import goal_line, render_action
from alerts.render.message import Variant
from tests.alerts.render.samples import NOW, PUBLISHED_ARMAN, action


@pytest.mark.parametrize(
    ("acted", "goal", "variant", "line"),
    [
        (320, 500, Variant.NORMAL, "▓▓▓▓▓▓░░░░ 320 of 500"),
        (320, 500, Variant.PLAIN, "320 of 500"),
        (5, 500, Variant.NORMAL, "░░░░░░░░░░ 5 of 500"),
        (612, 500, Variant.NORMAL, "▓▓▓▓▓▓▓▓▓▓ 612 of 500"),
        (None, 500, Variant.NORMAL, "Goal: 500 letters"),
        (7, None, Variant.NORMAL, "7 acts reported"),
        (None, None, Variant.NORMAL, None),
    ],
)
def test_how_far_it_has_come(acted, goal, variant, line, catalogues: Catalogues) -> None:
    assert goal_line(catalogues["en"], acted, goal, variant) == line


def test_who_only_reads_is_asked_for_nothing(catalogues: Catalogues) -> None:
    asking = replace(action(), demands=(Demand.HALT,), goal=500)
    shown = render_action(catalogues["en"], asking, [PUBLISHED_ARMAN], NOW, Variant.READ_ONLY, acted=320).text
    assert "Stop the execution" not in shown
    assert "500" not in shown
