"""Which names may be one company."""

import re
import time

import pytest

from storage.link_candidates import candidates, linked, plain, plain_address, rejected
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


def test_a_like_address_finds_companies_whose_names_differ_more(world):
    world.customer("Norde Handel", address="Hauptstraße 12, 10115 Berlin")
    world.customer("Norde Handel", address="Am Markt 1, 20095 Hamburg")
    world.account("Nordee Handelshaus", address="Hauptstr. 12, 10115 BERLIN")
    with world.reader() as session:
        [one] = candidates(session)
    assert one.evidence == ("same address",)
    assert 80 <= one.score < 100


def test_an_address_alone_makes_no_pair_and_another_address_parts_none(world):
    world.customer("Alpha", address="Mill Road 1, Leeds")
    world.account("Quux", address="Mill Rd 1, Leeds")
    world.customer("Bergen Interiors", address="Old Place 1, Bergen")
    world.account("Bergen Interiors AS", address="New Place 99, Oslo")
    assert found(world) == [("Bergen Interiors", "Bergen Interiors AS")]


def test_an_address_that_is_nearly_the_same_says_how_nearly(world):
    world.customer("Acme Foods", address="12 Mill Road, Leeds LS1")
    world.account("Acme Food", address="12 Mill Rd, Leeds")
    with world.reader() as session:
        [one] = candidates(session)
    assert re.fullmatch(r"addresses 9\d of 100 alike|addresses 8\d of 100 alike", one.evidence[0])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Hauptstraße 12,  10115 Berlin", "hauptstrasse 12 10115 berlin"),
        ("HAUPTSTR. 12 10115 Berlin", "hauptstrasse 12 10115 berlin"),
        ("5 Baker Street", "5 baker st"),
        ("", ""),
    ],
)
def test_addresses_are_compared_in_one_way_of_writing(address, expected):
    assert plain_address(address) == expected


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
    begin = time.process_time()  # others may be at work on this machine
    assert len(found(world)) == 10_000
    assert time.process_time() - begin < 10
