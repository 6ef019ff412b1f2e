import pytest

from tests.need import need


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """A machine with no program on it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("REQUIRE_BROWSER", "CI"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_test_without_its_program_is_skipped_and_says_so():
    with pytest.raises(pytest.skip.Exception, match="not on this machine: npm"):
        need("npm")


@pytest.mark.parametrize("name", ["REQUIRE_BROWSER", "CI"])
def test_where_all_must_be_there_it_fails(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    with pytest.raises(pytest.fail.Exception, match="not on this machine: chromium, npm"):
        need("chromium", "npm")


def test_what_is_there_is_there(bare):
    (bare / "npm").write_text("#!/bin/sh\n")
    (bare / "npm").chmod(0o755)
    need("npm")
