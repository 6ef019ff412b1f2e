"""What every fact has: a key at its source, and the columns that are none of its facts."""

import pytest
from sqlalchemy import Index
from sqlalchemy.exc import IntegrityError

from storage.models import BOOKKEEPING, FACTS
from storage.models._base import fact_key
from tests.storage.world import World


def test_the_key_is_named_for_its_table_and_stands_before_other_indexes():
    more = Index("ix_toy_name", "name")
    key, other = fact_key("toy", more)
    assert (key.name, key.unique, other) == ("uq_toy_source", True, more)


@pytest.mark.parametrize("table", FACTS)
def test_every_fact_is_there_once_per_source_and_its_own_id(table):
    model = FACTS[table]
    unique = [list(one.columns.keys()) for one in model.__table__.indexes if one.unique]
    assert ["source", "source_id"] in unique
    assert model.__tablename__ == table
    assert set(model.model_fields) > BOOKKEEPING


def test_two_sources_may_use_the_same_id_and_one_may_not_use_it_twice(tmp_path):
    world = World(tmp_path)
    world.fact("party", "odoo:a", name="Acme", source_id="1")
    world.fact("party", "odoo:b", name="Acme", source_id="1")
    world.save()
    world.fact("party", "odoo:a", name="Acme", source_id="1")
    with pytest.raises(IntegrityError):
        world.save()
    world.clear()
    world.store.close()
