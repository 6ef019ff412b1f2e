from bot.demo._cast import (
    AWAITED,
    BUYERS,
    CONTRACTS,
    DETRACTOR,
    QUIET,
    SELLERS,
    SLOWING,
    SUPPLIERS,
    customers,
)


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


def test_those_of_the_story_are_customers_whose_contract_ends_soon():
    everyone = {one.name for one in customers()}
    assert set(AWAITED) <= set(CONTRACTS) <= everyone
    assert DETRACTOR in AWAITED
    for name in AWAITED:
        assert 0 < CONTRACTS[name].renews_in - CONTRACTS[name].notice < 60


def test_people_are_named_once_and_everyone_has_someone_who_sells_to_them():
    people = [*SELLERS, *BUYERS]
    assert len({one.login for one in people}) == len({one.name for one in people}) == 5
    assert {one.seller for one in customers()} == set(SELLERS)
    assert all(one.email.endswith("@works.example") for one in people)
