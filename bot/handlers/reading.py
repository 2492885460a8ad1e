"""Reading the numbers and words that people type after a command."""

from __future__ import annotations


def number_of(words: str) -> int | None:
    """The first word as a number of at most nine digits; None when it is not one."""
    first, _ = first_and_rest(words)
    return int(first) if first.isdecimal() and len(first) <= 9 else None  # noqa: PLR2004 - said above


def first_and_rest(words: str) -> tuple[str, str]:
    """("5", "the prison is wrong") of "5 the prison is wrong"."""
    first, _, rest = words.strip().partition(" ")
    return first, rest.strip()
