from bot.demo._dialogs import Dialogs
from tests.bot.demo.small_slack import field, modal


def told(*_, **__):
    """Nobody looks."""


def texts(value):
    return {"a": {"type": "plain_text_input", "value": value}}


def test_what_was_entered_stays_where_the_same_field_is_there_again():
    made = Dialogs(told)
    view = made.open("U1", modal(field("x"), field("y")))
    made.enter(view["id"], {"x": texts("typed"), "y": texts("too")})
    made.change(view["id"], modal(field("x", initial_value="other"), field("z", initial_value="i")))
    assert made.enter(view["id"], {}) == {"x": texts("typed"), "z": texts("i")}


def test_a_field_of_another_kind_begins_anew():
    made = Dialogs(told)
    view = made.open("U1", modal(field("x")))
    made.enter(view["id"], {"x": texts("typed")})
    made.change(view["id"], modal(field("x", "number_input", is_decimal_allowed=True)))
    assert made.enter(view["id"], {})["x"]["a"] == {"type": "number_input", "value": None}


def test_a_field_whose_block_has_no_name_begins_anew_as_in_slack():
    made = Dialogs(told)
    view = made.open("U1", modal(field("")))
    [block] = view["blocks"]
    made.enter(view["id"], {block["block_id"]: texts("typed")})
    [again] = made.change(view["id"], modal(field("")))["blocks"]
    assert made.enter(view["id"], {})[again["block_id"]] == texts(None)


def test_closing_a_view_shows_the_one_below_with_what_was_entered_there():
    made = Dialogs(told)
    below = made.open("U1", modal(field("x")))
    made.enter(below["id"], {"x": texts("typed")})
    above = made.push("U1", modal(field("x")))
    assert [one["id"] for one, _ in made.close("U1", above["id"])] == [above["id"]]
    assert made.stack("U1") == [below]
    assert made.enter(below["id"], {}) == {"x": texts("typed")}


def test_all_views_are_closed_at_once_the_last_one_first():
    made = Dialogs(told)
    below = made.open("U1", modal())
    above = made.push("U1", modal())
    gone = made.close("U1", above["id"], is_all=True)
    assert [one["id"] for one, _ in gone] == [above["id"], below["id"]]
    assert (made.stack("U1"), made.views) == ([], {})


def test_a_dialog_takes_the_place_of_one_that_was_open_and_of_nobody_elses():
    made = Dialogs(told)
    first, other = made.open("U1", modal()), made.open("U2", modal())
    second = made.open("U1", modal())
    assert set(made.views) == {other["id"], second["id"]}
    assert first["id"] not in made.views


def test_a_view_that_is_gone_is_closed_without_a_word():
    made = Dialogs(told)
    assert made.close("U1", "V0") == []


def test_what_a_person_sees_and_what_was_closed_is_told():
    seen = []
    made = Dialogs(lambda kind, user, **more: seen.append((kind, user, *more)))
    view = made.open("U1", modal())
    made.change(view["id"], modal())
    made.close("U1", view["id"])
    assert seen == [("view", "U1", "view")] * 2 + [("closed", "U1", "view_id")]
