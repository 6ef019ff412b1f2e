from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.sources._entity import Entity, needed, of
from storage.sources._http import Http
from storage.sources._odata4 import Reads, Refused, Service
from storage.sources._odata4_read import cut, facts, named, pages, within
from storage.sources._window import Window
from tests.storage.sources.fake_odata4 import FakeOData, Set

ZONE = ZoneInfo("UTC")
READS = Reads("things", ("id", "name"), stamp="at")


def bare_service(size=2):
    """A service of a set without a token server, and its fake."""
    fake = FakeOData("https://x.example.com", "https://login.example.com", "")
    fake.token, fake.token_until = "open", fake.now + timedelta(days=30)
    types = {"id": "Guid", "no": "Int32", "name": "String", "at": "DateTimeOffset"}
    fake.sets["things"] = Set(types, "id", "at")
    http = Http(
        "https://x.example.com", transport=fake.transport(), sleep=fake.advance,
        headers={"Authorization": "Bearer open"},
    )  # fmt: skip
    return Service(http, "", size), fake


def changed(fake, ids, **values):
    for one in ids:
        fake.write("things", one, **values)


def window(fake, after=None):
    return Window(fake.now - timedelta(hours=1), fake.now, after)


def ids(found):
    return [[one["id"] for one in records] for records, _ in found]


def test_a_window_is_read_by_links_in_the_order_of_the_key():
    service, fake = bare_service()
    changed(fake, "cabed")
    fake.advance(5)
    found = list(pages(service, READS, window(fake)))
    assert ids(found) == [["a", "b"], ["c", "d"], ["e"]]
    assert [place is None for _, place in found] == [False, False, True]
    assert found[0][1].startswith("https://x.example.com/things?")


def test_a_record_that_is_changed_on_the_way_neither_comes_nor_moves_the_others():
    service, fake = bare_service()
    changed(fake, "abcdef")
    fake.advance(5)
    reading = pages(service, READS, window(fake))
    first = next(reading)
    fake.write("things", "a", name="new")
    fake.write("things", "c", name="new")
    assert ids([first, *reading]) == [["a", "b"], ["d", "e"], ["f"]]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_link_that_is_not_known_any_more_begins_the_window_again(status):
    service, fake = bare_service()
    changed(fake, "abc")
    fake.advance(5)
    _, place = next(pages(service, READS, window(fake)))
    fake.forgets_links.append(status)
    assert ids(pages(service, READS, window(fake, place))) == [["a", "b"], ["c"]]


def test_a_server_that_forgets_every_link_is_not_asked_for_ever():
    service, fake = bare_service()
    changed(fake, "abc")
    fake.advance(5)
    fake.forgets_links.extend([410] * 50)
    with pytest.raises(Refused):
        list(pages(service, READS, window(fake)))


def test_a_link_that_may_not_be_read_is_an_error_and_no_reason_to_begin_again():
    service, fake = bare_service()
    changed(fake, "abc")
    fake.advance(5)
    _, place = next(pages(service, READS, window(fake)))
    fake.denied.add("things")
    with pytest.raises(Refused, match="403"):
        next(pages(service, READS, window(fake, place)))


def test_numbered_records_go_on_from_their_number_without_a_link():
    service, fake = bare_service()
    fake.sets["things"].key = "no"
    changed(fake, [7, 8, 9])
    fake.advance(5)
    reads = Reads("things", ("no",), "no", "at", is_numbered=True)
    found = list(pages(service, reads, window(fake)))
    assert [place for _, place in found] == [8, None]
    assert len(fake.requests) == 2
    fake.forgets_links.extend([410] * 9)
    assert [one["no"] for one in next(pages(service, reads, window(fake, 8)))[0]] == [9]


def test_a_read_of_all_has_no_condition_of_time():
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert within("at", Window(None, at)) == []
    assert within("", Window(at, at)) == []
    assert within("at", Window(at, at)) == [
        "at ge 2026-03-02T09:00:00.000Z", "at lt 2026-03-02T09:00:00.000Z",
    ]  # fmt: skip


ENTITY = Entity(
    "things", "things", "account", ("id",), {"name": needed("name"), "vat": of("vat")},
    finish=lambda row, record, zone: row if record.get("is_real", True) else None,
)  # fmt: skip


def test_records_become_facts_or_are_refused_or_are_none():
    records = [
        {"id": "a", "name": "A"}, {"id": "b"}, {"name": "C"},
        {"id": "d", "name": "D", "is_real": False},
    ]  # fmt: skip
    made = facts(ENTITY, records, ZONE)
    assert [row["source_id"] for row in made.rows["account"]] == ["a"]
    assert [(one.source_id, one.reason) for one in made.rejected] == [
        ("b", "no name"), ("(no id)", "things without id"),
    ]  # fmt: skip
    assert made.gone == {"account": ["d"]}
    assert named(ENTITY, records[:2], ZONE) == ["a", "b"]


def test_a_field_that_is_not_there_any_more_is_left_out():
    there = {"things": frozenset({"id"}), "lines": frozenset({"qty"})}
    reads = Reads("companies(1)/things", ("id", "colour"), expand={"lines": ("qty", "size")})
    left = cut(reads, "things", there.__getitem__, Refused("no", 400, ""))
    assert (left.fields, left.expand) == (("id",), {"lines": ("qty",)})


def test_a_refusal_that_no_field_explains_is_raised():
    reads, there = Reads("things", ("id",)), frozenset({"id"})
    for status in (400, 404):
        with pytest.raises(Refused, match="no"):
            cut(reads, "things", lambda name: there, Refused("no", status, ""))
