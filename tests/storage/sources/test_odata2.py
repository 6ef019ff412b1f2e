from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import httpx
import pytest

from storage.sources import BadRow, SourceError
from storage.sources._http import Http, TryLater
from storage.sources._odata2 import (
    Client,
    Refused,
    at_time,
    behind,
    calendar_day,
    decoded,
    every,
    literal,
    one_of,
)
from tests.storage.sources.fake_odata2 import FakeOData2, described
from tests.storage.sources.fake_s4hana import SERVICES

BERLIN = ZoneInfo("Europe/Berlin")
DAY, INSTANT, TIME = "Edm.DateTime", "Edm.DateTimeOffset", "Edm.Time"
PRODUCTS = ("API_PRODUCT_SRV", "A_Product")
ROOT = "https://sap.example/sap/opu/odata/sap"


@pytest.fixture
def fake():
    return FakeOData2(SERVICES)


def client(serve, **fixed):
    basic = httpx.BasicAuth("LEADLINE", "a secret")._auth_header
    transport = httpx.MockTransport(serve)
    http = Http(
        ROOT, headers={"Authorization": basic}, transport=transport, sleep=lambda seconds: None
    )
    return Client(http, fixed)


def answering(status, body, kind="application/json"):
    """A server that always answers so, once it has told what it holds."""
    sets = FakeOData2(SERVICES).services["API_PRODUCT_SRV"]

    def serve(request):
        is_meta = request.url.path.endswith("$metadata")
        said = described("API_PRODUCT_SRV", sets) if is_meta else body
        return httpx.Response(
            200 if is_meta else status, headers={"Content-Type": kind},
            stream=httpx.ByteStream(said.encode()),
        )  # fmt: skip

    return client(serve)


@pytest.mark.parametrize(
    ("shown", "kind", "value"),
    [("/Date(1767571200000)/", DAY, date(2026, 1, 5)),
     ("/Date(1767607200000)/", DAY, datetime(2026, 1, 5, 10)),  # noqa: DTZ001 - it has no zone
     ("/Date(1767693600000+0000)/", INSTANT, datetime(2026, 1, 6, 10, tzinfo=UTC)),
     ("/Date(1767693600000+0060)/", INSTANT, datetime(2026, 1, 6, 10, tzinfo=UTC)),
     ("/Date(-86400000)/", DAY, date(1969, 12, 31)),
     ("PT10H05M00S", TIME, time(10, 5)), ("PT7S", TIME, time(0, 0, 7)),
     ("PT24H00M00S", TIME, time(23, 59, 59)), ("PT99H", TIME, "PT99H"),
     ("/Date(99999999999999999)/", DAY, "/Date(99999999999999999)/"),
     ("soon", DAY, "soon"), (None, DAY, None), ("1.250", "Edm.Decimal", "1.250"),
     ("/Date(0)/", "Edm.String", "/Date(0)/")],
)  # fmt: skip
def test_a_value_is_read_by_its_type(shown, kind, value):
    row = {"__metadata": {"uri": "x"}, "F": shown, "to_More": {"__deferred": {}}}
    assert decoded(row, {"F": kind}) == {"F": value}


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [("O'Neil", "Edm.String", "'O''Neil'"), (time(9, 5), TIME, "time'PT09H05M00S'"),
     (date(2026, 1, 5), DAY, "datetime'2026-01-05T00:00:00'"),
     (date(2026, 1, 5), INSTANT, "datetimeoffset'2026-01-05T00:00:00Z'"),
     (datetime(2026, 1, 5, 9, tzinfo=BERLIN), INSTANT, "datetimeoffset'2026-01-05T08:00:00Z'"),
     (datetime(2026, 1, 5, 9, tzinfo=BERLIN), DAY, "datetime'2026-01-05T08:00:00'")],
)  # fmt: skip
def test_a_value_stands_in_a_filter_by_its_type(value, kind, shown):
    assert literal(value, kind) == shown


def test_conditions_are_of_comparisons_alone():
    assert behind(["A"], ["1"]) == "A gt '1'"
    assert behind(["A", "B"], ["1", "2"]) == "(A gt '1' or (A eq '1' and B gt '2'))"
    assert one_of("A", ["1", "2"]) == "(A eq '1' or A eq '2')"
    assert every(["", "A eq '1'", "B eq '2'"]) == "A eq '1' and B eq '2'"


