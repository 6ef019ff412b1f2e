"""The first rows of a source, as they would be stored."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.sampled import as_table, sampled
from storage.sources import Page, Rejected, StreamSpec

TOKYO = ZoneInfo("Asia/Tokyo")


class Toy:
    """Streams with the pages that they give; `asked` counts what was taken of each."""

    def __init__(self, **pages):
        self.pages, self.asked = pages, dict.fromkeys(pages, 0)
        self.streams = [StreamSpec(name, ("party",)) for name in pages]

    def pull(self, stream, state):
        for page in self.pages[stream.name]:
            self.asked[stream.name] += 1
            yield page


def page(count, **more):
    rows = [{"source_id": str(one), "name": f"N{one}"} for one in range(count)]
    return Page({"party": rows}, {}, received=count, **more)


def test_five_rows_of_the_first_two_streams_that_have_any_are_shown():
    toy = Toy(none=[page(0)], one=[page(9), page(9)], two=[page(2)], three=[page(1)])
    first, second = sampled(toy, TOKYO)
    assert first.splitlines()[0] == "one:"
    assert len(first.splitlines()) == 2 + 5
    assert second.splitlines()[0] == "two:"
    assert toy.asked == {"none": 1, "one": 1, "two": 1, "three": 0}


def test_a_source_without_rows_says_so():
    assert list(sampled(Toy(none=[page(0)]), TOKYO)) == ["It has nothing yet that could be shown."]


def test_what_was_refused_is_counted_with_the_first_reason():
    bad = [Rejected("7", "no \x1b[31mname", {}), Rejected("8", "no name", {})]
    lines = list(sampled(Toy(one=[page(1, rejected=bad)]), TOKYO))
    assert lines[1] == "one: 2 can't be believed, the first is 7: no [31mname"


def test_a_table_shows_what_is_filled_in_the_source_s_own_zone():
    rows = [
        {"source_id": "1", "source_updated_at": datetime(2026, 1, 1, tzinfo=UTC), "empty": None,
         "ordered_at": datetime(2026, 1, 1, 20, tzinfo=UTC), "ordered_on": date(2026, 1, 2),
         "seen_at": datetime(2026, 1, 1, 20, tzinfo=UTC), "qty": Decimal("100.000000"),
         "name": "a\x07b\nc"},
    ]  # fmt: skip
    head, row = as_table(rows, TOKYO).splitlines()
    assert head.split() == ["source_id", "ordered_on", "seen_at", "qty", "name"]
    assert row.split() == ["1", "2026-01-02", "2026-01-02", "05:00", "100", "ab", "c"]
