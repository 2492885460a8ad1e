from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.case import CaseStatus, CaseView
from alerts.letter.words import Addressee
from alerts.locales import load
from alerts.target import (
    AddressState,
    Channel,
    Kept,
    Target,
    TargetKind,
    TargetRefusal,
    channels,
    differing,
    fingerprint,
    generic,
    in_order,
    is_due,
    is_reachable,
    kind_name,
    letter_language,
    may_agree,
    may_propose,
    may_refuse,
    may_retire,
    may_verify,
    ranked,
    serves,
)
from subscribers.act import ActChannel
from tests.alerts.officials import CHECKED, a_start, a_target, an_entry

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
K, C, S = TargetKind, Channel, CaseStatus
VIEW = CaseView(
    name_latin="Pat Example", country="IR", status=S.UPHELD, province="Kuhpayeh", prison="Sabzdasht"
)
ANNA, BEN = "mod:anna", "mod:ben"
DAY = timedelta(days=1)


def test_kinds_are_those_of_the_letters_greetings():
    assert {kind.value for kind in K} == {
        *("head_of_judiciary", "head_of_state", "prosecutor", "prison_head", "foreign_ministry"),
        *(
            "embassy_in_readers_country",
            "un_mission",
            "un_special_procedure",
            "own_foreign_minister",
            "own_mp",
        ),
        *("eu_parliament", "media"),
    }
    assert {way.value for way in C} <= {way.value for way in ActChannel}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("key", "IR judiciary", "pattern"),
        ("country", "IRN", "is not a country"),
        ("country", "XH", "is not a country"),
        ("kind", "boss", "head_of_judiciary"),
        ("emails", ["office"], "is not an e-mail address"),
        ("emails", ["office@example.org\r\nBcc: me@example.org"], "is not an e-mail address"),
        ("emails", ["office@example.org,me@example.org"], "is not an e-mail address"),
        ("emails", ["office@exаmple.org"], "is not an e-mail address"),  # a Cyrillic a
        ("emails", ["a@example.org", "a@example.org"], "names one thing twice"),
        ("url", "http://example.org/", "https://example.org/contact"),
        ("url", "https://exаmple.org/", "https://example.org/contact"),
        ("url", "https://example.org@evil.example/", "https://example.org/contact"),
        ("url", "https://example.org:8443/", "https://example.org/contact"),
        ("url", "https://localhost/", "https://example.org/contact"),
        ("url", "https://[", "https://example.org/contact"),
        ("sources", [], "name an https page"),
        ("sources", ["example.org"], "https://example.org/contact"),
        ("phone", "030 123456", "with + and the country first"),
        ("handle", "office", "is not a handle"),
        ("languages", ["xx"], "is not a language"),
        ("reader_countries", ["de"], "is not a country"),
        ("salutations", {"xx": "Dear Sir,"}, "is not a language"),
        ("salutations", {"en": "Dear\nSir,"}, "must be one line"),
        ("title", "Head\u202e of", "hidden or control character (U+202E)"),
        ("title", {"xx": "Head"}, "is not a language"),
        ("name", "x" * 201, "longer than 200"),
        ("postal", ["One Street", " "], "is empty"),
        ("postal", [f"Line {number}" for number in range(13)], "more than 12"),
        ("gender", "x", "'m', 'f'"),
        ("active_until", "soon", "date"),
        ("colour", "red", "Extra inputs"),
        ("provinces", ["x" * 180 + str(number) for number in range(12)], "too long to be shown whole"),
    ],
)
def test_what_is_not_sound_is_refused_and_explained(field: str, value: Any, says: str):
    with pytest.raises(ValidationError) as caught:
        an_entry(**{field: value})
    assert says in str(caught.value)


def test_an_official_without_any_address_is_refused():
    with pytest.raises(ValidationError, match="has no address"):
        an_entry(emails=[], postal=[])


def test_a_term_does_not_end_before_it_begins():
    with pytest.raises(ValidationError, match="ends before it begins"):
        an_entry(active_from="2026-01-02", active_until="2026-01-01")


def test_an_example_is_not_verified():
    assert a_start(example=True, verified="").verified is None
    with pytest.raises(ValidationError, match="an example is nobody's word"):
        a_start(example=True, verified="2026-01-01")


