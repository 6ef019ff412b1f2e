import httpx
import pytest

from storage.sources import SourceError
from storage.sources._answers import answered, refusal
from storage.sources._http import Reply, TryLater


def reply(body, status=200):
    return Reply(status, httpx.Headers(), body, "x.test")


def test_an_answer_with_its_list_is_given_whole():
    assert answered(reply(b'{"a": {"b": [{}]}, "c": 1}'), "a", "b") == {"a": {"b": [{}]}, "c": 1}
    assert answered(reply(b"[{}]")) == [{}]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"5", b'{"a": []}', b'{"a": {"b": {}}}',
                                  b'{"a": {"b": [1]}}', b'{"a": {"b": null}}'])  # fmt: skip
def test_a_list_that_is_not_there_is_named(body):
    with pytest.raises(SourceError, match=r"a\.b in its answer"):
        answered(reply(body), "a", "b")


def test_what_is_no_list_html_and_a_refusal_are_told_apart():
    with pytest.raises(SourceError, match="its answer is no list"):
        answered(reply(b"{}"))
    with pytest.raises(TryLater):
        answered(reply(b"<html>"))
    with pytest.raises(SourceError, match="403"):
        answered(reply(b"{}", 403))


@pytest.mark.parametrize(
    ("body", "said"),
    [(b'{"error": "no"}', {"error": "no"}), (b"<html>", None), (b"", None),
     (b'{"error": "\xff"}', None), (b'{"a":' * 100_000, None)],
    ids=["json", "html", "nothing", "not UTF-8", "deep"],
)  # fmt: skip
def test_a_refusal_may_be_no_json(body, said):
    assert refusal(reply(body, 400)) == said
