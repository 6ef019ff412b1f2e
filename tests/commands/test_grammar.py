import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import Ask, Grant, Notice
from commands._grammar import Query, clean, nearest, read, shorten
from tests.commands.dialogue import BERLIN, NOW, grant
from tests.storage.world import World

KINDS = ("supplier", "item", "customer", "account")
BY = ("supplier", "item", "category")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.supplier("Borealis Steel")
    world.supplier("Borealis Glass")
    world.supplier("Acme GmbH & Co. KG")
    world.item("Coil 2 mm")
    nordwind = world.customer("Nordwind Retail", domain="nordwind.example")
    world.link(nordwind, world.account("Nordwind Retail GmbH", domain="nordwind.example"))
    return world


def query(world, line, sees=None):
    ask = Ask(line, NOW, BERLIN, sees or Grant.everything())
    with world.reader() as session:
        return read(session, ask, line.split(), command="x", kinds=KINDS, by=BY)


@pytest.mark.parametrize(
    ("line", "names", "by", "label"),
    [
        ("", [], None, "last 90 days"),
        ("borealis steel", ["Borealis Steel"], None, "last 90 days"),
        ("by items", [], "item", "last 90 days"),
        ("by categories", [], "category", "last 90 days"),
        ("acme gmbh last 30 days", ["Acme GmbH & Co. KG"], None, "last 30 days"),
        ("acme coil", ["Acme GmbH & Co. KG", "Coil 2 mm"], None, "last 90 days"),
        ("acme vs prior", ["Acme GmbH & Co. KG"], None, "last 90 days"),
        ("nordwind", ["Nordwind Retail", "Nordwind Retail GmbH"], None, "last 90 days"),
    ],
)
def test_words_become_a_query(world, line, names, by, label):
    found = query(world, line)
    assert isinstance(found, Query)
    assert [one.name for one in found.named] == names
    assert (found.by, found.window.label) == (by, label)


def test_a_name_that_two_bear_is_a_choice(world):
    found = query(world, "borealis")
    assert isinstance(found, Notice)
    assert {one.label for one in found.choices} >= {"Borealis Steel", "Borealis Glass"}


def test_only_names_that_the_asker_may_see_are_looked_at(world):
    withheld = query(world, "borealis steel", grant("customers"))
    invented = query(world, "borealis stool", grant("customers"))
    assert isinstance(withheld, Notice)
    assert withheld.choices == invented.choices
    assert withheld.text == invented.text


@given(st.text(max_size=200))
def test_a_clean_line_is_one_line_without_hidden_characters(text):
    made = clean(text)
    assert made == " ".join(made.split())
    assert not set(made) & set("\u202e\u200b\0“”")
    assert len(made) <= len(text) * 3  # NFC may not compose everything, and never grows more


def test_the_nearest_names_come_first():
    assert nearest("boreals", ["Cobalt", "Borealis Steel", "Borealis"])[0] == "Borealis"


def test_a_long_text_is_shortened():
    assert shorten("x" * 99, 10) == "xxxxxxxxx…"


@pytest.mark.parametrize(
    ("line", "names", "versus_year", "site", "currency"),
    [
        ("acme vs last year", ["Acme GmbH & Co. KG"], True, None, None),
        ("last 30 days vs last year", [], True, None, None),
        ("for acme in main site", ["Acme GmbH & Co. KG"], False, "Main site", None),
        ("acme in usd", ["Acme GmbH & Co. KG"], False, None, "USD"),
        ("acme in 2025 in main site in EUR", ["Acme GmbH & Co. KG"], False, "Main site", "EUR"),
    ],
)
def test_what_to_compare_with_and_where(world, line, names, versus_year, site, currency):
    world.site("Main site")
    for code in ("EUR", "USD"):
        world.fact("salesorder", number="S", currency=code)
    found = query(world, line)
    assert isinstance(found, Query)
    assert [one.name for one in found.named] == names
    assert (found.versus_year, found.site, found.currency) == (versus_year, site, currency)


def test_a_place_that_is_not_known_is_a_name_that_is_not_known(world):
    found = query(world, "acme in atlantis")
    assert isinstance(found, Notice)
    assert found.error


def test_what_bears_the_reference_of_another_is_told_apart_by_its_kind(world):
    world.supplier("Twin Steel", source_id="twin")
    world.item("Twin plate", source_id="twin")
    both = query(world, f"{world.erp}/twin")
    assert {one.name for one in both.named} == {"Twin Steel", "Twin plate"}
    assert [one.name for one in query(world, f"supplier:{world.erp}/twin").named] == ["Twin Steel"]
