"""How many customers are linked."""

from storage.known.profiles import Profile
from storage.metrics.match_coverage import coverage


def profile(in_erp, in_crm):
    return Profile(("erp", "1"), "Acme", None, None, None, (), in_erp, in_crm)


def test_it_is_of_those_that_the_erp_knows():
    found = coverage([profile(True, True), profile(True, False), profile(True, False),
                      profile(False, True)])  # fmt: skip
    assert (found.both, found.erp_only, found.crm_only, found.value) == (1, 2, 1, 1 / 3)
    assert coverage([profile(False, True)]).value is None
