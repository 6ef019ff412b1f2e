"""The command line as a person at a terminal uses it."""

import json

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli, main
from bot.demo.page_server import served
from bot.settings import SettingsError
from storage.store import StoreError
from tests.bot.conversation import ADA, GENERAL, GUEST, NOOR, OPS, workspace

CONFIG = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["po"]
columns = { supplier = "vendor", ordered_at = "day", received_at = "in" }
"""
ROWS = "po,vendor,day,in\n" + "".join(
    f"{n},Acme,2026-01-{n:02},2026-02-{n:02}\n" for n in range(1, 21)
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a verb in a folder with one export."""
    (tmp_path / "leadline.toml").write_text(CONFIG)
    (tmp_path / "po.csv").write_text(ROWS)
    monkeypatch.setenv("LEADLINE_CONFIG", str(tmp_path / "leadline.toml"))
    monkeypatch.setenv("LEADLINE_NOW", "2026-03-01T12:00:00Z")
    for name in ("DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def run(*words):
        return CliRunner().invoke(cli, list(words))

    return run


def test_it_syncs_and_then_answers(run):
    done = run("sync")
    assert done.output == "purchase_lines: 20 read, 61 changed\n"
    done = run("ask", "lead-time acme")
    assert done.exit_code == 0
    assert done.output.startswith("Acme takes 31 days (median)")


@pytest.mark.parametrize("form", ["json", "csv", "blocks"])
def test_an_answer_comes_in_every_form(run, form):
    run("sync")
    done = run("ask", "lead-time", "--format", form)
    assert done.exit_code == 0
    if form == "csv":
        assert done.output.splitlines()[1].startswith("Acme,31")
    else:
        found = json.loads(done.output)
        assert "blocks" in found or found["kind"] == "answer"


def test_the_rows_that_a_figure_was_made_of_can_be_printed(run):
    run("sync")
    done = run("ask", "lead-time last 90 days", "--format", "csv", "--rows")
    lines = done.output.splitlines()
    assert lines[0] == "Order,Supplier,Item,Ordered,Ended,State,Days (d)"
    assert lines[1] == "1,Acme,,2026-01-01,2026-02-01,received,31"
    assert len(lines) == 21


def test_a_question_that_cannot_be_read_exits_with_2(run):
    done = run("ask", "frobnicate")
    assert done.exit_code == 2
    assert "→ help" in done.output


def test_a_source_that_does_not_exist_gives_those_that_do(run):
    for verb in ("sync", "check"):
        done = run(verb, "erp")
        assert str(done.exception) == "there is no source 'erp' in leadline.toml; there are old"


def test_a_stream_that_fails_exits_with_1(run, tmp_path):
    (tmp_path / "po.csv").write_text("nothing\n")
    done = run("sync")
    assert done.exit_code == 1
    assert "has no column" in done.output


def test_a_source_that_is_configured_wrongly_keeps_no_other_from_its_pull(run, tmp_path):
    wrong = CONFIG.replace("old", "bad").replace("supplier =", "suplier =")
    (tmp_path / "leadline.toml").write_text(wrong + CONFIG)
    done = run("sync")
    assert done.exit_code == 1
    first, second = done.output.splitlines()[-2:]
    assert first.startswith("csv:bad: failed: no field of purchase_lines is called 'suplier'")
    assert second == "purchase_lines: 20 read, 61 changed"


def test_a_second_sync_reads_nothing_and_a_full_one_all(run):
    run("sync")
    assert run("sync").output == "purchase_lines: 0 read, 0 changed\n"
    assert run("sync", "old", "--full").output == "purchase_lines: 20 read, 0 changed\n"


def test_schedules_are_told_one_a_line(run):
    done = run("runs", "0 9 * * 1", "--zone", "Europe/Berlin", "--after", "2026-03-23T00:00:00Z",
               "--count", "2")  # fmt: skip
    assert done.output.split() == ["2026-03-23T09:00:00+01:00", "2026-03-30T09:00:00+02:00"]


@pytest.mark.parametrize(
    "words",
    [("60 * * * *",), ("0 9 * * 1", "--zone", "Mars/Base"), ("0 9 * * 1", "--after", "soon"),
     ("0 9 * * 1", "--after", "2026-01-01T00:00:00")],
)  # fmt: skip
def test_a_schedule_that_is_none_is_told(run, words):
    assert run("runs", *words).exit_code == 2


def test_a_backup_can_be_put_back(run, tmp_path):
    run("sync")
    assert run("backup", str(tmp_path / "copy.db")).exit_code == 0
    (tmp_path / "po.csv").write_text(ROWS.replace("Acme", "Other"))
    run("sync")
    assert "what was there is in" in run("restore", str(tmp_path / "copy.db")).output
    assert "Acme takes" in run("ask", "lead-time acme").output


def test_an_upgrade_of_a_current_store_says_so(run):
    assert "is at schema" in run("upgrade").output
    assert run("upgrade").output == "The store is up to date.\n"


def test_a_check_names_what_is_wrong(run, tmp_path):
    assert run("check").exit_code == 0
    (tmp_path / "po.csv").unlink()
    done = run("check")
    assert done.exit_code == 1
    assert "there is no file" in done.output


def test_a_tick_does_what_is_due(run):
    assert run("tick").exit_code == 0
    assert "Acme takes" in run("ask", "lead-time acme").output


def test_the_manifest_is_printed(run):
    assert '"socket_mode_enabled": true' in run("manifest").output
    assert "https://x/slack/events" in run("manifest", "--url", "https://x").output
    assert "channels:history" in run("manifest", "--reconcile").output


def test_a_person_cannot_be_looked_up_without_slack(run):
    assert isinstance(run("ask", "churn", "--user", "U1").exception, SettingsError)


@pytest.mark.parametrize(
    ("user", "channel", "may"),
    [(ADA, OPS, True), (ADA, GENERAL, False), (ADA, "", True), ("", OPS, True),
     ("", GENERAL, False), (NOOR, "", False), (NOOR, OPS, False), (GUEST, OPS, False)],
)  # fmt: skip
def test_a_person_a_channel_or_both_see_what_they_would_in_slack(
    run, tmp_path, monkeypatch, user, channel, may
):
    access = f'[access.supply]\npeople = ["{ADA}"]\nchannels = ["{OPS}"]\n'
    (tmp_path / "leadline.toml").write_text(access + CONFIG)
    run("sync")
    slack = workspace()
    with served(slack, tmp_path) as base:
        monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
        monkeypatch.setenv("SLACK_API_URL", f"{base}/api/")
        done = run("ask", "lead-time acme", "--user", user, "--channel", channel)
    assert ("Acme takes" in done.output) == may, done.output


def test_one_process_a_sqlite_store(run):
    assert isinstance(run("worker").exception, SettingsError)


def test_a_problem_that_a_person_can_mend_is_one_line(run, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["leadline", "restore", str(tmp_path / "none.db")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("there is no file")
    assert StoreError.__doc__
