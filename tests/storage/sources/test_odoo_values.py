from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._odoo_values import (
    changed,
    day,
    link,
    links,
    moment,
    number,
    ref,
    shown,
    words,
)


@pytest.mark.parametrize(
    ("value", "id_", "name"),
    [([7, "Acme"], 7, "Acme"), (False, None, None), (7, 7, None), ([], None, None),
     (None, None, None), (True, None, None)],
)  # fmt: skip
def test_a_link_is_an_id_and_a_name_or_nothing(value, id_, name):
    assert (link(value), shown(value)) == (id_, name)
    assert ref(value) == (None if id_ is None else str(id_))


def test_false_is_null_and_zero_is_zero():
    assert (words(False), words("  "), words(" a ")) == (None, None, "a")
    assert (number(False), number(0), number(1.1)) == (None, Decimal(0), Decimal("1.1"))


def test_a_time_is_utc_and_a_day_is_a_day():
    assert moment("2026-03-29 23:30:00") == datetime(2026, 3, 29, 23, 30, tzinfo=UTC)
    assert moment("2026-03-29") == date(2026, 3, 29)
    assert moment(False) is None
    with pytest.raises(BadRow):
        moment("soon")


def test_the_day_of_a_time_is_that_of_the_site():
    berlin = ZoneInfo("Europe/Berlin")
    assert day("2026-03-29 23:30:00", berlin) == date(2026, 3, 30)
    assert day("2026-03-29", berlin) == date(2026, 3, 29)


def test_a_fact_is_as_new_as_the_newest_of_its_records():
    old, new = {"write_date": "2026-01-01 00:00:00"}, {"write_date": "2026-01-02 00:00:00"}
    assert changed(old, new, None) == datetime(2026, 1, 2, tzinfo=UTC)
    assert changed(None, {}) is None


@pytest.mark.parametrize(
    ("value", "ids"),
    [([4, 5], [4, 5]), ([], []), (False, []), ([7, "Acme"], [7]), (7, [7]), ([7], [7])],
)
def test_links_to_many_are_ids(value, ids):
    assert links(value) == ids