def test_an_entry_comes_back_from_storage_as_it_was():
    entry = an_entry(
        title={"en": "Head of the Judiciary", "fa": "رئیس قوه\u200cقضاییه"},
        phone="+98 21 0000 0000",
        active_until="2027-01-01",
        salutations={"en": "Your Excellency,"},
    )
    assert type(entry).from_json(entry.to_json()) == entry
    assert an_entry(title="Chief").title == {"": "Chief"}
    assert "verified" not in a_start(verified="2026-01-01").to_json()


def test_a_title_is_found_by_language():
    titled = an_entry(title={"en": "Chief", "de": "Chef"})
    assert [titled.title_in(code) for code in ("de", "en", "fr")] == ["Chef", "Chief", "Chief"]
    assert [an_entry(title="Chief").title_in("fa"), an_entry().title_in("fa")] == ["Chief", ""]


@pytest.mark.parametrize(
    ("changes", "reader", "expected"),
    [
        ({}, None, True),
        ({"country": "US"}, None, False),
        ({"example": True}, None, False),
        ({"kind": "un_special_procedure"}, None, False),
        ({"active_from": "2026-11-23"}, None, False),
        ({"active_from": "2026-11-22"}, None, True),
        ({"active_until": "2026-11-21"}, None, False),
        ({"active_until": "2026-11-22"}, None, True),
        ({"provinces": ["kuhpayeh"]}, None, True),
        ({"provinces": ["Sabzdasht"]}, None, False),
        ({"prisons": ["SABZDASHT"]}, None, True),
        ({"prisons": ["Other"], "provinces": ["Kuhpayeh"]}, None, True),
        ({"prisons": ["Other"]}, None, False),
        ({"kind": "embassy_in_readers_country", "reader_countries": ["DE"]}, "DE", True),
        ({"kind": "embassy_in_readers_country", "reader_countries": ["DE"]}, "FR", False),
        ({"kind": "embassy_in_readers_country", "reader_countries": ["DE"]}, None, False),
        ({"kind": "embassy_in_readers_country", "country": "US", "reader_countries": ["DE"]}, "DE", False),
        ({"kind": "own_mp", "country": "DE"}, "DE", True),
        ({"kind": "own_mp", "country": "DE"}, "FR", False),
        ({"kind": "own_foreign_minister", "country": "DE"}, None, False),
        ({"kind": "own_foreign_minister", "country": "DE", "reader_countries": ["DE", "AT"]}, "AT", True),
        ({"kind": "eu_parliament", "country": "EU"}, None, True),
        ({"kind": "un_mission"}, "FR", True),
    ],
)
def test_whom_a_letter_may_go_to(changes: dict[str, Any], reader: str | None, *, expected: bool):
    assert serves(a_target(**changes), VIEW, reader, TODAY) is expected


def test_a_place_that_is_not_known_is_not_that_place():
    unknown = replace(VIEW, prison=None, province=None, country=None)
    assert not serves(a_target(provinces=["Kuhpayeh"]), replace(unknown, country="IR"), None, TODAY)
    assert not serves(a_target(), unknown, None, TODAY)


def of_kind(number: int, kind: TargetKind, **changes: Any) -> Target:
    country = {K.OWN_MP: "DE", K.OWN_FOREIGN_MINISTER: "DE", K.EU: "EU"}.get(kind, "IR")
    return a_target(**{"id": number, "key": f"k{number}", "kind": kind, "country": country} | changes)


ALL = [of_kind(number, kind) for number, kind in enumerate(reversed(K), 1)]


def kinds(targets: list[Target]) -> list[TargetKind]:
    return [target.kind for target in targets]


def order(views: list[CaseView], hours: float | None, reader: str | None = "DE") -> list[TargetKind]:
    return kinds(in_order(ALL, views, hours_left=hours, reader_country=reader, today=TODAY))


def test_in_imminent_danger_who_decides_comes_first():
    assert order([replace(VIEW, status=S.IMMINENT)], 100) == [
        *(K.HEAD_OF_JUDICIARY, K.PROSECUTOR, K.PRISON_HEAD, K.EMBASSY, K.HEAD_OF_STATE, K.UN_MISSION),
        *(K.EU, K.OWN_FOREIGN_MINISTER, K.OWN_MP, K.MINISTRY, K.MEDIA),
    ]


def test_in_the_last_day_the_embassy_comes_first():
    found = order([VIEW], 23.9)
    assert found[:3] == [K.EMBASSY, K.HEAD_OF_JUDICIARY, K.PROSECUTOR]
    assert order([VIEW], 24) == order([VIEW], None)


