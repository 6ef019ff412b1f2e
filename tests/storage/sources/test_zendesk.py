from datetime import timedelta

import pytest

from storage.sources import SourceError, load
from storage.sources._rest import Refused
from storage.sources.zendesk import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import pulled as drain
from tests.storage.sources.conformance_steps import spec_of
from tests.storage.sources.fake_zendesk import FakeZendesk
from tests.storage.sources.zendesk_harness import TicketHarness, zendesk


@pytest.fixture
def opened():
    made = []
    yield made
    for http in made:
        http.close()


@pytest.fixture
def fake():
    return FakeZendesk()


class TestTickets(Conformance):
    @pytest.fixture
    def harness(self, fake, opened):
        return TicketHarness(fake, opened)


@pytest.fixture
def account(fake, opened):
    """Opens the source anew."""
    return lambda **settings: zendesk(fake, opened, **settings)


def ticket(fake, **values):
    return fake.create("tickets", {"subject": "Help", "status": "open", "organization_id": 5,
                                   "metric_set": {}, **values})  # fmt: skip


def rate(fake, number, score, **values):
    fake.ratings[number] = {
        "id": number, "score": score, "ticket_id": 95, "comment": "Thanks",
        "created_at": fake._stamp(), "updated_at": fake._stamp(), **values,
    }  # fmt: skip


def test_the_source_is_found_by_its_name():
    assert load()["zendesk"] is SOURCE


def test_nothing_is_asked_before_it_is_used(account, fake):
    assert [one.name for one in account(skip=("surveys",)).streams] == ["accounts", "tickets"]
    assert fake.requests == []
    with pytest.raises(SourceError, match="no stream 'ticket' to skip; near: tickets"):
        account(skip=("ticket",))


def test_a_check_names_what_is_not_for_us(account, fake):
    assert account().check().missing == ()
    fake.refused.add("incremental/tickets/cursor")
    (said,) = account().check().missing
    assert said.startswith("tickets: ours.zendesk.com: the key may not read this (403): exports")
    with pytest.raises(Refused, match=r"refuses the key .401.: renew it"):
        account(user="other@ours.example").check()


def test_a_check_names_a_field_of_ones_own_by_its_title(account, fake):
    fake.fields["ticket_fields"] = [{"id": 27642, "title": "Severity"}]
    assert account(fields={"ticket": {"priority": "27642"}}).check().missing == ()
    (said,) = account(fields={"ticket": {"priority": "27643"}}).check().missing
    assert said == "tickets: no field '27643'; near: Severity (27642)"


def test_a_field_of_ones_own_takes_the_place_of_the_standard_one(account, fake):
    ticket(fake, custom_fields=[{"id": 27642, "value": "S1"}])
    fake.advance(62)
    found = drain(account(fields={"ticket": {"priority": "27642"}}), "tickets").living("ticket")
    assert [row["priority"] for row in found.values()] == ["S1"]


def test_a_reply_time_that_is_counted_later_arrives_though_the_ticket_was_not_updated(
    account, fake
):
    number = ticket(fake)
    fake.advance(62)
    memory = drain(account(), "tickets")
    fake.recount(number, reply_time_in_minutes={"calendar": 3, "business": 3})
    fake.has_beside = True
    fake.advance(600)
    (row,) = drain(account(), "tickets", memory).living("ticket").values()
    assert row["first_response_at"] - row["opened_at"] == timedelta(minutes=3)


def test_the_exports_limit_of_ten_a_minute_is_waited_out(account, fake):
    for _ in range(25):
        ticket(fake)
    fake.advance(62)
    assert len(drain(account(page=2), "tickets").living("ticket")) == 25
    assert fake.slept == [60.0]


@pytest.mark.parametrize("kind", ["429", "429_edge"])
def test_a_refusal_that_does_not_say_for_how_long_is_waited_out_for_a_minute(account, fake, kind):
    fake.fail_next(kind)
    drain(account(), "tickets")
    assert fake.slept == [60.0]


def test_a_place_that_is_not_known_any_more_begins_an_hour_before_it(account, fake):
    first = ticket(fake)
    fake.advance(62)
    memory = drain(account(), "tickets")
    fake.advance(3 * 3600)
    second = ticket(fake)
    fake.advance(62)
    fake.forgets_places = True
    fake.requests.clear()
    drain(account(), "tickets", memory)
    assert set(memory.living("ticket")) == {str(first), str(second)}
    (since,) = [asked["start_time"] for _, asked in fake.requests if "start_time" in asked]
    assert int(since) > 0


def test_organizations_come_by_time_and_a_second_that_fills_pages_is_passed(account, fake):
    for number in range(7):
        fake.create("organizations", {"name": f"A{number}", "domain_names": []})
    fake.advance(1)
    fake.create("organizations", {"name": "B", "domain_names": ["b.example"]})
    fake.advance(62)
    memory = drain(account(page=2), "accounts")
    assert len(memory.living("account")) == 8
    gone = next(iter(fake.records["organizations"]))
    fake.change("organizations", gone, deleted_at=fake._stamp())
    fake.advance(600)
    assert len(drain(account(page=2), "accounts", memory).living("account")) == 7


def test_two_pulls_within_a_minute_find_nothing_new(account, fake):
    fake.create("organizations", {"name": "A", "domain_names": []})
    fake.advance(62)
    memory = drain(account(), "accounts")
    memory.state["parts"]["accounts"]["place"] = int(fake.now.timestamp())
    assert len(drain(account(), "accounts", memory).living("account")) == 1


def test_a_rating_has_the_organization_of_its_ticket(account, fake):
    ticket(fake)
    rate(fake, 1, "good")
    rate(fake, 2, "offered")
    rate(fake, 3, "bad", ticket_id=4711)
    fake.advance(5)
    found = drain(account(), "surveys").living("surveyresponse")
    assert {key: (row["score"], row["account_ref"]) for key, row in found.items()} == {
        "1": (5, "5"), "3": (1, None),
    }  # fmt: skip


def test_a_rating_that_was_offered_weeks_ago_arrives_when_it_is_given(account, fake):
    ticket(fake)
    rate(fake, 1, "offered")
    fake.advance(5)
    memory = drain(account(), "surveys")
    fake.advance(20 * 86_400)
    drain(account(), "surveys", memory)
    fake.ratings[1] |= {"score": "bad", "updated_at": fake._stamp()}
    fake.advance(5)
    (row,) = drain(account(), "surveys", memory).living("surveyresponse").values()
    assert row["score"] == 1


def test_ratings_and_organizations_are_swept_by_their_lists(account, fake):
    kept = fake.create("organizations", {"name": "A", "domain_names": []})
    fake.create("organizations", {"name": "B", "deleted_at": fake._stamp()})
    for number in range(150):
        rate(fake, number, "good")
    source = account()
    assert [ids for _, ids in source.ids(spec_of(source, "accounts"))] == [[str(kept)]]
    assert [len(ids) for _, ids in source.ids(spec_of(source, "surveys"))] == [100, 50]
