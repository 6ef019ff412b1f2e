"""What a demo leaves behind can be made one's own, and nothing is written over."""

import tomllib

import pytest

from bot.demo._kept import CONFIG, SECRETS, STORE, empty, written
from bot.demo.servers import Servers
from bot.settings import SettingsError, load_settings
from tests.bot.conversation import workspace

SERVERS = Servers("http://127.0.0.1:1", "http://127.0.0.1:2")


@pytest.mark.parametrize("name", [CONFIG, SECRETS, STORE])
def test_a_folder_that_holds_a_leadline_is_refused_and_left_as_it_is(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(SettingsError, match=rf"there is a {name} already"):
        empty(tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_a_folder_is_made_and_may_hold_other_things(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert empty(tmp_path) == tmp_path
    assert empty(tmp_path / "a" / "b").is_dir()


def test_what_is_written_can_be_loaded_and_only_its_owner_reads_the_secrets(tmp_path):
    folder = empty(tmp_path / "a b")
    env = written(folder, SERVERS, workspace(), "http://127.0.0.1:3")
    settings = load_settings(env)
    assert [one.key for _, one in settings.sources] == ["odoo:erp", "hubspot:crm"]
    assert settings.database_url.endswith("/a b/leadline.db")
    assert tomllib.loads((folder / CONFIG).read_text("utf-8"))["rules"]
    assert (folder / SECRETS).stat().st_mode & 0o777 == 0o600
    assert f"LEADLINE_CONFIG='{folder}/leadline.toml'" in (folder / SECRETS).read_text("utf-8")
