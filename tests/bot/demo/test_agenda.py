from datetime import UTC, datetime, timedelta

from bot.demo._agenda import Agenda

T0 = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_deeds_happen_in_order_of_time_and_then_as_they_were_planned():
    agenda, seen = Agenda(), []
    for name, hours in (("late", 3), ("first", 1), ("second", 1), ("never", 9)):
        agenda.at(T0 + hours * HOUR, "x", lambda at, name=name: seen.append((name, at)))
    assert agenda.run_to(T0 + 4 * HOUR) == 3
    assert seen == [("first", T0 + HOUR), ("second", T0 + HOUR), ("late", T0 + 3 * HOUR)]


def test_a_deed_may_plan_others_that_are_due_at_once():
    agenda, seen = Agenda(), []
    agenda.at(T0, "x", lambda at: agenda.at(at + HOUR, "x", seen.append))
    assert agenda.run_to(T0 + HOUR) == 2
    assert seen == [T0 + HOUR]


def test_the_next_near_deed_of_a_kind_can_happen_early():
    agenda, seen = Agenda(), []
    agenda.at(T0 + HOUR, "other", seen.append)
    agenda.at(T0 + 3 * HOUR, "ship", seen.append)
    assert not agenda.bring_forward(T0, {"ship"}, 2 * HOUR)
    assert agenda.bring_forward(T0, {"ship"}, 4 * HOUR)
    assert seen == [T0]
    assert agenda.run_to(T0 + 9 * HOUR) == 1
