from commands._velocity_words import (
    compared,
    faults,
    missing,
    moved_most,
    notes,
    summary,
    table,
    through,
)
from storage.metrics._stages import Stage
from storage.metrics.velocity import Velocity

NAMES = ("dock", "material stock", "production", "finished stock", "delivery")


def velocity(*days, sent=40, through_=((20, 1.0), (30, 1.0)), untold=0.0):
    stages = tuple(
        Stage(name, value, None if value is None else "dated", sent, 90, value, value)
        for name, value in zip(NAMES, days, strict=True)
    )
    return Velocity(stages, through_, sent, untold)


ALL, PART = velocity(1, 20, 4, 9, 2), velocity(None, 20, None, 9, None)


def test_the_whole_is_said_with_its_stages():
    assert summary("Coil", ALL) == (
        "**Coil takes 36 days** from the receipt of material to delivery: 1.0 at the dock, 20.0 in"
        " material stock, 4.0 in production, 9.0 in finished stock, 2.0 in delivery."
    )
    assert summary("Coil", PART).startswith("**Coil takes 29 days** in the stages that are told:")


def test_the_stage_that_moved_most_is_named_if_it_moved_enough():
    before = velocity(1, 14, 9.5, 9, 2)
    assert moved_most(ALL, before).name == "material stock"
    assert compared(ALL, before, "then") == (
        "Material stock moved most: ▲ slower by 6.0 days, 14.0 days then."
    )
    assert "▼ faster by 6.0 days" in compared(before, ALL, "then")
    assert moved_most(ALL, velocity(1, 18, 4, 9, 2)) is None
    assert compared(ALL, ALL, "then") == "● No stage moved much: 36 days in all then."
    nothing = velocity(*[None] * 5)
    assert compared(ALL, nothing, "then") == "Nothing is known then to compare with."


def test_how_fast_things_went_through():
    assert through(ALL, None) == (
        "Half of what was delivered had come as material at most 20 days before, 9 in 10 at most"
        " 30."
    )
    assert through(ALL, 25).startswith("50% of what was delivered had come as material at most 25")
    assert through(velocity(1, 2, 3, 4, 5, through_=()), 25) is None


def test_what_does_not_add_up_is_said_with_both_figures():
    stuck = Stage("production", 6, "dated", 90, 90, 6, 16, 16)
    gone = Stage("delivery", 6, "dated", 90, 90, 6, 3, 3)
    shelf = Stage("material stock", 12, "dated", 90, 90, 12, 40)
    said = faults(Velocity((stuck, gone, shelf), (), 0, None))
    assert said[0].startswith(
        "Check the data of production: 16 open on the average where their rate × mean time makes 6;"
        " some that are over may never have been closed"
    )
    assert "3 open on the average where their rate × mean time makes 6; some may have" in said[1]
    assert "what lies there lasts 40 days, what left had lain for 12" in said[2]


def test_what_is_not_told_says_what_it_needs():
    assert [text.split(" is n/a")[0] for text in missing(PART)] == [
        "Dock",
        "Production",
        "Delivery",
    ]
    told = [one.text for one in notes(velocity(1, 2, 3, 4, 5, untold=0.25))]
    assert told[0] == "Of 25% of what was sent it is not known when its material came."
    assert told[-1] == "Stock is taken to leave first in, first out."


def test_the_table_has_a_row_for_each_stage_and_the_sum_where_it_can_be_compared():
    found = table(ALL, velocity(1.01, 14, 4, 9, 2))
    assert str(found.rows[0][3]) == "0.0"
    assert found.rows[1] == ("Material stock", 20, 14, 6, 40, "dated movements")
    assert found.rows[-1] == ("In all", 36, 30, 6, None, "sum")
    assert found.bold == {1}
    part = table(PART, ALL)
    assert part.rows[0] == ("Dock", None, 1, None, None, "n/a")
    assert part.rows[-1][3] is None
