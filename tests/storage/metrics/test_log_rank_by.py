"""Log-rank tests of many groups at once against that of each pair."""

from storage.metrics import _durations, _durations_by, _log_rank_by
from storage.metrics._log_rank import log_rank
from storage.metrics._log_rank_by import log_rank_by
from tests.storage.metrics.many_spans import TODAY, ago, drawn, ordinal


def both(seed):
    spans, each = drawn(seed)
    since = ordinal(ago(90))
    found = log_rank_by(
        _durations_by.under_way(spans, ordinal(TODAY), since),
        _durations_by.under_way(_durations_by.before(spans, since), since - 1, since - 365),
        len(each),
    )
    return found, each


def test_every_test_is_exactly_the_one_of_its_two_groups():
    tested = 0
    for seed in range(80):
        found, each = both(seed)
        for one, its in zip(found, each, strict=True):
            then = _durations.before(its, ago(90))
            now = _durations.under_way(its, TODAY, ago(90))
            expected = log_rank(now, _durations.under_way(then, ago(91), ago(455)))
            assert one == expected, seed
            tested += expected is not None
    assert tested > 80


def test_terms_of_more_groups_than_are_added_up_at_once_make_the_same_sums(monkeypatch):
    once = [both(seed)[0] for seed in range(20)]
    monkeypatch.setattr(_log_rank_by, "AT_ONCE", 5)
    assert [both(seed)[0] for seed in range(20)] == once
