"""Stores on both engines, each empty and at this version's schema."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlmodel import SQLModel

from storage.schema import upgrade
from storage.store import Store


@cache
def ready():
    """The file of a store at this version's schema: made once, and copied."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "ready.db")
        store = Store(f"sqlite:///{path}")
        upgrade(store)
        store.close()
        return path.read_bytes()


def fresh(path):
    """A store at this version's schema, in a new file; whoever asks for it closes it."""
    path.write_bytes(ready())
    return Store(f"sqlite:///{path}")


def at(url):
    """The store at a URL, with all tables; a new file is a copy of the one that is ready."""
    store = Store(url)
    if store.path and not store.path.exists():
        store.path.write_bytes(ready())
    SQLModel.metadata.create_all(store.engine)
    return store


@pytest.fixture
def postgres(postgres_server):
    """The URI of an empty database."""
    with postgres_server.database() as uri:
        yield uri


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def url(request, tmp_path):
    """A database that nobody else uses, with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/leadline.db"
    return request.getfixturevalue("postgres")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def store(request, tmp_path):
    if request.param == "sqlite":
        made = fresh(tmp_path / "leadline.db")
        yield made
        made.close()
        return
    with request.getfixturevalue("postgres_server").database(is_ready=True) as uri:
        made = Store(uri)
        yield made
        made.close()
