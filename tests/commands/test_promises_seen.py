"""A promise's moves, against the ledger read by hand."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from commands._promises_seen import Moved
from storage.known.orders import Promise

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.lists(st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 3, 1))), min_size=1)


@given(DAYS)
def test_it_moved_as_often_as_one_entry_differs_from_the_one_before(days):
    ledger = tuple(Promise(BEGIN + timedelta(days=at), day) for at, day in enumerate(days))
    one = Moved(SimpleNamespace(promised_first=None, promised_on=days[-1]), ledger)
    steps = [at for at in range(1, len(days)) if days[at] != days[at - 1]]
    assert one.times == len(steps)
    known = [day for day in days if day]
    if days[-1]:
        assert one.days == (days[-1] - known[0]).days
    else:
        assert one.days is None
    if steps:
        assert one.last == BEGIN + timedelta(days=steps[-1])
