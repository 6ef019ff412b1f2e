"""Modules from a folder outside: they answer like our own, and what is broken stops the start."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.plugins import PACKAGES
from bot.settings import SettingsError, load_settings

ROOT = Path(__file__).parents[2]
PING = """
from commands import Command, Notice
COMMAND = Command("ping", "Says pong.", "ping", ("ping",), (),
    lambda session, ask, words: Notice("pong", "from outside"))
"""


@pytest.fixture
def plugged(tmp_path, monkeypatch):
    """Writes a plug-in; the environment of a Leadline that has it."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        monkeypatch.setattr(package, "__path__", list(package.__path__))

    def plugged(module, text):
        file = tmp_path / "plugins" / f"{module}.py"
        file.parent.mkdir(parents=True)
        file.write_text(text)
        (tmp_path / "leadline.toml").write_text("plugins = 'plugins'\n")
        return {
            "LEADLINE_CONFIG": str(tmp_path / "leadline.toml"),
            "DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
        }

    yield plugged
    for name, module in list(sys.modules.items()):
        if str(tmp_path) in str(getattr(module, "__file__", "")):
            del sys.modules[name]


def run(env, *words):
    """A verb in a process of its own: what is loaded once stays for all."""
    env = {**os.environ, **env, "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-m", "bot", *words]
    return subprocess.run(call, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_plug_in_answers_like_any_other(plugged):
    done = run(plugged("commands/ping", PING), "ask", "ping")
    assert done.stdout.splitlines() == ["pong", "from outside"], done.stderr


@pytest.mark.slow
def test_a_broken_one_stops_every_verb_with_one_line(plugged):
    done = run(plugged("storage/metrics/mine", "1 / 0"), "manifest")
    assert done.returncode == 2
    assert done.stderr == "plugins: storage.metrics.mine: ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        ("commands/churn", PING, r"commands/churn: there is a commands\.churn already; rename it"),
        ("commands/ping", "1 / 0", r"commands\.ping: ZeroDivisionError"),
        ("commands/ping", PING.replace('"ping"', '"churn"', 1), "COMMAND named 'churn' already"),
        ("storage/metrics/mine", "x = 1", r"storage\.metrics\.mine must define METRIC = Metric"),
        ("storage/sources/sap", "import nothing", r"storage\.sources\.sap: ModuleNotFoundError"),
        ("storage/sources/_http", "", r"storage/sources/_http: there is a .* already; rename it"),
    ],
)
def test_one_that_cannot_be_used_stops_the_start_with_its_name(plugged, module, text, said):
    with pytest.raises(SettingsError, match=f"^plugins: .*{said}"):
        load_settings(plugged(module, text))
