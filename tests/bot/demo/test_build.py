import os
import shutil
from pathlib import Path

import pytest

from bot.demo import build as building
from bot.demo.build import BuildError, build

ROOT = Path(__file__).parents[3]


def need_node():
    """Without Node there is nothing to build with: told, or failed where it must be there."""
    beside = ROOT / ".venv" / "bin" / "npm"
    if shutil.which("npm") or beside.is_file():
        return
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("npm is not on this machine")
    pytest.skip("npm is not on this machine")


@pytest.mark.slow
def test_the_page_is_built_once_for_each_state_of_its_sources(tmp_path):
    need_node()
    said = []
    made = build(tmp_path, said.append)
    assert {one.name for one in made.iterdir()} == {"index.html", "page.js", "page.css"}
    assert made.joinpath("page.js").stat().st_size < 2_000_000
    assert len(said) == 2
    assert build(tmp_path, said.append) == made
    assert len(said) == 2
    assert [one.name for one in tmp_path.iterdir()] == [made.name]


def test_without_node_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(building.shutil, "which", lambda name: None)
    monkeypatch.setattr(building.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(BuildError, match="install nodejs"):
        build(tmp_path, print)


def test_the_lock_file_names_no_host_and_every_part_by_its_content():
    lock = (ROOT / "bot/demo/web/package-lock.json").read_text()
    assert "resolved" not in lock
    assert lock.count('"integrity"') > 20
