from __future__ import annotations

import pytest
from hypothesis import strategies as st

from subscribers.act import ActChannel, Counts, may_act, shown
from subscribers.subscriber import ChatKind, Mode, Subscriber

CELLS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30))


@pytest.mark.parametrize(("number", "told"), [(0, None), (1, None), (4, None), (5, 5), (500, 500)])
def test_small_numbers_are_hidden(number: int, told: int | None) -> None:
    assert shown(number) == told


def test_replies_are_what_came_back() -> None:
    assert Counts(0, 0, {ActChannel.REPLY: 2}, {}).replies == 2
    assert Counts(0, 0, {}, {}).replies == 0


def reader(mode: Mode, kind: ChatKind, *, active: bool) -> Subscriber:
    return Subscriber(
        id=1,
        chat=101,
        kind=kind,
        locale="en",
        mode=mode,
        active=active,
        consent_version=1,
        paused_until=None,
        letter_warned=True,
    )


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", ChatKind)
@pytest.mark.parametrize("active", [True, False])
def test_who_may_act(mode: Mode, kind: ChatKind, *, active: bool) -> None:
    expected = active and kind is ChatKind.PRIVATE and mode in {Mode.NORMAL, Mode.SAFE}
    assert may_act(reader(mode, kind, active=active)) is expected
