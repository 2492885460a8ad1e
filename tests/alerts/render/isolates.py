"""Whether the isolates of a text are closed where they should be."""

from __future__ import annotations


def is_balanced(text: str) -> bool:
    for line in text.split("\n"):
        depth = 0
        for char in line:
            depth += (char in "\u2066\u2067\u2068") - (char == "\u2069")
            if depth < 0:
                return False
        if depth:
            return False
    return True
