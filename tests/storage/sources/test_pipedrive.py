import pytest

from storage.sources import SourceError, load
from storage.sources._http import TryLater
from storage.sources.pipedrive import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.conformance_steps import pulled as drain
from tests.storage.sources.fake_pipedrive import FakePipedrive
from tests.storage.sources.pipedrive_harness import DealHarness, pipedrive

HASH = "dcf558aac1ae4e8c4f849ba5e668430d8df9be12"


@pytest.fixture
def opened():
    made = []
    yield made
    for http in made:
        http.close()


class TestDeals(Conformance):
    """With the tokens of an app, which run out and are exchanged."""

    @pytest.fixture
    def harness(self, opened, tmp_path):
        return DealHarness(FakePipedrive(is_app=True), opened, tmp_path)


@pytest.fixture
def fake():
    return FakePipedrive()


@pytest.fixture
def account(fake, opened, tmp_path):
    """Opens the source anew."""
    return lambda **settings: pipedrive(fake, opened, folder=str(tmp_path), **settings)


def test_the_source_is_found_by_its_name():
    assert load()["pipedrive"] is SOURCE


def test_nothing_is_asked_before_it_is_used(account, fake):
    assert [spec.name for spec in account(skip=("contacts",)).streams] == [
        "accounts", "deals", "activities",
    ]  # fmt: skip
    assert fake.requests == []
    with pytest.raises(SourceError, match="no stream 'deal' to skip; near: deals"):
        account(skip=("deal",))


def test_a_check_names_a_field_of_ones_own_by_its_label(account, fake):
    fake.fields["dealFields"] = [{"field_code": HASH, "field_name": "Kind of deal", "id": 1}]
    assert account(fields={"opportunity": {"kind": HASH}}).check().missing == ()
    (said,) = account(fields={"opportunity": {"kind": "Kind of deal"}}).check().missing
    assert said.startswith(f"deals: no field 'Kind of deal'; near: Kind of deal ({HASH})")


def test_a_check_names_what_is_not_for_us(account, fake):
    fake.refused.add("persons")
    (said,) = account().check().missing
    assert said.startswith("contacts: acme.pipedrive.com: the key may not read this (403)")


def test_a_field_of_ones_own_is_read_as_people_see_it(account, fake):
    fake.fields["dealFields"] = [{"field_code": HASH, "field_name": "Kind", "id": 1,
                                  "options": [{"id": 27, "label": "renewal"}]}]  # fmt: skip
    fake.create("deals", {"title": "A", "status": "open", "custom_fields": {HASH: 27}})
    fake.advance(2)
    (row,) = (
        drain(account(fields={"opportunity": {"kind": HASH}}), "deals")
        .living("opportunity")
        .values()
    )
    assert row["kind"] == "renewal"


def test_null_rows_are_no_records(account, fake):
    fake.nulls = 3
    fake.create("organizations", {"name": "Acme"})
    fake.advance(2)
    assert len(drain(account(), "accounts").living("account")) == 1


def test_a_deleted_deal_goes_with_the_next_pull_and_an_organization_with_the_sweep(account, fake):
    deal = fake.create("deals", {"title": "A", "status": "open"})
    gone, stays = (fake.create("organizations", {"name": name}) for name in "AB")
    fake.advance(2)
    deals, accounts = drain(account(), "deals"), drain(account(), "accounts")
    fake.delete("deals", deal)
    fake.delete("organizations", gone)
    fake.advance(600)
    assert drain(account(), "deals", deals).living("opportunity") == {}
    source = account()
    accounts.sweep(source, spec_of(source, "accounts"))
    assert set(accounts.living("account")) == {str(stays)}


def test_a_deal_that_was_archived_stays(account, fake):
    deal = fake.create("deals", {"title": "A", "status": "won"})
    fake.advance(2)
    memory = drain(account(), "deals")
    fake.change("deals", deal, is_archived=True, title="A, archived")
    fake.advance(600)
    (row,) = drain(account(), "deals", memory).living("opportunity").values()
    assert row["name"] == "A, archived"


def test_an_account_without_an_archive_has_deals_all_the_same(account, fake):
    fake.refused.add("deals/archived")
    fake.create("deals", {"title": "A", "status": "won"})
    fake.advance(2)
    source = account()
    memory = drain(source, "deals")
    assert len(memory.living("opportunity")) == 1
    assert [ids for _, ids in source.ids(spec_of(source, "deals"))] == [["95"]]


def test_a_planned_call_is_a_touch_once_it_is_done_and_no_more_when_that_is_taken_back(
    account, fake
):
    call = fake.create("activities", {"type": "call", "done": False, "due_date": "2026-02-01"})
    fake.advance(2)
    memory = drain(account(), "activities")
    for is_done in (False, True, False):
        fake.change("activities", call, done=is_done)
        fake.advance(600)
        drain(account(), "activities", memory)
        assert bool(memory.living("activity")) is is_done


def test_a_cursor_that_is_not_known_any_more_begins_the_window_anew(account, fake):
    for number in range(1_200):
        fake.create("organizations", {"name": f"A{number}"})
    fake.advance(2)
    memory = Memory()
    source = account()
    memory.apply(next(iter(source.pull(spec_of(source, "accounts"), None))))
    fake.forgets_places = True
    assert len(drain(account(), "accounts", memory).living("account")) == 1_200


def test_of_a_used_up_day_nothing_more_is_asked_until_midnight(account, fake):
    fake.fail_next("quota")
    with pytest.raises(TryLater, match="new ones after 2026-03-03 00:00 UTC") as error:
        drain(account(), "deals")
    assert error.value.after.total_seconds() == pytest.approx(15 * 3600, abs=2)


def test_a_burst_waits_as_long_as_the_window_lasts(account, fake):
    fake.fail_next("429")
    before = fake.now
    drain(account(), "deals")
    assert 2 <= (fake.now - before).total_seconds() < 3


def test_exchanged_refresh_tokens_are_kept_for_the_next_process(opened, tmp_path):
    fake = FakePipedrive(is_app=True)
    for _ in range(3):
        pipedrive(fake, opened, folder=str(tmp_path)).check()
    assert fake.refresh == "refresh-3"
    (tmp_path / "other").mkdir()
    with pytest.raises(SourceError, match="gives no token: invalid_grant"):
        pipedrive(fake, opened, folder=str(tmp_path / "other")).check()
