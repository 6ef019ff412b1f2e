import pytest

from storage.sources import SourceError, load
from storage.sources.s4hana import SOURCE, SPECS
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import (
    Memory,
    assert_true,
    drain,
    drain_later,
    several_pages,
    spec_of,
)
from tests.storage.sources.fake_odata2 import FakeOData2
from tests.storage.sources.fake_s4hana import SERVICES
from tests.storage.sources.s4hana_harness import (
    MakeOrders,
    PurchaseLines,
    Receipts,
    Shipments,
    StockLevels,
    s4hana,
)

DAY = 86_400
OUTSIDE = ["customer", "inventory", "production", "supplier", "transit"]


class TestPurchaseLines(Conformance):
    @pytest.fixture
    def harness(self):
        return PurchaseLines()


@pytest.mark.slow
class TestReceipts(Conformance):
    """Material documents: nothing is ever deleted, and what is wrong is reversed."""

    @pytest.fixture
    def harness(self):
        return Receipts()

    def test_deleted_records_go(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.delete([ids[0], ids[7], ids[-1]])
        memory = drain_later(harness, memory)
        assert_true(memory, harness)
        rows = memory.living("receipt").values()
        reversals = {row["reversal_of"]: row["qty"] for row in rows if row["reversal_of"]}
        assert set(reversals) == {ids[0], ids[7], ids[-1]}
        assert all(qty < 0 for qty in reversals.values())

    def test_archived_documents_stay(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.fake.erase("A_MaterialDocumentHeader", tuple(ids[0].split("/")[:2]))
        assert_true(drain_later(harness, memory), harness)


@pytest.mark.slow
class TestShipments(Conformance):
    @pytest.fixture
    def harness(self):
        return Shipments()


@pytest.mark.slow
class TestMakeOrders(Conformance):
    @pytest.fixture
    def harness(self):
        return MakeOrders()


@pytest.mark.slow
class TestStockLevels(Conformance):
    """Snapshots, each of which is of the end of a day."""

    @pytest.fixture
    def harness(self):
        return StockLevels()

    def test_what_did_not_change_is_not_written_again(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.change(ids[:3])
        harness.advance(600)
        drain(harness, memory)
        written = memory.written
        for seconds in (1, 60, 600, 3600):
            harness.advance(seconds)
            drain(harness, memory)
        assert memory.written == written
        harness.advance(DAY)
        assert drain(harness, memory).written == written + len(ids)


@pytest.fixture
def fake():
    return FakeOData2(SERVICES)


def test_the_source_is_found_by_its_name():
    assert load()["s4hana"] is SOURCE


def test_nothing_is_asked_before_it_is_used(fake):
    assert [spec.name for spec in s4hana(fake).streams] == list(SPECS)
    assert fake.requests == []


def test_every_stream_of_an_empty_server_gives_nothing_and_says_up_to_when(fake):
    source = s4hana(fake)
    for spec in source.streams:
        pages = list(source.pull(spec, None))
        rows = [row for page in pages for row in page.rows.get(spec.tables[0], ())]
        assert [row["kind"] for row in rows] == (OUTSIDE if spec.name == "locations" else [])
        assert pages[-1].high == fake.now.replace(microsecond=0)


def test_a_user_with_a_password_and_a_client_with_tokens_read_the_same(fake):
    assert s4hana(fake).check().missing == ()
    with_tokens = FakeOData2(SERVICES, tokens=True)
    assert s4hana(with_tokens).check().missing == ()
    with_tokens.password = "another"
    with pytest.raises(SourceError, match="gives no token"):
        s4hana(with_tokens, secret="a secret").check()


def test_a_check_tells_the_zone_and_the_clock_of_the_server(fake):
    health = s4hana(fake).check()
    assert (health.version, health.zone) == ("OData V2", "Europe/Berlin")
    assert health.skew is not None


def test_a_check_names_what_may_not_be_read(fake):
    fake.refused = {"API_PRODUCTION_ORDER_2_SRV;v=0002": 403, "A_BusinessPartnerTaxNumber": 403}
    told = s4hana(fake).check().missing
    orders = [one for one in told if one.startswith("API_PRODUCTION_ORDER_2_SRV;v=0002/")]
    assert len(orders) == 3
    (tax,) = [one for one in told if "TaxNumber" in one]
    assert tax.endswith("(403); the rest is read without it")


def test_a_check_refuses_an_unknown_field_of_ones_own_with_the_nearest_names(fake):
    own = {"purchaseline": {"promised_on": "ZZ1_Promised"}}
    (said,) = s4hana(fake, fields=own).check().missing
    place = "A_PurchaseOrderItem: no field 'ZZ1_Promised'; near: ZZ1_Promised_PDI, PurchaseOrder,"
    assert said.startswith(place)
    own = {"purchaseline": {"promised_on": "ZZ1_Promised_PDI"}}
    assert s4hana(fake, fields=own).check().missing == ()


def test_tables_and_streams_that_are_not_there_are_refused(fake):
    with pytest.raises(SourceError, match="no such table here; near: purchaseline"):
        s4hana(fake, fields={"purchase_line": {"promised_on": "X"}})
    with pytest.raises(SourceError, match="no stream 'billing' to skip"):
        s4hana(fake, skip=("billing",))
    with pytest.raises(SourceError, match="plants: no time zone 'Europe/Atlantis'"):
        s4hana(fake, plants={"1010": "Europe/Atlantis"})


def test_a_stream_that_may_not_be_read_says_what_to_do(fake):
    fake.refused = {"API_SALES_ORDER_SRV": 403}
    source = s4hana(fake)
    with pytest.raises(SourceError, match=r"let LEADLINE read it, or add 'sales' to skip") as told:
        list(source.pull(spec_of(source, "sales"), None))
    assert told.value.permanent
    assert "sales" not in [spec.name for spec in s4hana(fake, skip=("sales",)).streams]


def test_plants_with_zones_of_their_own_are_sites(fake):
    source = s4hana(fake, plants={"1010": "Asia/Tokyo"}, client="100")
    (page,) = source.pull(spec_of(source, "locations"), None)
    assert page.rows["location"][-1] == {
        "source_id": "1010", "name": "1010", "code": "1010", "kind": "warehouse",
        "tz": "Asia/Tokyo",
    }  # fmt: skip
    ((_, ids),) = source.ids(spec_of(source, "locations"))
    assert ids == [row["source_id"] for row in page.rows["location"]]
    assert all(asked["sap-client"] == "100" for _, _, asked in fake.requests)


def test_what_was_posted_is_never_swept(fake):
    swept = {spec.name for spec in s4hana(fake).streams if spec.sweep_every}
    assert swept == {"partners", "items", "purchases", "purchase_lines", "sales", "sale_lines",
                     "make_orders"}  # fmt: skip
