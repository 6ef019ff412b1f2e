import pytest

from bot.digests.condition import BadCondition, read_condition


@pytest.mark.parametrize("text", ["", "  ", "changed", " Changed "])
def test_always_and_changed_are_no_condition_on_a_figure(text):
    assert read_condition(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exposed above 0", "exposed above 0"),
        ("otif last week  below 95 %", "otif last week below 0.95"),
        ("lead-time borealis at least 40", "lead-time borealis at least 40"),
        ("customer Above & Below at most 3", "customer Above & Below at most 3"),
    ],
)
def test_a_condition_is_a_line_and_a_threshold(text, said):
    assert str(read_condition(text)) == said


@pytest.mark.parametrize("text", ["exposed", "above 0", "exposed above much", "exposed > 0", "if"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(BadCondition):
        read_condition(text)
