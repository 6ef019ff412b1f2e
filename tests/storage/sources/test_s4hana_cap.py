"""SAP's own models accept every request of the source, and their values become the same facts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest

from storage.sources._http import Http
from storage.sources._odata2 import Client
from storage.sources.s4hana import SPECS, Settings, open_s4hana
from tests.need import need
from tests.storage.sources import cap_judge
from tests.storage.sources.conformance_steps import Memory
from tests.storage.sources.conformance_steps import pulled as drain
from tests.storage.sources.fake_s4hana import SERVICES
from tests.storage.sources.s4hana_seeds import SEEDS

pytestmark = pytest.mark.slow

# An own field of a customer's, which no model of SAP's has.
OWN = "ZZ1_Promised_PDI"


@pytest.fixture(scope="module")
def cap(tmp_path_factory):
    need("npm", "node")
    project = tmp_path_factory.mktemp("cap") / "project"
    with cap_judge.judge(cap_judge.install(), project, SEEDS) as judge:
        yield judge
        judge.close()


@pytest.fixture
def judge(cap):
    cap.seen.clear()
    return cap


def s4hana(judge, **settings):
    made = Settings(
        key="s4hana:main", kind="s4hana", url=judge.url, user="LEADLINE", secret="a secret",
        zone="Europe/Berlin", **settings,
    )  # fmt: skip
    return open_s4hana(made, partial(Http, transport=judge))


def test_a_check_misses_nothing(judge):
    health = s4hana(judge).check()
    assert health.missing == ()
    assert health.skew is not None


def test_every_request_is_accepted_and_every_field_is_there(judge):
    source = s4hana(judge)
    for spec in source.streams:
        memory = drain(source, spec.name)
        memory.state |= {"again": {"at": "2020-01-01T00:00:00+00:00", "after": None}}
        drain(s4hana(judge), spec.name, memory)
    refused = [one for one in judge.seen if one.status != 200]
    assert refused == []
    client = Client(Http(f"{judge.url}/sap/opu/odata/sap", transport=judge))
    lists = [one for one in judge.seen if "$select" in one.options]
    # the adapter is silent on unknown fields of $select: the model is not
    unknown = [
        (one.name, name)
        for one in lists
        for name in one.options["$select"].split(",")
        if name not in client.types(one.service, one.name)
    ]
    assert unknown == []
    described = {(service.partition(";")[0], name) for service, sets in SERVICES.items()
                 for name in sets}  # fmt: skip
    assert {(one.service, one.name) for one in lists} == described


@pytest.mark.parametrize("stream", [one for one in SPECS if one != "locations"])
def test_seeded_records_become_facts(judge, stream):
    memory = drain(s4hana(judge), stream)
    assert memory.rejected == set()
    assert memory.living(SPECS[stream].tables[0])


def test_days_and_instants_come_as_they_were_sown(judge):
    order = drain(s4hana(judge), "purchases").living("purchaseorder")["4500000001"]
    assert order["ordered_on"] == date(2026, 1, 5)
    assert order["source_updated_at"] == datetime(2026, 1, 6, 10, tzinfo=UTC)
    assert order["supplier_ref"] == "supplier/1000"
    line = drain(s4hana(judge), "purchase_lines").living("purchaseline")["4500000001/10"]
    assert (line["promised_first"], line["promised_on"]) == (date(2026, 2, 1), date(2026, 2, 9))
    assert (line["qty"], line["uom"], line["unit_price"]) == (Decimal(60), "PC", Decimal("2.5"))
    receipt = drain(s4hana(judge), "receipts").living("receipt")["2026/5000000001/1"]
    assert receipt["received_on"] == date(2026, 2, 10)
    # ten o'clock on the clock of Berlin
    assert receipt["posted_at"] == datetime(2026, 2, 10, 9, tzinfo=UTC)
    assert (receipt["line_ref"], receipt["qty"]) == ("4500000001/10", Decimal(60))


def test_all_pages_come_in_order_and_none_twice(judge):
    memory = drain(s4hana(judge), "purchases")
    asked = [one for one in judge.seen if one.name == "A_PurchaseOrder"]
    assert len(memory.living("purchaseorder")) == memory.written == 451
    assert [one.options["$top"] for one in asked] == ["200"] * 3
    assert "PurchaseOrder gt '4500000200'" in asked[1].options["$filter"]


def test_a_window_gives_what_was_changed_in_it(judge):
    high = datetime(2026, 1, 7, tzinfo=UTC).isoformat()
    memory = drain(s4hana(judge), "purchases", Memory({"v": 1, "high": high}))
    assert set(memory.living("purchaseorder")) == {"4500000002"}
    high = datetime(2026, 2, 11, 9, 30, tzinfo=UTC).isoformat()
    # what was looked at from afar just now: only the last minutes are read again
    state = {"v": 1, "high": high, "far": datetime.now(UTC).isoformat()}
    memory = drain(s4hana(judge), "receipts", Memory(state))
    assert set(memory.living("receipt")) == {"2026/5000000002/1"}


def test_an_unknown_field_of_ones_own_is_refused_by_its_name(judge):
    health = s4hana(judge, fields={"purchaseline": {"promised_on": OWN}}).check()
    (said,) = health.missing
    assert said.startswith(f"A_PurchaseOrderItem: no field '{OWN}'; near: ")


def test_a_field_of_the_header_can_be_named_for_a_line(judge):
    own = {"purchaseline": {"requested_on": "header.ValidityEndDate"}}
    source = s4hana(judge, fields=own)
    assert source.check().missing == ()
    line = drain(source, "purchase_lines").living("purchaseline")["4500000001/10"]
    assert line["requested_on"] == date(2026, 12, 31)


def test_an_error_of_the_service_is_told_in_its_words(judge):
    client = Client(Http(f"{judge.url}/sap/opu/odata/sap", transport=judge))
    with pytest.raises(Exception, match='Property "Nope" does not exist'):
        client.page("API_PRODUCT_SRV", "A_Product", ["Product"], ["Nope eq 'x'"], ["Product"], 1)


def test_the_fake_describes_the_sets_as_sap_does(judge):
    client = Client(Http(f"{judge.url}/sap/opu/odata/sap", transport=judge))
    for service, sets in SERVICES.items():
        for name, (keys, types) in sets.items():
            theirs = client.types(service.partition(";")[0], name)
            assert set(keys) <= set(theirs)
            wrong = {one: (kind, theirs.get(one)) for one, kind in types.items()
                     if one != OWN and not fits(kind, theirs.get(one))}  # fmt: skip
            assert wrong == {}, name


def fits(kind, theirs):
    """SAP's models on npm know a day of a delivery as an instant; its gateway does not."""
    return kind == theirs or (kind, theirs) == ("Edm.DateTime", "Edm.DateTimeOffset")
