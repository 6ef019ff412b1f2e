from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from storage.sources import Page, SourceError
from storage.sources._http import Reply, TryLater
from storage.sources._rest import (
    Again,
    Feed,
    Listed,
    Refused,
    Windows,
    good,
    listed,
    pull_parts,
    records_of,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def reply(status, body):
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Reply(status, httpx.Headers(), raw, "erp.example")


def said(body):
    return body.get("error")


def numbers(stop, size=2):
    """A list of numbers by the page, whose places are numbers too."""

    def ask(after):
        begin = after or 0
        end = min(begin + size, stop)
        return Listed([{"n": n} for n in range(begin, end)], end if end < stop else None, end)

    return ask


def make(records):
    return Page({"item": [{"source_id": str(one["n"])} for one in records]}, {})


def clock(hours=0):
    return lambda: NOW + timedelta(hours=hours)


def seen(pages):
    return [row["source_id"] for page in pages for row in page.rows.get("item", ())]


def test_a_good_answer_is_its_object():
    assert good(reply(200, {"data": []}), said) == {"data": []}
    with pytest.raises(TryLater, match="JSON object"):
        good(reply(200, []), said)
    with pytest.raises(TryLater, match="did not answer with JSON"):
        good(reply(200, b"<html>"), said)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [(401, {"error": "bad token"}, "refuses the key .401.: renew it. It says: bad token"),
     (403, {"error": "no"}, "may not read this .403. .ask.. It says: no"),
     (417, {"error": "no field x"}, "answers 417: no field x"),
     (404, b"<html>", "answers 404: <html>")],
)  # fmt: skip
def test_a_refusal_is_told_in_the_words_of_the_server(status, body, words):
    with pytest.raises(Refused, match=words) as refused:
        good(reply(status, body), said, " (ask)")
    assert (refused.value.status, refused.value.permanent) == (status, True)


def test_null_records_are_left_out_and_a_missing_list_is_an_error():
    assert records_of({"data": [None, {"id": 1}]}, "data", "x") == [{"id": 1}]
    with pytest.raises(SourceError, match="answers without data"):
        records_of({"data": None}, "data", "x")


def test_a_list_goes_on_to_its_end():
    assert [len(page.records) for page in listed(numbers(5))] == [2, 2, 1]


def test_a_place_that_is_not_known_any_more_begins_the_list_anew_once():
    def forgetful(after):
        if after is not None and not forgot:
            forgot.append(after)
            raise Refused("gone", 410)
        return numbers(5)(after)

    forgot = []
    assert [len(page.records) for page in listed(forgetful, 2)] == [2, 2, 1]

    def lost(after):
        if after:
            raise Refused("gone", 410)
        return numbers(5)(after)

    with pytest.raises(Refused):
        list(listed(lost))


def test_a_list_that_does_not_go_on_is_an_error():
    with pytest.raises(SourceError, match="does not go on"):
        list(listed(lambda after: Listed([{"n": 1}], 7)))


def test_windows_overlap_and_their_end_is_frozen():
    windows = []

    def ask(window, after):
        windows.append((window.start, window.end))
        return numbers(3)(after)

    part = Windows("w", ask, make)
    first, *_ = part.pull(None, clock())
    assert (first.high, first.begins) == (None, True)
    *_, last = part.pull(first.state, clock(5))  # the process died, and goes on later
    assert (seen([last]), last.high) == (["2"], NOW)
    list(part.pull(last.state, clock(6)))
    ten = timedelta(minutes=10)
    assert set(windows[:-2]) == {(None, NOW)}
    assert windows[-1] == (NOW - ten, NOW + timedelta(hours=6))


def test_what_is_only_of_interest_from_now_on_begins_without_asking():
    def ask(window, after):
        raise AssertionError("it must not ask")

    (page,) = Windows("w", ask, make, is_new_only=True).pull(None, clock())
    assert (page.rows, page.high) == ({}, NOW)


