import json
from datetime import timedelta

import pytest

from storage.sources import SourceError
from storage.sources._odata4 import Reads, Refused
from storage.sources._odata4_delta import changes
from tests.storage.sources.test_odata4_read import bare_service, changed

LOOKBACK = timedelta(minutes=10)
READS = Reads("things", ("id", "name"), stamp="at")


@pytest.fixture
def service():
    made, fake = bare_service()
    fake.sets["things"].is_tracked = True
    made.one("things", top="1")  # its answer shows the clock
    return made


@pytest.fixture
def fake(service):
    return service.http._client._transport.handler.__self__


class Store:
    """What the steps of a feed leave, and the state behind each."""

    def __init__(self):
        self.rows, self.state, self.states = {}, None, []

    def pull(self, service, reads=READS, stop_after=None, between=lambda: None):
        for number, step in enumerate(changes(service, reads, self.state, LOOKBACK), 1):
            for record in step.records:
                self.rows[record["id"]] = record.get("name")
            for removed in step.removed:
                self.rows.pop(removed, None)
            self.state = json.loads(json.dumps(step.state))
            self.states.append(self.state)
            between()
            if number == stop_after:
                break
        return self


def names(fake):
    return {key: row.get("name") for key, row in fake.sets["things"].rows.items()}


def test_the_first_pull_reads_all_and_the_next_only_what_changed(service, fake):
    changed(fake, "abc", name="old")
    store = Store().pull(service)
    fake.advance(60)
    changed(fake, "b", name="new")
    fake.requests.clear()
    store.pull(service)
    assert store.rows == names(fake)
    assert [set(asked) for _, asked, _ in fake.requests] == [{"$deltatoken"}]


def test_what_is_deleted_is_told(service, fake):
    changed(fake, "a")
    store = Store().pull(service)
    fake.delete("things", "a")
    assert store.pull(service).rows == {}


def test_what_was_made_and_deleted_between_two_pulls_is_no_harm(service, fake):
    store = Store().pull(service)
    changed(fake, "x")
    fake.delete("things", "x")
    assert store.pull(service).rows == {}


def test_a_change_of_a_page_that_was_read_already_is_not_lost(service, fake):
    """The link that comes with the last page stands for the time of that page only."""
    changed(fake, "abcde", name="old")
    turns = iter([lambda: fake.write("things", "a", name="new")] + [lambda: None] * 9)

    def between():
        fake.advance(1)
        next(turns)()

    store = Store().pull(service, between=between)
    assert store.rows["a"] == "new"


def test_so_it_is_where_changes_come_by_several_pages(service, fake):
    changed(fake, "abcde", name="old")
    store = Store().pull(service)
    fake.advance(3600)
    changed(fake, "abcde", name="newer")
    turns = iter([lambda: fake.write("things", "a", name="newest")] + [lambda: None] * 9)
    store.pull(service, between=lambda: next(turns)())
    assert store.rows == names(fake)


def test_a_read_that_dies_behind_any_page_goes_on_there(service, fake):
    changed(fake, "abcdefg", name="old")
    whole = len(Store().pull(service).states)
    store = Store()
    for _ in range(whole):
        store.pull(service, stop_after=1)
    assert store.rows == names(fake)
    assert not {"next", "window"} & set(store.state)


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_delta_link_that_has_expired_is_followed_by_a_read_of_all(service, fake, status):
    changed(fake, "abc", name="old")
    store = Store().pull(service)
    fake.advance(3600)
    changed(fake, "b", name="new")
    fake.forgets_links.append(status)
    fake.requests.clear()
    store.pull(service)
    assert store.rows == names(fake)
    assert "track-changes" in fake.requests[1][2]


def test_an_expired_link_to_a_page_goes_back_to_the_link_before_it(service, fake):
    changed(fake, "abcde", name="old")
    store = Store().pull(service)
    fake.advance(3600)
    changed(fake, "abcde", name="new")
    store.pull(service, stop_after=1)
    fake.forgets_links.append(410)
    fake.requests.clear()
    store.pull(service)
    assert store.rows == names(fake)
    assert not any("track-changes" in prefer for _, _, prefer in fake.requests)


def test_other_fields_than_before_are_read_of_all(service, fake):
    changed(fake, "abc", name="old")
    store = Store().pull(service, Reads("things", ("id",), stamp="at"))
    assert set(store.rows.values()) == {None}
    assert store.pull(service).rows == names(fake)


def test_a_set_that_is_not_tracked_any_more_is_an_error(service, fake):
    changed(fake, "a")
    fake.sets["things"].is_tracked = False
    with pytest.raises(Refused, match="change tracking is not enabled"):
        Store().pull(service)


def test_an_answer_without_a_link_to_changes_is_an_error(service, fake):
    changed(fake, "a")
    fake._delta_link = lambda path, asked: None
    with pytest.raises(SourceError, match="gives no link to the changes of things"):
        Store().pull(service)


def test_a_read_is_complete_up_to_when_it_began(service, fake):
    changed(fake, "abc")
    began = service.now()
    steps = list(changes(service, READS, None, LOOKBACK))
    assert [step.high for step in steps[:-1]] == [None] * (len(steps) - 1)
    assert steps[-1].high >= began
    fake.advance(60)
    (step,) = changes(service, READS, steps[-1].state, LOOKBACK)
    assert steps[-1].high <= step.high <= fake.now


def blind(service, state=None):
    return [step.is_blind for step in changes(service, READS, state, LOOKBACK)]


def test_a_read_that_may_have_missed_deletions_says_so_once(service, fake):
    changed(fake, "abc")
    assert blind(service) == [False, True, False, False]
    state = Store().pull(service).state
    assert blind(service, state) == [False]
    changed(fake, "abc")
    assert sum(blind(service, state)) == 1


def test_so_does_a_read_of_all_in_one_page_after_a_link_that_expired(service, fake):
    changed(fake, "a")
    state = Store().pull(service).state
    fake.forgets_links.append(410)
    assert blind(service, state) == [True]
