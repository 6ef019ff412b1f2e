"""Which names may be one company."""

import time

import pytest

from storage.link_candidates import candidates, linked, plain, rejected
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def found(world):
    with world.reader() as session:
        return [(one.party_name, one.account_name) for one in candidates(session)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Müller & Söhne GmbH", "muller and sohne"),
        ("Acme Inc.", "acme"),
        ("ACME S.A.", "acme"),
        ("Atlas Office SAS", "atlas office"),
        ("GmbH", "gmbh"),
        ("O'Brien Ltd", "obrien"),
        ("", ""),
    ],
)
def test_names_are_compared_without_their_form(name, expected):
    assert plain(name) == expected


def test_like_names_are_candidates_and_others_are_not(world):
    for name in ("Bergen Interiors", "Copper & Oak", "Delta", "Same"):
        world.customer(name)
    for name in ("Bergen Interiors AS", "Copper and Oak Ltd.", "Echo", "Same"):
        world.account(name)
    assert found(world) == [
        ("Bergen Interiors", "Bergen Interiors AS"), ("Copper & Oak", "Copper and Oak Ltd."),
    ]  # fmt: skip
    with world.reader() as session:
        assert [one.party_name for one in linked(session)] == ["Same"]


def test_of_two_alike_the_one_that_agrees_more_is_proposed(world):
    world.customer("Acme", country="AT", source_id="1")
    world.customer("Acme", country="DE", source_id="2")
    world.account("Acme Inc", country="DE")
    with world.reader() as session:
        (one,) = candidates(session)
    assert (one.party[1], one.evidence) == ("2", ("same country",))
    assert len(one.code) == 6


def test_a_rejected_pair_is_never_proposed_again(world):
    acme, account = world.customer("Acme Foods"), world.account("Acme Food")
    world.link(acme, account, is_rejected=True)
    assert found(world) == []
    with world.reader() as session:
        assert len(rejected(session)) == 1


@pytest.mark.slow
def test_ten_thousand_names_on_each_side_take_seconds(world):
    for number in range(10_000):
        world.customer(f"Company {number} Trading GmbH")
        world.account(f"Company {number} Tradings Ltd")
    assert world.store
    begin = time.monotonic()
    assert len(found(world)) == 10_000
    assert time.monotonic() - begin < 10
