from bot.demo._cast import QUIET, SLOWING, SUPPLIERS, customers


def test_the_two_with_a_story_are_there():
    assert SLOWING in {one.name for one in SUPPLIERS}
    assert [one.quiet_for for one in customers() if one.name == QUIET] == [66.0]


def test_names_and_domains_are_unique():
    everyone = customers()
    assert len({one.name for one in everyone}) == len({one.domain for one in everyone}) == 40
    items = [item for one in SUPPLIERS for item in one.items]
    assert len(set(items)) == len(items)


def test_fewer_have_left_than_would_give_percentages():
    assert 0 < sum(one.quiet_for is not None for one in customers()) < 50


def test_every_domain_is_one_that_nobody_can_own():
    assert all(one.domain.endswith(".example") for one in customers())
