"""No two parts of Leadline listen to the same click."""

from itertools import combinations

from bot.features import FEATURES, pages
from commands import load


def names(kind):
    return [name for one in FEATURES for name in getattr(one, kind)]


def test_no_two_listen_to_the_same_word():
    clicks = [*names("opens"), *names("acts"), *names("changes")]
    for group in (clicks, names("sends"), names("pages")):
        assert not [pair for pair in combinations(group, 2) if pair[0] == pair[1]]
        assert all(":" not in one for one in group)


def test_a_page_is_a_command_so_that_help_knows_it():
    assert set(pages()) <= set(load())
