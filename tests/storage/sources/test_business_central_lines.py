import json

from storage.sources._business_central_lines import Open, matched

LINES = [
    {"id": "l1", "sequence": 10000, "lineObjectNumber": "A", "quantity": 10},
    {"id": "l2", "sequence": 20000, "lineObjectNumber": "B", "quantity": 5},
    {"id": "l3", "sequence": 30000, "lineObjectNumber": "A", "quantity": 4},
]


def line(id_, sequence, item, qty):
    return {"id": id_, "sequence": sequence, "lineObjectNumber": item, "quantity": qty}


def refs(lines, order="P1", known=None, posted=None):
    """What the lines of one document are for, and what they undo."""
    documents = [{"orderNumber": order, "lines": lines}]
    (found,) = matched(documents, "lines", known or {}, posted or {})
    return {one["id"]: (one["line_ref"], one["reversal_of"]) for one in found["lines"]}


def test_a_posted_line_is_for_the_line_of_its_order_with_its_number():
    assert refs([line("r1", 20000, "B", 5)], known={"P1": LINES}) == {"r1": ("P1/20000", None)}


def test_so_it_is_where_the_order_left_the_list_by_being_posted():
    assert refs([line("r1", 20000, "B", 5)]) == {"r1": ("P1/20000", None)}


def test_what_was_received_without_an_order_is_for_none():
    assert refs([line("r1", 10000, "A", 5)], order=None) == {"r1": (None, None)}
    assert refs([line("r1", 10000, "A", 5)], order="") == {"r1": (None, None)}


def test_goods_whose_number_is_that_of_another_item_go_to_the_first_line_of_theirs():
    stray = line("r1", 20000, "A", 3)
    assert refs([stray], known={"P1": LINES}, posted={"P1": [stray]}) == {"r1": ("P1/10000", None)}


def test_the_first_line_of_an_item_is_filled_before_the_second():
    before = [line("r0", 10000, "A", 6), line("r1", 99, "A", 4)]
    stray = line("r2", 98, "A", 2)
    found = refs([stray], known={"P1": LINES}, posted={"P1": [*before, stray]})
    assert found == {"r2": ("P1/30000", None)}


def test_what_is_more_than_all_lines_take_goes_to_the_last():
    some = [line(f"r{number}", 90 + number, "A", 14) for number in range(2)]
    found = refs(some, known={"P1": LINES}, posted={"P1": some})
    assert found["r1"] == ("P1/30000", None)


def test_goods_that_no_line_of_the_order_holds_keep_their_number():
    stray = line("r1", 40000, "C", 1)
    assert refs([stray], known={"P1": LINES}, posted={"P1": [stray]}) == {"r1": ("P1/40000", None)}


def test_a_line_that_takes_another_back_says_which_and_is_for_the_same():
    lines = [line("r1", 10000, "A", 6), line("r2", 15000, "A", -6)]
    assert refs(lines)["r2"] == ("P1/10000", "r1")
    assert refs(lines, known={"P1": LINES}, posted={"P1": lines})["r2"] == ("P1/10000", "r1")


def test_a_negative_line_that_takes_nothing_back_is_a_return_of_its_own():
    assert refs([line("r1", 10000, "A", -6)]) == {"r1": ("P1/10000", None)}


def turned(state):
    return Open.of(json.loads(json.dumps(state)))


def test_a_line_that_its_order_has_no_more_is_gone():
    known = Open()
    assert known.met("P1", [10000, 20000]) == []
    known = turned(known.state(is_over=True))
    assert known.met("P1", [20000, 30000]) == ["P1/10000"]


def test_lines_of_an_order_that_left_the_list_are_not_gone():
    known = Open()
    known.met("P1", [10000])
    known.met("P2", [10000])
    known = turned(known.state(is_over=True))
    assert known.met("P2", [10000]) == []
    assert turned(known.state(is_over=True)).before == {"P2": [10000]}


def test_a_read_that_died_misses_no_line_that_was_deleted_before_or_behind_its_place():
    known = Open()
    for order in ("P1", "P2"):
        known.met(order, [10000, 20000])
    known = turned(known.state(is_over=True))
    known.met("P1", [10000, 20000])
    known = turned(known.state(is_over=False))
    assert known.met("P1", [20000]) == ["P1/10000"]  # the window began again
    assert known.met("P2", [10000]) == ["P2/20000"]


def test_a_state_from_before_this_was_kept_knows_of_no_lines():
    assert Open.of(None) == Open.of({"v": 1}) == Open()
