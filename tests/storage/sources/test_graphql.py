import httpx
import pytest

from storage.sources import SourceError
from storage.sources._graphql import GraphQL, nodes, part
from storage.sources._http import Http, TryLater


def api(answer, status=200, seen=None):
    def handle(request):
        if seen is not None:
            seen.append(request)
        kind = {"content": answer} if isinstance(answer, bytes) else {"json": answer}
        made = httpx.Response(status, **kind)
        return httpx.Response(status, stream=httpx.ByteStream(made.content))

    transport = httpx.MockTransport(handle)
    return GraphQL(Http("https://x.test", secrets=("s3cret",), transport=transport), "graphql")


def test_a_query_is_sent_with_its_variables_beside_it():
    seen = []
    assert api({"data": {"a": 1}}, seen=seen).ask("query ($x: Int) { a }", {"x": 5}) == {"a": 1}
    assert seen[0].url.path == "/graphql"
    assert b'"variables":{"x":5}' in seen[0].content


@pytest.mark.parametrize("status", [200, 400])
def test_an_error_is_told_in_the_words_of_the_server_without_secrets(status):
    errors = [{"message": 'Cannot query field "b" s3cret'}, "odd"]
    with pytest.raises(SourceError, match='field "b"') as failed:
        api({"errors": errors, "data": None}, status).ask("query { b }", {})
    assert "s3cret" not in str(failed.value)
    assert failed.value.permanent


@pytest.mark.parametrize("answer", [[], {}, {"data": None}, 5])
def test_what_is_no_answer_of_graphql_is_said_to_be_none(answer):
    with pytest.raises(SourceError, match="as GraphQL does"):
        api(answer).ask("query { a }", {})


def test_html_is_tried_again_later():
    with pytest.raises(TryLater):
        api(b"<html>").ask("query { a }", {})


def test_a_type_tells_its_fields_and_one_that_is_not_there_none():
    described = {"data": {"__type": {"fields": [{"name": "a"}, {"name": "b"}]}}}
    assert api(described).fields("X") == ["a", "b"]
    assert api({"data": {"__type": None}}).fields("X") == []


def test_a_page_ends_where_the_server_says_so():
    edges = [{"node": {"id": 1}}, None, {"node": None}]
    more = {"hasNextPage": True, "endCursor": "c"}
    assert part({"edges": edges, "pageInfo": more}).next == "c"
    assert part({"edges": edges, "pageInfo": {**more, "hasNextPage": False}}).next is None
    assert list(nodes({"edges": edges})) == [{"id": 1}]
    assert list(nodes(None)) == []