def test_a_day_is_never_shifted():
    assert calendar_day(datetime(2026, 1, 5, tzinfo=UTC), BERLIN) == date(2026, 1, 5)
    assert calendar_day(date(2026, 1, 5), BERLIN) == date(2026, 1, 5)
    assert calendar_day("", BERLIN) is None
    with pytest.raises(BadRow, match="'soon' is not a date"):
        calendar_day("soon", BERLIN)


def test_a_day_and_its_time_are_an_instant_of_the_zone():
    assert at_time(date(2026, 7, 1), time(10), BERLIN) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert at_time(date(2026, 7, 1), None, BERLIN) == date(2026, 7, 1)
    assert at_time(None, time(10), BERLIN) is None


def test_a_set_has_the_fields_that_its_service_tells_and_is_asked_once(fake):
    found = client(fake)
    assert found.types(*PRODUCTS)["LastChangeDateTime"] == INSTANT
    assert found.types("API_PRODUCT_SRV", "A_ProductDescription")["Language"] == "Edm.String"
    assert [name for _, name, _ in fake.requests] == ["$metadata"]
    with pytest.raises(Refused, match="API_PRODUCT_SRV has no A_Nothing"):
        found.types("API_PRODUCT_SRV", "A_Nothing")


def test_a_page_ends_at_its_size_or_that_of_the_server(fake):
    fake.write("A_Product", [{"Product": f"{number:03}"} for number in range(30)])
    found = client(fake, **{"sap-client": "100"})
    rows, more = found.page(*PRODUCTS, ["Product"], ["Product gt '004'"], ["Product"], 10)
    assert ([row["Product"] for row in rows], more) == ([f"{n:03}" for n in range(5, 15)], True)
    fake.page = 7  # it gives less than it is asked for, and says that there is more
    rows, more = found.page(*PRODUCTS, ["Product"], [], ["Product"], 100)
    assert (len(rows), more) == (7, True)
    fake.page = 5_000
    assert found.page(*PRODUCTS, ["Product"], ["Product gt '020'"], ["Product"], 10)[1] is False
    assert all(asked["sap-client"] == "100" for _, _, asked in fake.requests)
    assert found.count(*PRODUCTS, ["Product gt '020'"]) == 9


def test_text_in_a_filter_can_hold_anything(fake):
    odd = "A&B='x' #1+2%20/ü?"
    fake.write("A_Product", [{"Product": odd}, {"Product": "other"}])
    rows, _ = client(fake).page(*PRODUCTS, ["Product"], [one_of("Product", [odd])], ["Product"], 9)
    assert [row["Product"] for row in rows] == [odd]


def test_a_refusal_is_told_in_the_words_of_the_service(fake):
    with pytest.raises(Refused, match=r"Invalid filter: Property Nope not found \(400\)"):
        client(fake).page(*PRODUCTS, ["Product"], ["Nope eq 'x'"], ["Product"], 1)
    assert client(fake).count(*PRODUCTS, ["Nope eq 'x'"]) is None
    with pytest.raises(Refused, match=r"No service found for API_NONE \(403\)") as told:
        client(fake).types("API_NONE", "A_None")
    assert told.value.status == 403


def test_a_refusal_in_xml_is_told_without_its_marks():
    said = "<error><code>005</code><message>Not  allowed</message></error>"
    with pytest.raises(Refused, match=r"005 Not allowed \(403\)"):
        answering(403, said).page(*PRODUCTS, ["Product"], [], ["Product"], 1)


def test_a_wrong_password_is_said_to_be_one(fake):
    fake.password = "another"
    with pytest.raises(SourceError, match="refuses the key"):
        client(fake).types(*PRODUCTS)


@pytest.mark.parametrize(
    "body", ["<html>Log on</html>", "[]", '{"value": []}', '{"d": {"results": null}}',
             '{"d": {"results": [1]}}'],
)  # fmt: skip
def test_what_is_no_list_is_asked_for_again_later(body):
    with pytest.raises(TryLater):
        answering(200, body).page(*PRODUCTS, ["Product"], [], ["Product"], 1)


def test_a_list_may_come_bare():
    found = answering(200, '{"d": [{"Product": "42"}]}')
    assert found.page(*PRODUCTS, ["Product"], [], ["Product"], 9) == ([{"Product": "42"}], False)


@pytest.mark.parametrize("body", ["<html>Log on</html>", "{}", ""])
def test_metadata_that_is_none_is_asked_for_again_later(body):
    serve = httpx.MockTransport(
        lambda request: httpx.Response(200, stream=httpx.ByteStream(body.encode()))
    )
    with pytest.raises(TryLater, match="metadata"):
        Client(Http(ROOT, transport=serve)).types(*PRODUCTS)
