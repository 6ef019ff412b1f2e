from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from storage.sources import SourceError
from storage.sources._http import Http, TryLater
from storage.sources._odata4 import Reads, Refused, Service, instant, literal

URL = "https://erp.example.com/v1"


def service(answer, size=2):
    """A service that gives one answer, or what a function makes of the request."""
    asked = []

    def handle(request):
        asked.append(request)
        status, body = answer(request) if callable(answer) else answer
        return httpx.Response(status, stream=httpx.ByteStream(body))

    http = Http(URL, transport=httpx.MockTransport(handle), sleep=lambda seconds: None)
    return Service(http, "api/v2.0", size, "*"), asked


EMPTY = (200, b'{"value":[]}')


def test_a_query_names_fields_condition_order_and_lists_with_blanks_that_every_server_reads():
    made, asked = service(EMPTY)
    made.first(
        Reads("orders", ("id", "no"), expand={"lines": ("id", "qty")}, only="no ne 'a b'"),
        "stamp ge 2026-01-01T00:00:00.000Z",
    )
    assert asked[0].url.raw_path.decode() == (
        "/v1/api/v2.0/orders?$select=id,no"
        "&$filter=no%20ne%20'a%20b'%20and%20stamp%20ge%202026-01-01T00:00:00.000Z"
        "&$orderby=id&$expand=lines($select=id,qty)"
    )
    assert asked[0].headers["prefer"] == 'odata.maxpagesize=2,odata.include-annotations="*"'
    assert asked[0].headers["odata-version"] == "4.0"


def test_where_changes_are_tracked_nothing_but_fields_is_asked():
    made, asked = service(EMPTY)
    made.first(Reads("orders", ("id",), stamp="stamp", only="a eq 1"), "b eq 2", is_tracked=True)
    assert asked[0].url.query == b"$select=id"
    assert asked[0].headers["prefer"].startswith("odata.track-changes,odata.maxpagesize=2")


def test_a_link_is_followed_to_the_letter():
    link = f"{URL}/api/v2.0/orders?aid=FIN&$skiptoken=%3Ccookie%20page%3D%222%22%3E%25"
    made, asked = service(EMPTY)
    made.follow(link)
    assert str(asked[0].url) == link


def test_a_link_to_another_host_is_not_followed():
    made, asked = service(EMPTY)
    with pytest.raises(SourceError, match="points to another host"):
        made.follow("https://evil.example.com/api?$skiptoken=1")
    assert asked == []


def test_deleted_records_come_apart_from_the_others():
    body = (
        b'{"value":[{"id":"A1"},{"@odata.context":"x/$metadata#orders/$deletedEntity",'
        b'"id":"B2","reason":"deleted"}],"@odata.nextLink":"n","@odata.deltaLink":"d"}'
    )
    answer = service((200, body))[0].first(Reads("orders", ("id",)))
    assert ([one["id"] for one in answer.records], answer.removed) == (["A1"], ["b2"])
    assert (answer.next, answer.delta) == ("n", "d")


def test_a_refusal_tells_status_code_and_reason():
    body = b'{"error":{"code":"BadRequest","message":"Could not find a property named \'x\'."}}'
    with pytest.raises(Refused, match="answers 400: BadRequest: Could not find") as caught:
        service((400, body))[0].first(Reads("orders", ("x",)))
    assert (caught.value.status, caught.value.code) == (400, "BadRequest")
    assert caught.value.is_stale


@pytest.mark.parametrize("body", [b"<html>no</html>", b"[]", b'{"error":"no"}', b'{"error":null}'])
def test_a_refusal_without_a_reason_still_is_one(body):
    with pytest.raises(Refused, match="answers 404"):
        service((404, body))[0].follow(f"{URL}/gone")


@pytest.mark.parametrize("body", [b"[]", b'{"value":{}}', b'{"value":[1]}', b"{}"])
def test_an_answer_without_a_list_of_records_is_an_error(body):
    with pytest.raises(SourceError, match="answered with"):
        service((200, body))[0].first(Reads("orders", ("id",)))


def test_a_page_of_a_proxy_is_tried_again_later():
    with pytest.raises(TryLater):
        service((200, b"<html>down</html>"))[0].first(Reads("orders", ("id",)))


def test_the_description_is_read_once_and_a_set_that_is_not_in_it_is_named():
    edmx = (
        b'<S><EntityType Name="order"><Property Name="id"/></EntityType>'
        b'<EntitySet Name="orders" EntityType="n.order"/></S>'
    )
    made, asked = service((200, edmx))
    assert made.fields("orders") == made.fields("orders") == {"id"}
    assert len(asked) == 1
    with pytest.raises(SourceError, match="there is no 'order'"):
        made.fields("order")


def test_all_pages_of_a_query_are_read_by_their_links():
    pages = {
        None: b'{"value":[{"id":1}],"@odata.nextLink":"https://erp.example.com/v1/o?page=2"}',
        "2": b'{"value":[{"id":2}]}',
    }
    made, _ = service(lambda request: (200, pages[request.url.params.get("page")]))
    assert list(made.all(Reads("orders", ("id",)))) == [[{"id": 1}], [{"id": 2}]]


def test_a_server_without_a_clock_is_an_error():
    with pytest.raises(SourceError, match="sends no Date header"):
        service(EMPTY)[0].now()


def test_values_are_written_as_a_condition_wants_them():
    berlin = timezone(timedelta(hours=1))
    assert instant(datetime(2026, 3, 2, 9, 0, 0, 123456, UTC)) == "2026-03-02T09:00:00.123Z"
    assert instant(datetime(2026, 3, 2, 0, 30, tzinfo=berlin)) == "2026-03-01T23:30:00.000Z"
    assert literal("O'Neil") == "'O''Neil'"
