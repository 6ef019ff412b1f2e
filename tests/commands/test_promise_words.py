from datetime import UTC, date, datetime

import pytest

from commands._promise_words import moved
from storage.known.orders import Promise

SEEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], None),
        ([1], None),
        ([1, 1], None),
        ([1, 4], "the promise slipped once (+3 d)"),
        ([1, 4, None, 12], "the promise slipped 2 times (+11 d)"),
        ([9, 4], "the promise came forward once (-5 d)"),
        ([1, 9, 4], "the promise moved 2 times (+3 d in all)"),
    ],
)
def test_what_became_of_a_promise(days, said):
    ledger = [Promise(SEEN, one and date(2026, 3, one)) for one in days]
    assert moved(ledger) == said
