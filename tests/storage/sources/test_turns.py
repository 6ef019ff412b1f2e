from datetime import UTC, datetime, timedelta

from storage.sources import Page
from storage.sources._turns import by_turns
from storage.sources._window import Window

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def kinds(pages):
    """Kinds of so many pages each, whose states say how far they are."""

    def pull(name, state):
        begin = state["after"] if state and "after" in state else 0
        end = NOW + timedelta(hours=len(name))
        for number in range(begin + 1, pages[name] + 1):
            is_last = number == pages[name]
            window = Window(None, end)
            after = window.finished() if is_last else window.at(number)
            yield Page({name: [{"source_id": str(number)}]}, after, high=end if is_last else None)

    return pull


def everything(name, state):
    return True


def test_every_kind_is_read_and_the_stream_is_complete_up_to_the_least_of_them():
    pages = list(by_turns(["a", "bb"], None, everything, kinds({"a": 2, "bb": 1})))
    assert [next(iter(page.rows)) for page in pages] == ["a", "a", "bb"]
    assert [page.high for page in pages] == [None, None, NOW + timedelta(hours=1)]


def test_one_that_stops_behind_its_first_page_comes_to_the_last_kind():
    state, seen = None, []
    for _ in range(4):
        page = next(by_turns(["a", "bb"], state, everything, kinds({"a": 2, "bb": 2})))
        state = page.state
        seen += [(name, row["source_id"]) for name, rows in page.rows.items() for row in rows]
    assert seen == [("a", "1"), ("a", "2"), ("bb", "1"), ("bb", "2")]


def test_a_kind_that_is_not_there_is_left_out():
    pages = by_turns(["a", "bb"], None, lambda name, state: name == "bb", kinds({"bb": 1}))
    assert [page.high for page in pages] == [NOW + timedelta(hours=2)]
