import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.sources import SourceError
from storage.sources._erpnext_api import is_twice, said
from storage.sources._rest import Refused
from storage.sources._window import Window
from tests.storage.sources.erpnext_harness import erpnext
from tests.storage.sources.fake_frappe import FakeFrappe

BERLIN = ZoneInfo("Europe/Berlin")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def fake():
    return FakeFrappe()


@pytest.fixture
def site(fake):
    opened = []
    yield erpnext(fake, opened, page=3).site
    opened[0].http.close()


def suppliers(fake, *names):
    for name in names:
        fake.save("Supplier", {"name": name, "supplier_name": name})
        fake.advance(1)


def test_all_documents_come_by_the_page_in_order_of_names(fake, site):
    suppliers(fake, *"gBdfAce")
    pages = list(site.all("Supplier", ["supplier_name"]))
    assert [[row["name"] for row in page] for page in pages] == [
        ["A", "B", "c"], ["d", "e", "f"], ["g"],
    ]  # fmt: skip


def test_changes_are_paged_behind_a_stamp_and_a_name_of_one_instant(fake, site):
    for name in "bdacE":
        fake.save("Supplier", {"name": name, "supplier_name": name})
    fake.advance(5)
    window = Window(None, fake.now)
    first = site.changed("Supplier", ["supplier_name"], [], window, None)
    second = site.changed("Supplier", ["supplier_name"], [], window, first.after)
    assert [row["name"] for row in (*first.records, *second.records)] == ["a", "b", "c", "d", "E"]
    assert second.after is None
    assert "limit_start" not in fake.requests[-1][1]


def test_a_version_that_ignores_or_filters_is_noticed(fake, site):
    suppliers(fake, *"abcd")
    fake.knows_either = False
    for row in fake.tables["Supplier"].values():
        row["modified"] = fake.local() - timedelta(hours=1)
    window = Window(None, fake.now)
    first = site.changed("Supplier", [], [], window, None)
    with pytest.raises(SourceError, match="upgrade it"):
        site.changed("Supplier", [], [], window, [first.records[0]["modified"], "a"])


def test_names_are_asked_for_in_addresses_that_are_not_too_long(fake, site):
    long = [f"{number:03}{'ä' * 120}" for number in range(30)]
    suppliers(fake, *long)
    assert {row["name"] for row in site.named("Supplier", [], "name", long)} == set(long)


def test_the_zone_is_asked_for_once_and_of_two_ways_the_one_that_is_open(fake, site):
    assert (site.told_zone, site.tz) == ("Europe/Berlin", BERLIN)
    assert len(fake.requests) == 1
    fake.refused.add("System Settings")
    assert erpnext(fake).site.told_zone == "Europe/Berlin"
    fake.refused.add("get_time_zone")
    assert erpnext(fake, zone="Asia/Kolkata").site.tz == ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("start", "end", "bounds"),
    [("2026-03-01T10:00", "2026-03-01T11:00", ("11:00", "12:00")),
     # clocks go back at 01:00 UTC: 02:50 of the first pass lies before 02:10 of the second
     ("2026-10-25T00:50", "2026-10-25T01:10", ("01:50", "03:10")),
     ("2026-10-25T03:30", "2026-10-25T03:50", ("03:30", "05:50")),
     ("2026-10-25T04:30", "2026-10-25T04:50", ("05:30", "05:50")),
     ("2026-03-29T00:50", "2026-03-29T01:10", ("01:50", "03:10"))],
)  # fmt: skip
def test_a_window_holds_both_passes_of_an_hour_that_comes_twice(site, start, end, bounds):
    found = site.bounds(Window(at(start), at(end)))
    assert tuple(one[11:16] for one in found) == bounds


def test_an_instant_in_the_hour_that_comes_twice_is_known():
    assert [is_twice(at(f"2026-10-25T{clock}"), BERLIN) for clock in ("00:30", "01:30")] == [
        True
    ] * 2
    assert [is_twice(at(f"2026-10-25T{clock}"), BERLIN) for clock in ("23:59", "02:00")] == [
        False
    ] * 2
    assert not is_twice(at("2026-03-29T00:30"), BERLIN)


def test_the_fields_of_a_type_are_asked_for_once(fake, site):
    assert {"supplier_name", "modified"} <= site.fields("Supplier")
    site.fields("Supplier")
    assert sum("getdoctype" in path for path, _ in fake.requests) == 1


def test_a_bad_filter_is_told_in_the_words_of_the_site(site):
    with pytest.raises(Refused, match="answers 417: Field not permitted in query: supplyer"):
        site.listed("Supplier", ["supplyer"])
    with pytest.raises(Refused, match="answers 417: Operator must be one of"):
        site.listed("Supplier", ["name"], [["name", "~", "a"]])


def test_who_may_not_read_is_told_which_role_is_missing(fake, site):
    fake.refused.add("Purchase Order")
    with pytest.raises(Refused, match="give its user a role that reads Purchase Order"):
        site.listed("Purchase Order Item", ["name"], parent="Purchase Order")


def test_the_words_of_an_error_are_those_meant_for_people():
    told = json.dumps([json.dumps({"message": "Not now"}), json.dumps("Later")])
    assert said({"_server_messages": told}) == "Not now; Later"
    assert said({"_server_messages": "oops", "exception": "DataError: x"}) == "DataError: x"
    assert said({"exc_type": "PermissionError"}) == "PermissionError"
    assert said({}) is None
