from datetime import date, timedelta

from storage.known.rates import Amount
from storage.metrics.days_of_cover import covers
from storage.metrics.obsolescence import obsolete
from tests.storage.metrics.stock_facts import stock, use

TODAY = date(2026, 3, 31)


def ago(days):
    return TODAY - timedelta(days)


def found(last_days, known_from=None, used=(), **more):
    covered = covers([stock(value=70, **{"on_hand": 7, **more})], used, {}, TODAY)
    key = ("erp", "bolt")
    return [
        (one.why, one.worth)
        for one in obsolete(
            covered, {key: last_days} if last_days else {},
            {key: known_from} if known_from else {},
        )
    ]  # fmt: skip


WORTH = (Amount(70, "EUR", TODAY),)


def test_what_did_not_move_for_half_a_year_is_old():
    assert found(ago(181)) == [("still", WORTH)]
    assert found(ago(180)) == []


def test_what_lasts_longer_than_a_year_is_old():
    used = [use(ago(10), 90)]
    assert found(ago(10), used=used, on_hand=366) == [("long", WORTH)]
    assert found(ago(10), used=used, on_hand=365) == []


def test_what_never_moved_is_old_only_where_moves_are_kept_for_long_enough():
    assert found(None) == []
    assert found(None, known_from=ago(20)) == []
    assert found(None, known_from=ago(200)) == [("still", WORTH)]


def test_where_nothing_lies_nothing_is_old():
    assert found(ago(400), on_hand=0) == []