def test_with_time_the_head_of_state_comes_second():
    assert order([VIEW], None)[:3] == [K.HEAD_OF_JUDICIARY, K.HEAD_OF_STATE, K.PROSECUTOR]
    assert order([VIEW, replace(VIEW, status=S.SCHEDULED)], None)[:2] == [K.HEAD_OF_JUDICIARY, K.PROSECUTOR]


def test_a_reader_whose_country_is_not_known_is_offered_no_own_officials():
    assert {K.OWN_MP, K.OWN_FOREIGN_MINISTER}.isdisjoint(order([VIEW], None, reader=None))


def test_who_cannot_be_reached_comes_last_and_the_nearer_first():
    broken = of_kind(1, K.HEAD_OF_JUDICIARY, postal=[], states=dict.fromkeys(a_target().emails, "bounced"))
    by_post = of_kind(2, K.HEAD_OF_JUDICIARY, emails=[])
    far, near = of_kind(3, K.PROSECUTOR), of_kind(4, K.PROSECUTOR, provinces=["Kuhpayeh"])
    whole = [broken, by_post, far, near]

    def ids(hours: float) -> list[int]:
        found = in_order(whole, [VIEW], hours_left=hours, reader_country=None, today=TODAY)
        return [target.id for target in found]

    assert ids(200) == [2, 4, 3, 1]
    assert ids(100) == [4, 3, 1, 2]
    assert (is_reachable(broken), is_reachable(by_post)) == (False, True)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (None, [C.EMAIL, C.POST, C.FORM, C.PHONE, C.SOCIAL]),
        (168, [C.EMAIL, C.POST, C.FORM, C.PHONE, C.SOCIAL]),
        (167.9, [C.EMAIL, C.FORM, C.PHONE, C.SOCIAL]),
        (24, [C.EMAIL, C.FORM, C.PHONE, C.SOCIAL]),
        (23.9, [C.EMAIL, C.PHONE, C.FORM, C.SOCIAL]),
        (-1, [C.EMAIL, C.PHONE, C.FORM, C.SOCIAL]),
    ],
)
def test_ways_are_ranked_by_the_hours_left(hours: float | None, expected: list[Channel]):
    assert ranked(reversed(C), hours) == expected
    whole = a_target(phone="+98 21 000000", url="https://judiciary.example/form", handle="@office")
    assert channels(whole, hours) == expected


def test_a_way_whose_address_failed_is_not_one():
    states = {"office@judiciary.example": "bounced", "+98 21 000000": "blocked"}
    target = a_target(phone="+98 21 000000", states=states)
    assert channels(target, None) == [C.EMAIL, C.POST]
    assert target.working_emails == ("post@judiciary.example",)
    assert channels(a_target(states=dict.fromkeys(target.emails, "bounced")), None) == [C.POST]


@pytest.mark.parametrize(
    ("languages", "expected"), [(["fa", "en"], "en"), (["de"], "de"), (["ku"], "sv"), ([], "sv")]
)
def test_the_language_of_a_letter_is_the_officials(languages: list[str], expected: str):
    assert letter_language(a_target(languages=languages), "sv", {"en", "de", "sv"}) == expected


def test_a_letter_is_addressed_in_its_own_language():
    english = load()["en"]
    target = a_target(
        title={"en": "Chief Justice"},
        name="Kim Sample",
        organisation="Supreme Court",
        gender="f",
        salutations={"en": "Your Honour,"},
    )
    assert target.to_addressee(english) == Addressee(
        kind="head_of_judiciary",
        lines=("Kim Sample", "Chief Justice", "Supreme Court", "1 Lantern Square", "Kuhpayeh"),
        salutation="Your Honour,",
        gender="f",
    )
    assert a_target().to_addressee(english) == Addressee(
        "head_of_judiciary", ("Head of the Judiciary", "1 Lantern Square", "Kuhpayeh")
    )


def test_without_any_official_there_is_the_office_without_address():
    target = generic("IR")
    assert target.to_addressee(load()["en"]).lines == ("Head of the Judiciary", "Iran")
    assert (target.is_generic, a_target().is_generic) == (True, False)
    assert channels(target, None) == []
    assert (target.addresses, target.languages, target.working_emails) == ((), (), ())


