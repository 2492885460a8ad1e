"""Fictional letters, cards and reports: with the words of each locale, and bare ones; a PDF as a reader finds it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pypdfium2
from pypdfium2 import raw

from alerts.demand import Demand
from alerts.letter import Addressee, LetterKind, fill
from alerts.letter.samples import FULL, OWN_LINE
from alerts.locales import Catalogue, load
from alerts.render import report
from alerts.render.paper import printed
from alerts.render.share import card_of
from alerts.render.typeset import Card, PrintedLetter, PrintedReport, Section
from tests.alerts.render.report.samples import REPORT as STORY
from tests.alerts.render.samples import ARMAN, NOW, action

LEFT_TO_RIGHT = PrintedLetter(
    locale="en",
    is_rtl=False,
    addressee=("His Excellency Example Sample", "Head of the Judiciary", "12 Example Square", "EXAMPLE LAND"),
    place_and_date="Example Town, 14 March 2026",
    subject="Halt the execution of Arman Nemuneh (\u2068آرمان نمونه\u2069), Example Central Prison",
    body=(
        "Your Excellency,\n\n"
        "I am writing to you with deep concern about Arman Nemuneh (\u2068آرمان نمونه\u2069, 34), who is held in Example"
        " Central Prison and was moved to solitary confinement on 2 March 2026.\n\n"
        "I respectfully ask you:\n"
        "- to halt his execution at once;\n"
        "- to grant him a fair retrial without recourse to the death penalty.\n\n"
        "Yours respectfully,"
    ),
    sign_here="Signature, name and town (initials are enough)",
    footer="Source: Example Society, 12 March 2026",
    heading="UA-26/014",
)
RIGHT_TO_LEFT = PrintedLetter(
    locale="fa",
    is_rtl=True,
    addressee=("جناب آقای نمونه نمونه‌پور", "رئیس قوه قضائیه", "میدان نمونه، پلاک ۱۲", "شهر نمونه"),
    place_and_date="شهر نمونه، ۲۳ اسفند ۱۴۰۴",
    subject="توقف فوری اجرای حکم آرمان نمونه (\u2068Arman Nemuneh\u2069)",
    body=(
        "جناب آقای رئیس،\n\n"
        "با نگرانی عمیق برای آقای آرمان نمونه، ۳۴ ساله، که در زندان مرکزی نگهداری می‌شود و به سلول انفرادی منتقل"
        " شده است (\u2068UA-26/014\u2069)، برای شما می‌نویسم.\n\n"
        "از شما درخواست می‌کنم:\n"
        "- اجرای حکم را فوری متوقف کنید؛\n"
        "- دادرسی دوباره و منصفانه فراهم کنید.\n\n"
        "محترمانه"
    ),
    sign_here="امضا، نام و شهر",
    footer="منبع: انجمن نمونه",
    heading="\u2068UA-26/014\u2069",
)
LEFT_TO_RIGHT_CARD = Card(
    locale="en",
    is_rtl=False,
    label="Urgent action",
    name="Arman Nemuneh",
    other_name="آرمان نمونه",
    place="Example Central Prison",
    lines=("Moved to solitary confinement on 2 March.", "His family was called for a last visit."),
    deadline="Write before 20 March 2026",
    call="Write a letter: two minutes",
    number="UA-26/014",
    organisation="Example Society",
    url="t.me/ExampleBot?start=l_26_014",
)
RIGHT_TO_LEFT_CARD = Card(
    locale="fa",
    is_rtl=True,
    label="اقدام فوری",
    name="آرمان نمونه",
    other_name="Arman Nemuneh",
    place="زندان مرکزی نمونه",
    lines=("۱۱ اسفند به سلول انفرادی منتقل شد.", "خانواده‌اش برای آخرین دیدار فراخوانده شد."),
    deadline="تا ۲۹ اسفند ۱۴۰۴ (۲۰ مارس ۲۰۲۶)",
    call="نامه بنویسید: دو دقیقه",
    number="UA-26/014",
    organisation="انجمن نمونه",
    url="t.me/ExampleBot?start=l_26_014",
)
REPORT = PrintedReport(
    locale="en",
    is_rtl=False,
    title="What came of UA-26/014",
    subtitle="Arman Nemuneh, 3 to 20 March 2026",
    sections=(
        Section("Timeline", ("Date", "What"), (("3 March 2026", "Published"), ("5 March 2026", "Update"))),
        Section(
            "Letters",
            ("Language", "Served", "Sent"),
            (("German", "1,204", "310"), ("Turkish", "88", "<5")),
            "Under 5 hidden.",
        ),
        Section("Replies", (), (), "No reply was reported."),
    ),
    footer="Example Society",
)
HOSTILE = (
    '#set page(width: 1pt) $x$ *b* _i_ @ref <lab> \\ `raw` [c] {d} // x /* y */ = h - l + n ~ --- "',
    "]})) #panic() #import",
    "W" * 3000,
    "م" * 3000,
    "W " * 1500,
    "😀🇮🇷👩\u200d👩\u200d👧 ✉ ☐ →",
    "名字 имя",
    "\u202eevil\u202c \u2066unbalanced",
    "\u2069\u2068x",
    "a\x00b\x07\x1b[1mc\r\n\u2028d\tf",
    "\udc00",
    "\u200c\u200d\u200b\u2060\ufeff",
    "\u0301" * 300,
    "a" + "\u0301" * 300,
    "آرمان Arman ٣٤ 34 ۳۴ (x) آ",
)


URGENT = replace(action(), demands=(Demand.HALT, Demand.RETRIAL, Demand.DISCLOSE))
UNFAIR = replace(
    ARMAN, minor_at_offence=False, protest=True, unfair_trial=True, province=FULL.province, prison=FULL.prison
)


@cache
def catalogue_of(locale: str) -> Catalogue:
    return load()[locale]


@cache
def letter_for(locale: str) -> PrintedLetter:
    """The locale's first letter for somebody whose execution is near, with a line of the reader's own in English."""
    catalogue = catalogue_of(locale)
    lines = (RIGHT_TO_LEFT if catalogue.is_rtl else LEFT_TO_RIGHT).addressee
    judge = Addressee("head_of_judiciary", lines, gender="m")
    letter = fill(
        [UNFAIR], URGENT, judge, catalogue, LetterKind.IMMINENT, variant=1, subject=1, own_line=OWN_LINE
    )
    return printed(letter, catalogue, NOW.date())


@cache
def card_for(locale: str) -> Card:
    return card_of(
        catalogue_of(locale), URGENT, [UNFAIR], "Example Society", "t.me/ExampleBot?start=l_26_014"
    )


def report_for(locale: str) -> PrintedReport:
    return report.printed(STORY, catalogue_of(locale))


@dataclass(frozen=True)
class Paper:
    """What programs find in a PDF."""

    title: str
    language: str
    tagged: bool
    pages: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


def read(pdf: bytes) -> Paper:
    document = pypdfium2.PdfDocument(pdf)
    buffer = ctypes.create_unicode_buffer(64)
    encoded = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    size = raw.FPDFCatalog_GetLanguage(document, encoded, 64)
    language = ctypes.string_at(buffer, size).decode("utf-16-le").rstrip("\0")
    try:
        return Paper(
            title=document.get_metadata_dict()["Title"],
            language=language,
            tagged=bool(raw.FPDFCatalog_IsTagged(document)),
            pages=tuple(page.get_textpage().get_text_bounded() for page in document),
            tags=tuple(tag for page in document for tag in tags_of(page)),
        )
    finally:
        document.close()


def tags_of(page: pypdfium2.PdfPage) -> Iterator[str]:
    tree = raw.FPDF_StructTree_GetForPage(page)
    for index in range(raw.FPDF_StructTree_CountChildren(tree)):
        yield from tags_below(raw.FPDF_StructTree_GetChildAtIndex(tree, index))
    raw.FPDF_StructTree_Close(tree)


def tags_below(element: raw.FPDF_STRUCTELEMENT) -> Iterator[str]:
    if not element:
        return
    kind = ctypes.create_string_buffer(64)
    size = raw.FPDF_StructElement_GetType(element, kind, 64)
    yield kind.raw[:size].decode("utf-16-le").rstrip("\0")
    for index in range(max(raw.FPDF_StructElement_CountChildren(element), 0)):
        yield from tags_below(raw.FPDF_StructElement_GetChildAtIndex(element, index))
