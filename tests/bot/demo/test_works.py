from statistics import median

from tests.bot.demo.small_works import DAY, T0, of, small_works


def test_a_time_after_another_is_about_so_many_days_later():
    works = small_works()
    waits = [(works.after(T0, 30, 0.2) - T0) / DAY for _ in range(400)]
    assert abs(median(waits) - 30) < 1.5
    assert min(waits) > 0


def test_days_are_counted_back_from_the_start_of_the_demo():
    works = small_works(opened_at=T0)
    assert works.days_ago(3) == T0 - 3 * DAY


def test_transfers_are_numbered_by_kind():
    works = small_works()
    for kind in ("IN", "IN", "OUT"):
        works.picking(kind, "incoming", T0, T0)
    assert of(works, "stock.picking", "name") == [
        ("WH/IN/00001",), ("WH/IN/00002",), ("WH/OUT/00001",),
    ]  # fmt: skip
