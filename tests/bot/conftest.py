"""A PostgreSQL of our own, for the tests of several processes at one store."""

import pytest


@pytest.fixture
def postgres(postgres_server):
    """The URI of an empty database."""
    with postgres_server.database() as uri:
        yield uri
