from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.nudges import Nudge
from bot.settings import SettingsError, load_settings

CSV = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["po"]
columns = { ordered_at = "day" }
"""


def settings(folder, text="", **env):
    file = folder / "leadline.toml"
    file.write_text(text, "utf-8")
    return load_settings({"LEADLINE_CONFIG": str(file), **env})


def test_without_a_file_everything_has_a_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = load_settings({})
    assert (made.database_url, made.sources, made.port) == ("sqlite:///leadline.db", (), 8080)


def test_paths_are_relative_to_the_file(tmp_path):
    made = settings(tmp_path, CSV)
    assert made.database_url == f"sqlite:///{tmp_path}/leadline.db"
    assert made.sources[0][1].folder == str(tmp_path)


def test_durations_and_secrets_are_read(tmp_path):
    text = """
[sources.crm]
kind = "hubspot"
every = "90s"
secret_env = "CRM"
"""
    one = settings(tmp_path, text, CRM=" token\n").sources[0][1]
    assert (one.key, one.every, one.secret) == ("hubspot:crm", timedelta(seconds=90), "token")


def test_a_secret_may_stand_in_a_file_that_others_cannot_read(tmp_path):
    secret = tmp_path / "token"
    secret.write_text("xoxb-1\n")
    secret.chmod(0o600)
    assert settings(tmp_path, SLACK_BOT_TOKEN_FILE=str(secret)).slack_bot_token == "xoxb-1"
    secret.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        settings(tmp_path, SLACK_BOT_TOKEN_FILE=str(secret))


def test_an_instant_needs_a_zone(tmp_path):
    made = settings(tmp_path, LEADLINE_NOW="2011-01-01T00:00:00Z")
    assert made.now == datetime(2011, 1, 1, tzinfo=UTC)
    with pytest.raises(SettingsError, match="needs a zone"):
        settings(tmp_path, LEADLINE_NOW="2011-01-01T00:00:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zoen = 'UTC'", "'zoen'; do you mean 'zone'"),
        ("zone = 'Mars/Base'", "no time zone 'Mars/Base'"),
        ("zone = [", "leadline.toml"),
        ("[sources.x]\nkind = 'sap'", "no kind 'sap'"),
        ("[sources.X]\nkind = 'csv'", "small letters"),
        ("[sources.x]\nkind = 'csv'\nevery = '10 parsecs'", "10m"),
        ("[sources.x]\nkind = 'csv'\nevery = '0m'", "10m"),
        ("[sources.x]\nkind = 'hubspot'\nsecret_env = 'NOPE'", "NOPE is not set"),
        ("[sources.x]\nkind = 'odoo'", "database"),
        ("[sources.x]\nkind = 'hubspot'\nurll = 'x'", "do you mean 'url'"),
        ("[access.secret]\npeople = []", "'secret'"),
        ("[access.operator]\npeople = []", "do you mean 'operators'"),
        ("[[digests]]\nid = 'a'\nchannel = 'C'\ncron = '60 * * * *'\nzone = 'UTC'\nask = ['help']",
         "cron '60 * * * *'"),
        ("[[digests]]\nid = 'a'\nchannel = 'C'\ncron = '0 9 * * 1'\nzone = 'X'\nask = ['help']",
         "no time zone"),
        ("[[rules]]\nid = 'a'\nask = 'x'\nwhen = 'above NaN'\nchannel = 'C'", "above"),
        ("[[rules]]\nid = 'a'\nask = 'x'\nwhen = 'above 40'\nclear = 'below 50'\nchannel = 'C'",
         "a"),
        (2 * "[[rules]]\nid = 'a'\nask = 'x'\nwhen = 'above 40'\nchannel = 'C'\n", "two rules"),
        (("[[rules]]\nid = 'a'\nask = 'x'\nwhen = 'above 4'\n"
         "channel = 'C'\nquiet = '9 to 5'"), "'9 to 5' is no span of hours"),
        (("[[rules]]\nid = 'a'\nask = 'x'\nwhen = 'above 4'\n"
         "channel = 'C'\nzone = 'Mars'"), "rule a: zone"),
        (("[[rules]]\nid = 'a'\nask = 'x'\nwhen = 'above 4'\n"
         "channel = 'C'\nscope = 'mine'"), "write owner"),
        (("[[rules]]\nid = 'a'\nask = 'x'\nwhen = 'above 4'\n"
         "channel = 'C'\nscope = 'team'"), "write team"),
        ("[goals]\notif = 'all'", "goal otif = 'all': write a number"),
        ("[goals]\notfi = 1", "no metric is called 'otfi'; do you mean 'otif'"),
        ("plugins = 'nowhere'", "no folder"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_names_itself(tmp_path, text, said):
    with pytest.raises(SettingsError) as error:
        settings(tmp_path, text)
    assert said in str(error.value)


@pytest.mark.parametrize("port", ["abc", "99999", "-1", "٨٠"])
def test_a_port_is_a_port(tmp_path, port):
    with pytest.raises(SettingsError, match="is not a port"):
        settings(tmp_path, PORT=port)


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(SettingsError, match="there is no file"):
        load_settings({"LEADLINE_CONFIG": str(tmp_path / "none.toml")})


def test_a_source_counts_its_days_in_the_zone_of_the_file_unless_it_has_its_own(tmp_path):
    with_its_own = CSV.replace("old", "own").replace('"csv"', '"csv"\nzone = "Asia/Tokyo"')
    made = settings(tmp_path, "zone = 'Europe/Berlin'\n" + CSV + with_its_own)
    assert [one.zone for _, one in made.sources] == ["Europe/Berlin", "Asia/Tokyo"]
    assert settings(tmp_path, CSV).sources[0][1].zone == "UTC"


def test_the_rate_of_holding_stock_is_a_share_and_unknown_where_nobody_said(tmp_path):
    file = tmp_path / "leadline.toml"
    file.write_text("carry_rate = 0.12\n")
    assert load_settings({"LEADLINE_CONFIG": str(file)}).carry_rate == Decimal("0.12")
    file.write_text("")
    assert load_settings({"LEADLINE_CONFIG": str(file)}).carry_rate is None
    for absurd in ("20", "-0.1", "nan"):
        file.write_text(f"carry_rate = {absurd}\n")
        with pytest.raises(SettingsError, match="carry_rate"):
            load_settings({"LEADLINE_CONFIG": str(file)})


def test_a_currency_is_three_capitals(tmp_path):
    file = tmp_path / "leadline.toml"
    file.write_text('currency = "EUR"\n')
    assert load_settings({"LEADLINE_CONFIG": str(file)}).currency == "EUR"
    file.write_text('currency = "euro"\n')
    with pytest.raises(SettingsError, match="write a code like EUR"):
        load_settings({"LEADLINE_CONFIG": str(file)})


def test_a_reader_names_its_model_and_its_secret(tmp_path):
    file = tmp_path / "leadline.toml"
    file.write_text('[reader]\nkind = "openai"\nmodel = "m"\nsecret_env = "KEY"\n')
    made = load_settings({"LEADLINE_CONFIG": str(file), "KEY": "k"}).reader
    assert (made.kind, made.model, made.secret) == ("openai", "m", "k")
    with pytest.raises(SettingsError, match="KEY is not set"):
        load_settings({"LEADLINE_CONFIG": str(file)})
    file.write_text('[reader]\nkind = "openai"\nmodle = "m"\n')
    with pytest.raises(SettingsError, match="do you mean 'model'"):
        load_settings({"LEADLINE_CONFIG": str(file)})
    file.write_text("")
    assert load_settings({"LEADLINE_CONFIG": str(file)}).reader is None


DIGEST = '[[digests]]\nid = "d"\nchannel = "C1"\ncron = "0 9 * * 1"\nzone = "UTC"\nask = ["x"]\n'


def test_the_condition_of_a_digest_is_checked(tmp_path):
    made = settings(tmp_path, f'{DIGEST}only_if = "exposed above 0"\nalso = ["C2"]')
    assert (made.digests[0].only_if, made.digests[0].also) == ("exposed above 0", ("C2",))
    with pytest.raises(SettingsError, match="digest d: only_if: Write a question"):
        settings(tmp_path, f'{DIGEST}only_if = "exposed"')


def test_reminders_come_some_days_before(tmp_path):
    assert settings(tmp_path).reminders.days == 0
    assert settings(tmp_path, "[reminders]\ndays = 60").reminders.days == 60
    for wrong in ("days = -1", "days = 366", "weeks = 2"):
        with pytest.raises(SettingsError):
            settings(tmp_path, f"[reminders]\n{wrong}")


NUDGED = """
public_url = "https://leadline.example.com/in/"
[sources.crm]
kind = "hubspot"
secret_env = "CRM"
nudge_secret_env = "CRM_NOTICES"
[sources.shop]
kind = "hubspot"
"""


def test_a_source_with_a_secret_for_notices_takes_them_at_its_address(tmp_path):
    found = settings(tmp_path, NUDGED, CRM="a", CRM_NOTICES="b").nudged
    address = "https://leadline.example.com/in/nudge/crm"
    assert found == {"crm": Nudge("hubspot:crm", "hubspot", "b", address)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NUDGED.replace("https:", "http:"), "public_url"),
        (NUDGED[NUDGED.index("[") :], "public_url"),
        (NUDGED.replace("CRM_NOTICES", "NOPE"), "NOPE is not set"),
        (NUDGED.replace("nudge_secret_env", "nudges_secret_env"), "nudge_secret_env"),
    ],
)
def test_notices_need_a_secret_and_where_it_is_signed_an_address(tmp_path, text, said):
    with pytest.raises(SettingsError, match=said):
        settings(tmp_path, text, CRM="a", CRM_NOTICES="b")


def test_a_channel_may_say_where_its_alerts_go_on(tmp_path):
    made = settings(tmp_path, '[channels.C0OPS]\nfollow_ups = "both"')
    assert made.channels["C0OPS"].follow_ups == "both"


@pytest.mark.parametrize(
    ("text", "told"),
    [("[channels.ops]", "write the id of a channel"),
     ('[channels.C0OPS]\nfollow_ups = "default"', "follow_ups"),
     ('[channels.C0OPS]\nfollow_up = "both"', "follow_up")],
)  # fmt: skip
def test_what_a_channel_says_is_read_strictly(tmp_path, text, told):
    with pytest.raises(SettingsError, match=told):
        settings(tmp_path, text)