@pytest.mark.parametrize("status", [403, 404])
def test_an_optional_part_that_is_not_there_gives_nothing(status):
    def ask(window, after):
        raise Refused("no", status)

    (page,) = Windows("w", ask, make, is_optional=True).pull(None, clock())
    assert (page.rows, page.high) == ({}, NOW)
    with pytest.raises(Refused):
        list(Windows("w", ask, make).pull(None, clock()))


@pytest.mark.parametrize("read_until", [None, NOW])
def test_an_optional_part_that_comes_back_misses_nothing(read_until):
    windows, is_there = [], False

    def ask(window, after):
        windows.append((window.start, window.end))
        if not is_there:
            raise Refused("no", 403)
        return numbers(1)(after)

    part = Windows("w", ask, make, is_optional=True)
    state = {"v": 1, "high": read_until.isoformat()} if read_until else None
    for hours in (1, 2):
        (page,) = part.pull(state, clock(hours))
        state = page.state
        assert page.high == NOW + timedelta(hours=hours)
    is_there = True
    (page,) = part.pull(state, clock(3))
    assert (seen([page]), page.state) == (["0"], {"v": 1, "high": page.high.isoformat()})
    start = read_until and read_until - timedelta(minutes=10)
    assert windows == [(start, NOW + timedelta(hours=hours)) for hours in (1, 2, 3)]


def test_a_list_is_read_again_when_it_is_time_and_goes_on_where_it_stopped():
    part = Again("a", numbers(5), make, timedelta(hours=1))
    (first,) = part.pull(None, clock())
    assert list(part.pull(first.state, clock(0.5))) == []
    page, *_ = part.pull(first.state, clock(1))
    rest = list(part.pull(page.state, clock(1.2)))
    assert (seen([page]), seen(rest)) == (["0", "1"], ["2", "3", "4"])
    assert list(part.pull(rest[-1].state, clock(1.9))) == []
    assert seen(part.pull(rest[-1].state, clock(2))) == ["0", "1", "2", "3", "4"]


def test_a_feed_goes_on_where_it_stopped():
    part = Feed("f", lambda place, since: numbers(4)(place), make)
    pages = list(part.pull(None, clock()))
    assert (seen(pages), pages[-1].high) == (["0", "1", "2", "3"], NOW - timedelta(minutes=1))
    more = Feed("f", lambda place, since: numbers(5)(place), make)
    assert seen(more.pull(pages[-1].state, clock(1))) == ["4"]


def test_a_feed_whose_place_is_forgotten_begins_before_the_time_it_was_complete():
    asked = []

    def ask(place, since):
        asked.append((place, since))
        if place is not None:
            raise Refused("no such cursor", 400)
        return numbers(2)(None)

    complete = NOW - timedelta(minutes=1)
    state = {"v": 1, "high": complete.isoformat(), "place": "x", "after": None}
    list(Feed("f", ask, make).pull(state, clock()))
    since = complete - timedelta(hours=1)
    assert asked == [("x", since), (None, since)]


def test_parts_take_turns_and_the_least_complete_one_counts():
    parts = [Windows(name, lambda window, after: numbers(2)(after), make) for name in "ab"]
    parts.append(Again("c", numbers(2), make, timedelta(hours=1)))
    first, *_ = pull_parts(parts, None, clock())
    assert first.high is None  # b was not read yet
    second, third, fourth = pull_parts(parts, first.state, clock(1))
    assert [one.high for one in (second, third, fourth)] == [NOW, NOW, NOW + timedelta(hours=1)]
    assert set(fourth.state["parts"]) == {"a", "b", "c"}


def test_one_that_dies_behind_each_first_page_still_comes_to_the_last_part():
    parts = [Windows(name, lambda window, after: numbers(2)(after), make) for name in "abc"]
    state = None
    for _ in parts:
        page, *_ = pull_parts(parts, state, clock())
        state = page.state
    assert set(state["parts"]) == {"a", "b", "c"}
