"""A PostgreSQL of our own, for the tests of several processes at one store."""

import pytest

from tests.postgres import postgres_server


@pytest.fixture(scope="module")
def postgres():
    with postgres_server() as server:
        yield server.get_uri()
