"""Delighted against a project whose pages are numbered."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.sources.delighted import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import Memory
from tests.storage.sources.fake_delighted import FakeDelighted
from tests.storage.sources.rest_harness import RestHarness, opened


class Harness(RestHarness):
    stream, table, page_rows = "survey_responses", "surveyresponse", 100

    def __init__(self):
        super().__init__(SOURCE, FakeDelighted())
        self.broken = {"score": "high"}

    def new(self, id_):
        at = int(self.now().timestamp())
        return {"id": id_, "person": "P1", "survey_type": "nps", "score": 3, "comment": "so",
                "created_at": at, "updated_at": at, "person_properties": {}}  # fmt: skip

    def changed(self, old):
        at = int(self.now().timestamp())
        return {**old, "updated_at": at, "comment": old["comment"] + "x"}

    def fact(self, record):
        return record["id"], {"comment": record["comment"], "score": Decimal(3), "scale": 10}


class TestResponses(Conformance):
    @pytest.fixture
    def harness(self):
        return Harness()


def answers(fake, **settings):
    source, memory = opened(SOURCE, fake, **settings), Memory()
    for page in source.pull(source.streams[0], None):
        memory.apply(page)
    return memory


@pytest.fixture
def fake():
    return FakeDelighted()


def put(fake, id_="1", **more):
    at = int(datetime(2026, 3, 28, 23, 30, tzinfo=UTC).timestamp())
    made = {"id": id_, "person": "P1", "survey_type": "nps", "score": 9, "comment": None,
            "created_at": at, "updated_at": at, "person_properties": {"company": "C7"}}  # fmt: skip
    fake.put(id_, {**made, **more})


def test_an_answer_has_its_score_day_and_scale(fake):
    put(fake, comment=" fine ")
    (row,) = answers(fake, zone="Europe/Berlin").living("surveyresponse").values()
    assert (row["kind"], row["score"], row["scale"], row["comment"]) == ("nps", 9, 10, "fine")
    assert (row["responded_on"], row["account_ref"]) == (date(2026, 3, 29), "P1")


@pytest.mark.parametrize(
    ("said", "kind", "scale"),
    [("csat", "csat", 5), ("csat3", "csat", 3), ("ces", "ces", 5), ("ces7", "ces", 7)],
)
def test_a_kind_of_survey_has_its_own_scale(fake, said, kind, scale):
    put(fake, survey_type=said)
    (row,) = answers(fake).living("surveyresponse").values()
    assert (row["kind"], row["scale"]) == (kind, scale)


@pytest.mark.parametrize("said", ["enps", "pmf", "thumbs"])
def test_a_survey_that_is_not_of_customers_is_passed_over(fake, said):
    put(fake, survey_type=said)
    memory = answers(fake)
    assert (memory.living("surveyresponse"), memory.rejected) == ({}, set())


@pytest.mark.parametrize("at", ["soon", -1, True, 10**12, 1.5, None])
def test_a_time_that_is_none_is_refused(fake, at):
    put(fake, created_at=at)
    assert answers(fake).rejected == {"1"}


def test_the_company_may_be_a_property_of_the_person(fake):
    put(fake)
    own = {"surveyresponse": {"account_ref": "person_properties.company"}}
    assert answers(fake, fields=own).living("surveyresponse")["1"]["account_ref"] == "C7"
    assert opened(SOURCE, fake, fields=own).check().missing == ()
    wrong = {"surveyresponse": {"account_ref": "personproperties.company"}}
    assert "person_properties" in opened(SOURCE, fake, fields=wrong).check().missing[0]
