import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.known import _kept_rows
from storage.known._kept_rows import Codes, Rows, codes, joined, ordinals

KINDS = {"id": np.int64, "value": np.int32}
PARTS = st.lists(st.dictionaries(st.integers(1, 40), st.integers(0, 9), max_size=8), max_size=6)


def rows(known):
    columns = {"id": np.array(list(known), np.int64), "value": np.array(list(known.values()), int)}
    return joined([columns], KINDS)


def told(some):
    return dict(zip(some["id"].tolist(), some["value"].tolist(), strict=True))


@given(PARTS, st.booleans())
def test_rows_are_put_in_place_by_id_and_what_was_there_before_stays_as_it_was(parts, is_sparse):
    by = 10**9 if is_sparse else 1
    found, known, before = rows({}), {}, []
    for part in parts:
        more = {key * by: value for key, value in part.items()}
        before.append((found, dict(known)))
        found = found.put(rows(more))
        known |= more
        assert told(found) == known
        assert found.ids.tolist() == sorted(known)
        wanted = np.array([key * by for key in range(-1, 42)])
        places = found.places(wanted)
        assert [found.ids[at] if at >= 0 else None for at in places] == [
            key if key in known else None for key in wanted.tolist()
        ]
    for old, then in before:
        assert told(old) == then


def test_two_that_grow_from_one_do_not_write_over_each_other():
    one = rows({1: 1}).put(rows({2: 2}))
    this, that = one.put(rows({3: 3})), one.put(rows({3: 30, 4: 40}))
    assert told(one) == {1: 1, 2: 2}
    assert (told(this)[3], told(that)[3]) == (3, 30)


def test_rows_of_several_parts_stand_by_their_ids():
    parts = [{"id": np.array([3, 4]), "value": np.array([30, 40])},
             {"id": np.array([1]), "value": np.array([10])}]  # fmt: skip
    assert list(told(joined(parts, KINDS)).items()) == [(1, 10), (3, 30), (4, 40)]
    assert len(joined([], KINDS)) == 0
    assert isinstance(joined([], KINDS), Rows)


def test_things_get_numbers_as_they_are_met_and_nothing_has_none():
    known = Codes()
    assert codes(known, ["DE", "", None, "SE", "DE"]).tolist() == [0, -1, -1, 1, 0]
    pairs = Codes()
    assert codes(pairs, ["a", "a", "b"], ["1", None, ""]).tolist() == [0, -1, -1]
    assert (known.known, pairs.known) == (["DE", "SE"], [("a", "1")])


def test_days_are_ordinals_and_0_where_there_is_none():
    assert ordinals(["0001-01-02", ""]).tolist() == [2, 0]
    with pytest.raises(ValueError, match="Invalid isoformat"):
        ordinals(["yesterday"])


def test_who_asks_for_places_while_they_are_being_numbered_gets_them(monkeypatch):
    found, meanwhile = rows({1: 10, 2: 20}), []

    class Slow:
        def __getattr__(self, name):
            return getattr(np, name)

        def arange(self, *args, **kinds):
            monkeypatch.setattr(_kept_rows, "np", np)
            meanwhile.extend(found.places(np.array([2, 3])).tolist())
            return np.arange(*args, **kinds)

    monkeypatch.setattr(_kept_rows, "np", Slow())
    assert found.places(np.array([1, 2])).tolist() == [0, 1]
    assert meanwhile == [1, -1]
