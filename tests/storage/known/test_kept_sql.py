import pytest
from sqlalchemy import text

from storage.known._kept_sql import (
    DAYS_OF_LINE,
    DAYS_OF_MOVE,
    ITEMS,
    LINE,
    MOVE,
    NAMES_OF_LINE,
    PARTIES,
    PLACES,
    PROMISES,
    PURCHASES,
    SALES,
    TEXTS_OF_LINE,
    TEXTS_OF_MOVE,
)


@pytest.mark.parametrize("side", [PURCHASES, SALES])
def test_every_query_gives_the_columns_that_are_read_of_it(store, side):
    # beside these the source, and the shipment that is an observation of its own
    line = len({*LINE, *DAYS_OF_LINE, *TEXTS_OF_LINE, *NAMES_OF_LINE}) + 2
    wanted = {
        side.lines: line,
        side.moves: len({*MOVE, *DAYS_OF_MOVE, *TEXTS_OF_MOVE}),
        PROMISES.replace("{line}", side.line): 4,
        PARTIES: 5, ITEMS: 5, PLACES: 4,
    }  # fmt: skip
    with store.reader() as session:
        for query, columns in wanted.items():
            found = session.execute(text(query.format(which="1 = 1")))
            assert len(found.keys()) == columns
            assert not found.all()
