"""The demo says what it could not read before it says that it is ready."""

from bot.demo.run import first_pull
from bot.settings import load_settings
from storage.schema import upgrade
from storage.store import Store

CONFIG = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["po"]
columns = { ordered_at = "day" }
"""


def test_a_stream_that_failed_is_told(tmp_path):
    (tmp_path / "leadline.toml").write_text(CONFIG)
    settings = load_settings({"LEADLINE_CONFIG": str(tmp_path / "leadline.toml")})
    store, told = Store(settings.database_url), []
    upgrade(store)
    first_pull(settings, store, told.append)
    assert [line.partition(": there")[0] for line in told] == ["purchase_lines: failed"]
    (tmp_path / "po.csv").write_text("po,day\n1,2026-01-01\n")
    first_pull(settings, store, told.append)
    assert len(told) == 1
    store.close()
