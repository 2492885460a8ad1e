"""Several threads and memory: what one process that serves letters for weeks needs. Speed is in tests/bench."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import typst

from alerts.render.typeset import letter_pdf
from alerts.render.typeset.press import Press
from tests.alerts.render.typeset.samples import LEFT_TO_RIGHT, RIGHT_TO_LEFT, read

GROWTH = """
import resource
from dataclasses import replace
from alerts.render.typeset import card_png, letter_pdf
from tests.alerts.render.typeset.samples import LEFT_TO_RIGHT, LEFT_TO_RIGHT_CARD

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

def make(numbers):
    for number in numbers:
        letter_pdf([replace(LEFT_TO_RIGHT, body=f"{number}\\n\\n{LEFT_TO_RIGHT.body} {number}")])
        if number % 4 == 0:
            card_png(replace(LEFT_TO_RIGHT_CARD, place=f"Prison {number}"))

make(range(80))
before = peak()
make(range(80, 280))
print(peak() - before)
"""


def test_threads_get_their_own_letters():
    def made(number):
        return letter_pdf(
            [replace(RIGHT_TO_LEFT if number % 2 else LEFT_TO_RIGHT, subject=f"Letter {number}")]
        )

    with ThreadPoolExecutor(4) as pool:
        papers = list(pool.map(made, range(24)))
    assert [read(pdf).title for pdf in papers] == [f"Letter {number}" for number in range(24)]


def test_a_template_that_cannot_be_set_says_so():
    with pytest.raises(typst.TypstError):
        Press("letter.typ").pdf({"name": "x"})


def test_memory_stays_flat():
    done = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 24  # MiB above the peak after the first eighty
