"""How it looks at the terminal is in test_main.py."""

import pytest
from sqlalchemy import text

from bot.settings import SettingsError, load_settings
from bot.upkeep import check_sources, upgrade
from storage import schema
from storage.store import Store

CONFIG = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["po"]
columns = { ordered_at = "day" }
"""


def settings(folder):
    (folder / "leadline.toml").write_text(CONFIG)
    return load_settings({"LEADLINE_CONFIG": str(folder / "leadline.toml")})


def test_a_store_of_an_older_schema_is_copied_before_it_is_changed(tmp_path, monkeypatch):
    said, made = [], settings(tmp_path)
    upgrade(made, said.append)
    store = Store(made.database_url)
    with store.bulk() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    monkeypatch.setattr(schema, "upgrade", lambda store: None)
    upgrade(made, said.append)
    store.close()
    assert (tmp_path / "leadline.db.0000.backup").is_file()
    assert any("to go back: python -m bot restore" in one for one in said)


def test_every_source_is_tried_and_one_that_fails_does_not_hide_the_next(tmp_path):
    said, made = [], settings(tmp_path)
    assert not check_sources(made, said.append)
    (tmp_path / "po.csv").write_text("po\n")
    assert not check_sources(made, said.append)
    (tmp_path / "po.csv").write_text("po,day\n")
    assert check_sources(made, said.append)
    assert [one.partition(": ")[2].split()[0] for one in said] == ["there", "csv,", "no", "csv,"]


def test_one_source_can_be_tried_by_itself(tmp_path):
    said, made = [], settings(tmp_path)
    (tmp_path / "po.csv").write_text("po,day\n")
    assert check_sources(made, said.append, "old")
    assert len(said) == 1
    with pytest.raises(SettingsError, match="there are old"):
        check_sources(made, said.append, "new")