def test_every_kind_has_a_name():
    names = {kind_name(load()["en"], kind) for kind in K}
    assert len(names) == len(K)


@pytest.mark.parametrize(
    ("checked", "until", "expected"),
    [
        (None, None, True),
        (TODAY, None, False),
        (TODAY - 90 * DAY, None, False),
        (TODAY - 91 * DAY, None, True),
        (TODAY - DAY, TODAY + 15 * DAY, False),
        (TODAY - DAY, TODAY + 14 * DAY, True),
        (TODAY, TODAY + 14 * DAY, False),  # looked at since it is near
        (TODAY, TODAY, False),
        (TODAY - DAY, TODAY - DAY, True),  # over
        (TODAY, TODAY - DAY, False),
    ],
)
def test_when_it_must_be_checked_again(checked: date | None, until: date | None, *, expected: bool):
    at = datetime.combine(checked, datetime.min.time(), UTC) if checked else None
    assert is_due(a_target(verified_at=at, active_until=until), TODAY) is expected


def test_an_example_is_never_due():
    assert not is_due(a_target(example=True, verified_at=None), TODAY)


def kept(**changes: Any) -> Kept:
    return replace(Kept(1, "ir-judiciary", value=an_entry(), entered_by=ANNA, verified_at=CHECKED), **changes)


def test_one_proposes_and_another_agrees():
    new = an_entry(emails=["desk@judiciary.example"])
    waiting, shown = kept(proposal=new, proposed_by=ANNA), fingerprint(new)
    assert may_agree(waiting, BEN, shown) is None
    assert may_agree(waiting, ANNA, shown) is TargetRefusal.OWN_WORK
    assert may_agree(waiting, BEN, fingerprint(an_entry())) is TargetRefusal.CHANGED
    assert may_agree(kept(), BEN, shown) is TargetRefusal.CHANGED
    assert [may_refuse(waiting, shown), may_refuse(waiting, "x"), may_refuse(kept(), shown)] == [
        None,
        TargetRefusal.CHANGED,
        TargetRefusal.CHANGED,
    ]


def test_what_may_be_proposed():
    new = an_entry(note="Moved.")
    assert may_propose(None, new, ANNA) is None
    assert may_propose(kept(), new, ANNA) is None
    assert may_propose(kept(), an_entry(), BEN) is TargetRefusal.NO_DIFFERENCE
    assert may_propose(kept(retired_at=NOW), an_entry(), BEN) is None
    waiting = kept(proposal=new, proposed_by=ANNA)
    assert may_propose(waiting, new, BEN) is TargetRefusal.PROPOSAL_WAITS
    assert may_propose(waiting, an_entry(note="Moved again."), ANNA) is None


def test_who_may_say_that_it_was_checked():
    shown = fingerprint(an_entry())
    assert may_verify(kept(), BEN, shown) is None
    assert may_verify(kept(), ANNA, shown) is TargetRefusal.OWN_WORK
    assert may_verify(kept(entered_by=None), ANNA, shown) is None
    assert may_verify(kept(), BEN, "x") is TargetRefusal.CHANGED
    assert may_verify(kept(retired_at=NOW), BEN, shown) is TargetRefusal.NOT_IN_FORCE
    example = an_entry(example=True)
    assert may_verify(kept(value=example), BEN, fingerprint(example)) is TargetRefusal.EXAMPLE
    assert [may_retire(kept(), shown), may_retire(kept(value=None), shown)] == [
        None,
        TargetRefusal.NOT_IN_FORCE,
    ]


def test_only_what_is_in_force_can_be_written_to():
    in_force = kept(states={"office@judiciary.example": AddressState.BOUNCED}).target
    assert in_force == a_target(states={"office@judiciary.example": "bounced"})
    assert [kept(retired_at=NOW).target, kept(value=None, proposal=an_entry()).target] == [None, None]


def test_a_fingerprint_stands_for_one_entry():
    assert fingerprint(an_entry()) == fingerprint(a_start(verified="2026-01-01"))
    assert fingerprint(an_entry()) != fingerprint(an_entry(emails=["office@judiciary.example"]))
    assert len(fingerprint(an_entry())) == 20


def test_what_differs():
    assert differing(an_entry(), an_entry(emails=["a@example.org"], note="New.")) == ["emails", "note"]
    assert differing(None, an_entry())[:3] == ["key", "country", "kind"]
