from pathlib import Path

import pytest

from bot.demo import build as building
from bot.demo.build import BuildError, build
from tests.need import need

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_the_page_is_built_once_for_each_state_and_tells_how_far_it_is(tmp_path, monkeypatch):
    need("npm")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "nothing"))
    tmp_path /= "cache"  # not there on a clean clone
    said = []
    made = build(tmp_path, said.append)
    assert {one.name for one in made.iterdir()} == {"index.html", "page.js", "page.css"}
    assert made.joinpath("page.js").stat().st_size < 2_000_000
    assert "10 MB" in said[0]
    told = [line.split() for line in said if line.endswith("parts are here")]
    assert [int(words[0]) for words in told] == [25, 50, 75, 100]
    assert {words[2] for words in told} == {"113"}
    before = len(said)
    assert build(tmp_path, said.append) == made
    assert len(said) == before
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
