"""What the tests of several processes at one store need: a PostgreSQL, and quick starts."""

import logging
import multiprocessing

import pytest

log = logging.getLogger(__name__)


@pytest.fixture
def postgres(postgres_server):
    """The URI of an empty database."""
    with postgres_server.database() as uri:
        yield uri


@pytest.fixture(scope="module")
def processes(request):
    """Starts processes in a few milliseconds, from one that has imported all that they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([request.module.__name__])
    return context


@pytest.fixture
def measured(request):
    """Logs figures: `pytest --log-cli-level=INFO` shows them."""
    return lambda **figures: log.info("%s: %s", request.node.name, figures)
