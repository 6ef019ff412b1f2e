"""Tests that share what is dear to start, by the mark `xdist_group`, run on one worker."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run, and no clock: a busy machine is no fault of ours.
settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("steady")

GROUP = re.compile(r"^pytestmark = .*xdist_group\(\"(\w+)\"\)", re.MULTILINE)


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server of our own, for as long as the tests run."""
    from tests.postgres import postgres_server as started

    with started() as server:
        yield server


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """How `--dist loadgroup` shares the tests out.

    pytest-xdist 3.8 writes the group of a test into its name, which pytest 9.2 no longer lets it:
    the mark was without effect, and each worker started a demo. We read it where it is written.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class ByGroup(LoadGroupScheduling):
        def _split_scope(self, nodeid):
            file = config.rootpath / nodeid.partition("::")[0]
            return group_of(file) or super()._split_scope(nodeid)

    return ByGroup(config, log)


@cache
def group_of(file: Path) -> str | None:
    """The group of all tests in a file, from its `pytestmark`."""
    found = GROUP.search(file.read_text("utf-8")) if file.is_file() else None
    return found.group(1) if found else None
