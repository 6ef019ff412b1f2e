"""The rows behind what came after deliveries."""

from tests.commands.dialogue import grant, say
from tests.commands.people import ago
from tests.commands.test_experience import served


def test_each_order_stands_there_with_what_its_customer_did(tmp_path):
    world = served(tmp_path, late=2, in_time=2, bad_late=1, bad_in_time=0)
    other = world.customer("Not in the CRM")
    world.sale(other, ago(40), promised=ago(20), shipped=ago(20))
    evidence = say(world, "experience", rows=True).evidence
    assert [one.name for one in evidence.columns][4:6] == ["Answers", "Bad answers"]
    rows = [row[1:] for row in evidence.rows]
    late, day = "more than 7 d late", ago(350).isoformat()
    assert rows == [
        ("C0", day, late, 1, 1, "no", "no", "counted"),
        ("C1", day, late, 1, 0, "yes", "no", "counted"),
        ("C2", day, "0 to 4 d early", 1, 0, "no", "no", "counted"),
        ("C3", day, "0 to 4 d early", 1, 0, "yes", "no", "counted"),
        ("Not in the CRM", ago(20).isoformat(), "0 to 4 d early", 0, 0, None, None,
         "left out: its 30 days after are not over"),
    ]  # fmt: skip
    assert all(row[0].startswith("S") for row in evidence.rows)


def test_nobody_gets_rows_that_are_not_asked_for(tmp_path):
    world = served(tmp_path, late=2, in_time=2, bad_late=1, bad_in_time=0)
    assert say(world, "experience").evidence is None
    hidden = say(world, "experience", rows=True, sees=grant("supply"))
    assert getattr(hidden, "evidence", None) is None
