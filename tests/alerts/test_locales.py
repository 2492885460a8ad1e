"""Words, digits, dates and isolation in both languages; a broken catalogue says where."""

from __future__ import annotations

from datetime import UTC, date, datetime
from shutil import copytree
from zoneinfo import ZoneInfo

import pytest

from alerts.day import Day
from alerts.errors import CatalogueError
from alerts.locales import FOLDER, N_, load

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {}\\n"\n\n'
CATALOGUES = load()
EN, FA = CATALOGUES["en"], CATALOGUES["fa"]


@pytest.fixture
def folder(tmp_path):
    for locale, plural in (("en", "nplurals=2; plural=(n != 1);"), ("fa", "nplurals=2; plural=(n > 1);")):
        path = tmp_path / locale / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True)
        path.write_text(HEADER.format(plural), encoding="utf-8")
    return tmp_path


def test_the_shipped_locales():
    assert [(one.locale, one.name, one.is_rtl) for one in CATALOGUES.values()] == [
        ("en", "English", False),
        ("ar", "العربية", True),
        ("ckb", "کوردی (سۆرانی)", True),
        ("de", "Deutsch", False),
        ("es", "Español", False),
        ("fa", "فارسی", True),
        ("fr", "Français", False),
        ("it", "Italiano", False),
        ("sv", "Svenska", False),
        ("tr", "Türkçe", False),
    ]
    assert CATALOGUES.codes == tuple(one.locale for one in CATALOGUES.values())


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("fa", "fa"),
        ("fa-IR", "fa"),
        ("FA_ir", "fa"),
        ("pes", "fa"),
        ("en-GB", "en"),
        ("de", "de"),
        ("ku", "ckb"),
        ("nl", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_negotiation(code, locale):
    assert CATALOGUES.negotiate(code) == locale


def test_marking_changes_nothing():
    assert N_("text") == "text"


def test_text_in_context_and_its_translation():
    assert EN.c("Solar Hijri month", "Tir") == "Tir"
    assert FA.c("Solar Hijri month", "Tir") == "تیر"
    assert FA.t("Execution stayed") == "توقف اجرای حکم اعدام"


def test_a_missing_translation_says_that_it_is_english():
    assert FA.t("Never translated %(count)s", count=3) == "\u2066[en] Never translated ۳\u2069"
    assert FA.n("%(number)s untold", "%(number)s untolds", 2) == "\u2066[en] ۲ untolds\u2069"
    assert FA.c("Solar Hijri month", "Thermidor") == "\u2066[en] Thermidor\u2069"
    assert EN.t("Never translated %(count)s", count=3) == "Never translated 3"


def test_plural_forms():
    one, many = "%(number)s day left", "%(number)s days left"
    assert [EN.n(one, many, number) for number in (0, 1, 2)] == ["0 days left", "1 day left", "2 days left"]
    assert FA.n(one, many, 1200) == "۱٬۲۰۰ روز مانده"


def test_a_percent_sign_stands_when_nothing_is_filled_in():
    assert EN.t("100 % sure") == "100 % sure"


def test_truth_is_not_a_number():
    assert FA.t("%(yes)s", yes=True) == "\u2066[en] True\u2069"


@pytest.mark.parametrize(
    ("day", "english", "persian"),
    [
        (Day(2025, 3, 20), "20 March 2025", "۳۰ اسفند ۱۴۰۳ (۲۰ مارس ۲۰۲۵)"),
        (Day(2025, 3, 21), "21 March 2025", "۱ فروردین ۱۴۰۴ (۲۱ مارس ۲۰۲۵)"),
        (Day(2026, 1, 5), "5 January 2026", "۱۵ دی ۱۴۰۴ (۵ ژانویهٔ ۲۰۲۶)"),
        (Day(2025, 3), "March 2025", "مارس ۲۰۲۵ (اسفند ۱۴۰۳–فروردین ۱۴۰۴)"),
        (Day(2025, 5), "May 2025", "مه ۲۰۲۵ (اردیبهشت–خرداد ۱۴۰۴)"),
        (Day(2025), "2025", "۲۰۲۵ (۱۴۰۳–۱۴۰۴)"),
    ],
)
def test_days_in_the_calendars_of_the_readers(day, english, persian):
    assert (EN.day(day), FA.day(day)) == (english, persian)


@pytest.mark.parametrize(
    ("locale", "day", "said"),
    [
        ("de", Day(2026, 3, 5), "5. März 2026"),
        ("es", Day(2026, 3, 5), "5 de marzo de 2026"),
        ("es", Day(2026, 3), "marzo de 2026"),
        ("ckb", Day(2026, 3, 5), "١٤ی ڕەشەمەی ١٤٠٤ (٥ی ئازاری ٢٠٢٦)"),
        ("ckb", Day(2026, 5), "ئایاری ٢٠٢٦ (بانەمەڕ–جۆزەردان ١٤٠٥)"),
        ("fr", Day(2026, 3, 1), "1er mars 2026"),
        ("fr", Day(2026, 3, 2), "2 mars 2026"),
        ("it", Day(2026, 3, 1), "1º marzo 2026"),
    ],
)
def test_days_as_a_language_writes_them(locale, day, said):
    assert CATALOGUES[locale].day(day) == said


def test_a_date_is_a_day():
    assert EN.date(date(2025, 3, 20)) == EN.day(Day(2025, 3, 20))


def test_an_instant_names_its_zone():
    moment = datetime(2025, 3, 20, 20, 30, tzinfo=UTC)
    assert EN.moment(moment, UTC) == "20 March 2025, 20:30 UTC"
    assert EN.moment(moment, ZoneInfo("Asia/Tehran")) == "21 March 2025, 00:00 (Tehran time)"
    assert (
        FA.moment(moment, ZoneInfo("Asia/Tehran"))
        == "۱ فروردین ۱۴۰۴ (۲۱ مارس ۲۰۲۵)، ساعت ۰۰:۰۰ (به وقت تهران)"
    )


def test_digits_and_identifiers():
    assert (EN.digits("14"), FA.digits("14")) == ("14", "۱۴")
    assert (EN.number(12345), FA.number(12345)) == ("12,345", "۱۲٬۳۴۵")
    assert (EN.identifier("UA-26/014"), FA.identifier("UA-26/014")) == ("UA-26/014", "\u2066UA-26/014\u2069")


@pytest.mark.parametrize(
    ("text", "english", "persian"),
    [
        ("Arman", "Arman", "\u2068Arman\u2069"),
        ("آرمان", "\u2068آرمان\u2069", "آرمان"),
        ("نیم‌فاصله دارد", "\u2068نیم‌فاصله دارد\u2069", "نیم‌فاصله دارد"),
        ("17", "17", "\u206817\u2069"),
        ("a\u2069\u202eb", "ab", "\u2068ab\u2069"),
    ],
)
def test_isolation_of_text_that_runs_the_other_way(text, english, persian):
    assert (EN.isolate(text), FA.isolate(text)) == (english, persian)


def test_words_for_operators_are_marked_as_english_where_they_are_not_the_locales():
    words = "list 'harbour': there is no column 'status'"
    assert (EN.original(words), FA.original(words)) == (words, f"\u2066[en] {words}\u2069")
    assert FA.original("a\u2069b") == "\u2066[en] ab\u2069"
    assert EN.original("no column 'نام'") == "\u2068no column 'نام'\u2069"


def test_countries_and_lists():
    assert (EN.country("IR"), FA.country("IR")) == ("Iran", "ایران")
    assert (EN.country("ZZZ"), FA.country("ZZZ")) == ("ZZZ", "\u2066ZZZ\u2069")
    assert EN.listing(["a", "b"]) == "a and b"
    assert FA.listing(["الف", "ب"]) == "الف و ب"
    assert FA.listing(["الف", "ب", "پ"]) == "الف، ب و پ"


def test_another_folder_is_another_locale(folder):
    copytree(folder / "fa", folder / "ckb")
    catalogues = load(folder)
    assert catalogues.codes == ("en", "ckb", "fa")
    assert catalogues.negotiate("ku") == "ckb"
    assert catalogues["ckb"].digits("14") == "١٤"


def test_english_is_needed(folder):
    (folder / "en" / "LC_MESSAGES" / "messages.po").unlink()
    with pytest.raises(CatalogueError, match=r"there is no en/LC_MESSAGES/messages\.po; install again"):
        load(folder)


def test_a_broken_catalogue_names_the_file(folder):
    path = folder / "fa" / "LC_MESSAGES" / "messages.po"
    path.write_text('msgid "a"\nmsgstr "b\nnonsense', encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith("correct the file, or restore the one that was shipped")


def test_the_folder_is_beside_the_packages():
    assert (FOLDER / "README.md").is_file()
