from __future__ import annotations

import pytest

from alerts.render.typeset.glyphs import LOST, covered, lost, printable, printable_lines, titled
from alerts.render.typeset.press import FOLDER, FONTS

ALPHABETS = {
    "en de fr es it": "ABCÄÖÜẞäöüßÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿÁÍÑÓÚáíñóúÌÒìò¿¡«»„“”‘’–—…",
    "sv": "ÅÄÖåäö",
    "tr": "ÇĞİIÖŞÜçğıiöşüâîû",
    "fa": "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءأؤئةۀ۰۱۲۳۴۵۶۷۸۹٪٫٬،؛؟«»\u200c",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةآأإؤئءًٌٍَُِّْ٠١٢٣٤٥٦٧٨٩",
    "ckb": "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆوهەیێ",
}


@pytest.mark.parametrize("locales", ALPHABETS)
def test_the_font_covers_the_alphabet(locales):
    assert {char for char in ALPHABETS[locales] if ord(char) not in covered()} <= {"ẞ"}
    assert lost(ALPHABETS[locales].replace("ẞ", "")) == frozenset()


def test_the_licence_goes_with_the_fonts():
    assert sorted(path.name for path in FONTS.iterdir()) == [
        "OFL.txt",
        "Vazirmatn-Bold.ttf",
        "Vazirmatn-Regular.ttf",
    ]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_templates_ask_for_nothing_from_elsewhere():
    templates = sorted(FOLDER.glob("*.typ"))
    assert [path.name for path in templates] == ["card.typ", "letter.typ", "report.typ"]
    for path in templates:
        words = path.read_text(encoding="utf-8")
        assert [
            word for word in ("#import", "#include", "@preview", "read(", "plugin(", "eval(") if word in words
        ] == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  two \t spaces\nand a line ", "two spaces and a line"),
        ("«\u00a0Halte\u202f!\u00a0»", "«\u00a0Halte\u00a0!\u00a0»"),
        ("می\u200cشود", "می\u200cشود"),
        ("(\u2068آرمان\u2069)", "(\u2068آرمان\u2069)"),
        ("\u2068open", "open"),
        ("closed\u2069\u2068", "closed"),
        ("\u202eevil\u202c", "evil"),
        ("re\u2060code\ufeff.org", "recode.org"),
        ("a\x00b\x1bc", "a b c"),
        ("e\u0301te\u0301", "été"),
        ("𝐁𝐨𝐥𝐝", "Bold"),
        ("😀 and 👩\u200d👩\u200d👧!", f"{LOST} and {LOST}!"),
        ("имя", LOST),
        ("❤\ufe0f", LOST),
        ("\udc00", LOST),
        ("a" + "\u0301" * 9, "á" + "\u0301" * 3),
        ("", ""),
    ],
)
def test_what_is_shown(given, shown):
    assert printable(given) == shown


def test_long_words_can_break_and_others_are_left_alone():
    assert printable("W" * 36) == "\u200b".join(["W" * 12] * 3)
    assert printable("W" * 35) == "W" * 35


def test_lines_with_nothing_to_show_are_left_out():
    assert printable_lines(("a", " ", "\u2060", "b")) == ["a", "b"]


def test_the_name_of_a_document_has_no_invisible_marks():
    assert titled("x (\u2068نمونه\u2069) می\u200cشود " + "W" * 40) == "x (نمونه) می\u200cشود " + "W" * 40


def test_what_would_be_lost_can_be_asked():
    assert lost("Arman 😀 имя\u2060") == frozenset("😀имя")
