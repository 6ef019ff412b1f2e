"""Stores on both engines, each empty and at this version's schema."""

import pytest

from storage.schema import upgrade
from storage.store import Store
from tests.postgres import postgres_server


@pytest.fixture(scope="session")
def postgres():
    """The URI of a PostgreSQL server of our own, for as long as the tests run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def url(request, tmp_path):
    """A database that nobody else uses."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/leadline.db"
    server = request.getfixturevalue("postgres")
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    server.psql(f"CREATE DATABASE {name};")
    return server.get_uri(name)


@pytest.fixture
def store(url):
    made = Store(url)
    upgrade(made)
    yield made
    made.close()
