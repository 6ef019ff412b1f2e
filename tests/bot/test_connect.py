"""A system is connected in one go, or nothing is written at all."""

import stat
import tomllib

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.settings import SettingsError, load_settings
from tests.storage.sources.fake_hubspot import TOKEN, FakeHubSpot
from tests.storage.sources.fake_tryton import SETTINGS, FakeTryton
from tests.storage.sources.hubspot_harness import served as hubspot_served
from tests.storage.sources.loopback import served
from tests.storage.sources.odoo_world import World

BEFORE = '# ours, by hand\nzone   = "Europe/Berlin"   # where we are\n[goals]\notif = "95 %"'


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a verb with a configuration that somebody wrote by hand."""
    (tmp_path / "leadline.toml").write_text(BEFORE)
    monkeypatch.setenv("LEADLINE_CONFIG", str(tmp_path / "leadline.toml"))
    for name in ("DATABASE_URL", "LEADLINE_NOW"):
        monkeypatch.delenv(name, raising=False)

    def run(*words, given=None):
        return CliRunner().invoke(cli, list(words), input=given)

    return run


@pytest.fixture
def odoo():
    world = World()
    for one in range(1, 8):
        world.buy(one)
    with served(world.answer) as url:
        yield world, ("--set", f"url={url}", "--set", "database=demo", "--set", "user=leadline")


def config(folder):
    return (folder / "leadline.toml").read_text()


def untouched(folder):
    return config(folder) == BEFORE and not (folder / ".env").exists()


def test_a_system_that_answers_is_written_down_and_its_rows_are_shown(run, odoo, tmp_path):
    done = run("connect", "odoo", "erp", *odoo[1], "--secret-file", "-", given="demo-key\n")
    assert done.exit_code == 0, done.output
    assert "odoo:erp: 16.0, days of Europe/Berlin" in done.output
    [table] = [one for one in done.output.split("\n\n") if "Acme" in one]
    assert "source_id" in table
    assert "demo-key" not in done.output
    assert config(tmp_path).startswith(BEFORE + "\n\n[sources.erp]\n")
    block = tomllib.loads(config(tmp_path))["sources"]["erp"]
    assert block == {
        "kind": "odoo", "url": odoo[1][1][4:], "database": "demo", "user": "leadline",
        "secret_env": "ERP_SECRET",
    }  # fmt: skip
    assert (tmp_path / ".env").read_text() == "ERP_SECRET=demo-key\n"
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


@pytest.mark.slow
def test_what_was_connected_is_found_by_the_next_verb_without_more_ado(run, odoo):
    run("connect", "odoo", "erp", *odoo[1], "--secret-file", "-", given="demo-key")
    assert "odoo:erp: 16.0" in run("check", "erp").output
    done = run("sync", "erp")
    assert "purchases: 7 read" in done.output


def test_no_more_than_five_rows_of_a_stream_are_shown(run, odoo, tmp_path):
    world, words = odoo
    for one in range(100, 120):
        world.write("res.partner", one, name=f"Supplier {one}", supplier_rank=1)
    done = run("connect", "odoo", *words, "--secret-file", "-", given="demo-key")
    rows = done.output.split("partners:\n")[1].split(":\n")[0].splitlines()
    assert len(rows) == 7, rows  # a head, five rows, and the name of the next stream


def test_a_wrong_key_writes_nothing_and_says_so(run, odoo, tmp_path):
    done = run("connect", "odoo", *odoo[1], "--secret-file", "-", given="wrong")
    assert done.exit_code == 1
    assert "Nothing was written. Mend it and run this again" in done.output
    assert "wrong" not in done.output.replace("wrong key", "")
    assert untouched(tmp_path)


def test_it_is_written_though_it_does_not_work_where_that_is_asked_for(run, odoo, tmp_path):
    done = run("connect", "odoo", *odoo[1], "--secret-file", "-", "--anyway", given="wrong")
    assert done.exit_code == 0
    assert "ERP" not in done.output
    assert "[sources.odoo]" in config(tmp_path)


def test_a_server_that_is_not_there_is_told_by_its_name(run, tmp_path):
    words = ("--set", "url=http://127.0.0.1:9", "--set", "database=x", "--set", "user=y")
    done = run("connect", "tryton", *words, "--secret-file", "-", given="z")
    assert done.exit_code == 1
    assert "127.0.0.1: did not answer" in done.output
    assert untouched(tmp_path)


def test_what_the_key_may_not_read_is_named_and_can_be_left_out(run, tmp_path):
    fake = FakeHubSpot()
    fake.create("companies", [{"name": "Acme"}])
    fake.refused = {"subscriptions": 403}
    with hubspot_served(fake) as server:
        words = ("connect", "hubspot", "crm", "--set", f"url={server.url}", "--secret-file", "-")
        done = run(*words, given=TOKEN)
        assert done.exit_code == 1
        assert "can't read subscriptions: " in done.output
        assert "--skip-missing" in done.output
        assert untouched(tmp_path)
        done = run(*words, "--skip-missing", given=TOKEN)
    assert done.exit_code == 0, done.output
    assert tomllib.loads(config(tmp_path))["sources"]["crm"]["skip"] == ["subscriptions"]


def test_a_zone_that_is_not_ours_is_told(run, tmp_path):
    fake = FakeTryton()
    fake.records["company.company"][1]["timezone"] = "Asia/Tokyo"
    with served(fake.answer) as url:
        done = run(
            "connect", "tryton", "--set", f"url={url}", "--set", "database=erp",
            "--set", "user=ann", "--secret-file", "-", given=SETTINGS.secret,
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert 'set zone = "Asia/Tokyo"' in done.output
    assert "zone" not in tomllib.loads(config(tmp_path))["sources"]["tryton"]
    assert (tmp_path / ".env").read_text() == "TRYTON_SECRET='a secret word'\n"
    assert "its clock is" in done.output


@pytest.mark.slow
def test_the_columns_of_a_file_are_found_by_their_names(run, tmp_path):
    (tmp_path / "po.csv").write_text("PO;Ordered at;Supplier;Qty\n7;01.02.2026;Acme;3\n")
    done = run(
        "connect", "csv", "old", "--set", "stream=purchase_lines", "--set", "file=po.csv",
        "--set", "dates=%d.%m.%Y",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "2026-02-01" in done.output
    stream = tomllib.loads(config(tmp_path))["sources"]["old"]["streams"]["purchase_lines"]
    assert stream == {
        "file": "po.csv", "key": ["PO"], "delimiter": ";",
        "columns": {"ordered_at": "Ordered at", "supplier": "Supplier", "qty": "Qty"},
        "formats": {"ordered_at": "%d.%m.%Y"},
    }  # fmt: skip
    assert "purchase_lines: 1 read" in run("sync", "old").output


def test_a_name_that_is_taken_is_refused_before_anything_is_asked(run, odoo, tmp_path):
    run("connect", "odoo", "erp", *odoo[1], "--secret-file", "-", given="demo-key")
    there, asked = config(tmp_path), len(odoo[0].asked)
    done = run("connect", "odoo", "erp")
    assert isinstance(done.exception, SettingsError)
    assert "choose another name" in str(done.exception)
    assert (config(tmp_path), len(odoo[0].asked)) == (there, asked)


def test_without_a_name_it_is_called_like_its_system_with_a_number_if_need_be(run, odoo, tmp_path):
    for _ in range(2):
        done = run("connect", "odoo", *odoo[1], "--secret-file", "-", given="demo-key")
        assert done.exit_code == 0, done.output
    blocks = tomllib.loads(config(tmp_path))["sources"]
    assert {name: one["secret_env"] for name, one in blocks.items()} == {
        "odoo": "ODOO_SECRET", "odoo2": "ODOO2_SECRET",
    }  # fmt: skip
    env = {"LEADLINE_CONFIG": str(tmp_path / "leadline.toml")}
    with pytest.raises(SettingsError, match="ODOO_SECRET is not set"):
        load_settings(env)


def test_a_secret_that_stands_in_a_variable_stays_there(run, odoo, tmp_path, monkeypatch):
    monkeypatch.setenv("VAULT_KEY", "demo-key")
    done = run("connect", "odoo", "erp", *odoo[1], "--secret-env", "VAULT_KEY")
    assert done.exit_code == 0, done.output
    assert tomllib.loads(config(tmp_path))["sources"]["erp"]["secret_env"] == "VAULT_KEY"
    assert not (tmp_path / ".env").exists()


def test_a_file_that_cannot_take_the_block_gets_none_and_keeps_no_secret(run, odoo, tmp_path):
    (tmp_path / "leadline.toml").write_text("sources = {}\n")
    done = run("connect", "odoo", *odoo[1], "--secret-file", "-", given="demo-key")
    assert isinstance(done.exception, SettingsError)
    assert "can't take the block" in str(done.exception)
    assert config(tmp_path) == "sources = {}\n"
    assert not (tmp_path / ".env").exists()


def test_a_file_that_cannot_be_written_keeps_no_secret(run, odoo, tmp_path):
    (tmp_path / "leadline.toml").unlink()
    (tmp_path / "leadline.toml").symlink_to(tmp_path / "gone" / "leadline.toml")
    done = run("connect", "odoo", "erp", *odoo[1], "--secret-file", "-", given="demo-key")
    assert isinstance(done.exception, SettingsError)
    assert "leadline.toml: No such file or directory; write this by hand:" in str(done.exception)
    assert not (tmp_path / ".env").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Which system? There are "),
        (("odo",), "There is no system 'odo'; do you mean odoo?"),
        (("odoo",), "give it by --set url=…"),
        (("odoo", "--set", "secret=x"), "use --secret-file"),
        (("odoo", "--set", "url"), "write it as name=value"),
        (("hubspot",), "give it by --secret-file"),
        (("hubspot", "--secret-file", "gone"), "gone"),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(run, tmp_path, words, said):
    done = run("connect", *words)
    assert isinstance(done.exception, SettingsError)
    assert said in str(done.exception)
    assert untouched(tmp_path)
