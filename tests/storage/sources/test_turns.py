from datetime import UTC, datetime, timedelta

import pytest

from storage.sources import Page, SourceError
from storage.sources._http import TryLater
from storage.sources._turns import by_turns
from storage.sources._window import Window

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def kinds(pages):
    """Kinds of so many pages each, whose states say how far they are."""

    def pull(name, state):
        begin = state["after"] if state and "after" in state else 0
        end = NOW + len(name) * HOUR
        for number in range(begin + 1, pages[name] + 1):
            is_last = number == pages[name]
            window = Window(None, end)
            after = window.finished() if is_last else window.at(number)
            yield Page({name: [{"source_id": str(number)}]}, after, high=end if is_last else None)

    return pull


def once(states):
    """Kinds of one page each, behind which they are in these states."""
    return lambda name, state: iter([Page({name: []}, states[name])])


def names_of(pages):
    return [next(iter(page.rows)) for page in pages]


def test_every_kind_is_read_and_the_stream_is_complete_up_to_the_least_of_them():
    pages = list(by_turns(["a", "bb"], None, kinds({"a": 2, "bb": 1})))
    assert names_of(pages) == ["a", "a", "bb"]
    assert [page.high for page in pages] == [None, None, NOW + HOUR]


def test_one_that_stops_behind_its_first_page_comes_to_the_last_kind():
    state, seen = None, []
    for _ in range(4):
        page = next(by_turns(["a", "bb"], state, kinds({"a": 2, "bb": 2})))
        state = page.state
        seen += [(name, row["source_id"]) for name, rows in page.rows.items() for row in rows]
    assert seen == [("a", "1"), ("a", "2"), ("bb", "1"), ("bb", "2")]


@pytest.mark.parametrize(
    ("state", "turn"),
    [({"v": 1, "high": None}, "b"), ({"v": 1, "high": None, "delta": "link"}, "b"),
     ({"v": 1, "window": [None, "x"], "after": None}, "a"), ({"at": "x", "after": None}, "b"),
     ({"at": "x", "after": 3}, "a"), ({"v": 1, "begun": "x", "next": "link"}, "a"),
     ({"v": 1, "archived": {"at": "x", "after": None}, "reread": {"at": "x", "after": "9"}}, "a"),
     ({"v": 1, "archived": {"at": "x", "after": None}, "reread": {"at": "x"}}, "b")],
)  # fmt: skip
def test_the_turn_goes_on_when_a_kind_is_at_its_end_and_not_before(state, turn):
    page, *_ = by_turns(["a", "b"], None, once({"a": state, "b": {"v": 1}}))
    assert page.state == {"v": 1, "turn": turn, "parts": {"a": state}}


def test_a_kind_that_is_no_longer_wanted_is_forgotten():
    kept = {"v": 1, "turn": "b", "parts": {"a": {"v": 1}, "b": {"v": 1}}}
    (page,) = by_turns(["a"], kept, once({"a": {"v": 1, "high": None}}))
    assert page.state["parts"] == {"a": {"v": 1, "high": None}}


@pytest.mark.parametrize("name", ["parts", "types"])
def test_what_was_kept_is_gone_on_from_under_its_older_name_too(name):
    asked, kept = {}, {"v": 1, "high": NOW.isoformat()}

    def pull(kind, state):
        asked[kind] = state
        yield Page({}, {"v": 1})

    list(by_turns(["a", "b"], {"v": 1, "turn": "b", name: {"a": kept}}, pull))
    assert asked == {"b": None, "a": kept}
    assert list(asked) == ["b", "a"]


def test_a_kind_that_is_not_there_is_left_out():
    pages = by_turns(["a", "bb"], None, kinds({"bb": 1}), lambda name, state: name == "bb")
    assert [page.high for page in pages] == [NOW + 2 * HOUR]


def test_one_that_was_taken_away_fails_when_the_others_are_read():
    def is_there(name, state):
        if name == "a":
            raise SourceError("a can't be read any more", permanent=True)
        return True

    kept = {"v": 1, "turn": "a", "parts": {"a": {"v": 1, "high": NOW.isoformat()}}}
    pages = by_turns(["a", "bb"], kept, kinds({"bb": 1}), is_there)
    assert next(pages).high == NOW
    with pytest.raises(SourceError, match="any more"):
        next(pages)


def test_a_server_that_is_busy_is_left_at_once():
    def is_there(name, state):
        raise TryLater("later")

    with pytest.raises(TryLater):
        next(by_turns(["a", "bb"], None, kinds({"a": 1, "bb": 1}), is_there))


def test_what_is_not_counted_holds_nothing_back():
    state = {"v": 1, "high": NOW.isoformat()}
    pages = by_turns(["a", "b"], None, once({"a": {"at": "x"}, "b": state}), counted=["b"])
    assert [page.high for page in pages] == [None, NOW]
