"""A person connects a system at a real terminal, and the secret is never seen on it."""

import os
import pty
import select
import sys
import time
import tomllib
from pathlib import Path

import pytest

from tests.storage.sources.fake_tryton import SETTINGS, FakeTryton
from tests.storage.sources.loopback import served

pytestmark = pytest.mark.slow  # starts all of Leadline
ROOT = Path(__file__).parents[2]
ENDS = 60.0


def talk(words, env, answers):
    """What a terminal shows, and the exit code. `answers`: what is typed once a text has come."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "-m", "bot", *words], env)
    shown, left, until = "", list(answers), time.monotonic() + ENDS
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:  # Linux tells the end of a terminal so
            break
        shown += data.decode()
        # the blank comes once echoing is off
        if left and left[0][0] in shown.rpartition("\n")[2] and shown.endswith(": "):
            os.write(terminal, left.pop(0)[1].encode() + b"\n")
    os.close(terminal)
    status = os.waitpid(pid, 0)[1]
    assert not left, (left, shown)
    return shown, os.waitstatus_to_exitcode(status)


def test_a_person_answers_and_the_secret_is_not_shown(tmp_path):
    fake = FakeTryton()
    fake.records["company.company"][1]["timezone"] = "Asia/Tokyo"
    env = {**os.environ, "LEADLINE_CONFIG": str(tmp_path / "leadline.toml"), "TERM": "dumb"}
    with served(fake.answer) as url:
        shown, code = talk(
            ["connect", "tryton", "erp"],
            env,
            [
                ("address", url), ("database", "erp"), ("login", "ann"),
                ("password", SETTINGS.secret), ("In which do its days begin", ""),
            ],
        )  # fmt: skip
    assert code == 0, shown
    assert SETTINGS.secret not in shown
    block = tomllib.loads((tmp_path / "leadline.toml").read_text())["sources"]["erp"]
    assert block["zone"] == "Asia/Tokyo"
    assert (tmp_path / ".env").read_text() == f"ERP_SECRET='{SETTINGS.secret}'\n"


def test_a_person_who_leaves_in_the_middle_leaves_nothing_behind(tmp_path):
    env = {**os.environ, "LEADLINE_CONFIG": str(tmp_path / "leadline.toml"), "TERM": "dumb"}
    shown, code = talk(["connect", "tryton"], env, [("address", "x\x03")])
    assert code == 1, shown
    assert list(tmp_path.iterdir()) == []
