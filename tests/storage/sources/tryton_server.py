"""A real Tryton on loopback: its environment, a database with purchases, and its server."""

import fcntl
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[3]
PINS = ROOT / "requirements-tryton.txt"
SCENARIO = Path(__file__).parent / "tryton_scenario.py"
CACHE = ROOT / ".cache"
VENV = CACHE / "tryton-venv"
MODULES = ("purchase", "sale", "stock_supply", "production", "account_invoice")
NAME = "leadline"
PASSWORD = "a password for tests"
START_SECONDS = 60
# Tryton's today is the machine's: the tests' is that of UTC
ENVIRONMENT = {"TZ": "UTC", "PYTHONWARNINGS": "ignore"}


class NoErp(Exception):
    """The environment of Tryton can't be installed here."""


@dataclass(frozen=True)
class Erp:
    """A running Tryton; `ledger` is what the scenario did, `averages` Tryton's own, in seconds;
    `turnovers` its output a day, average quantity and turnover by product."""

    url: str
    ledger: dict
    averages: dict
    turnovers: dict


@contextmanager
def running(folder):
    """The server on a free port, on a copy of the database in `folder`; killed at the end."""
    with _turn():
        install()
        made = _database()
    shutil.copyfile(made / f"{NAME}.sqlite", folder / f"{NAME}.sqlite")
    port = _free_port()
    conf = _config(folder, port)
    averages = _run(VENV / "bin/python", SCENARIO, "averages", conf, NAME)
    with (folder / "trytond.log").open("wb") as log:
        server = subprocess.Popen(
            [VENV / "bin/trytond", "-c", conf, "-d", NAME],
            stdout=log,
            stderr=log,
            env={**os.environ, **ENVIRONMENT},
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, server, folder / "trytond.log")
        ledger = json.loads((made / "ledger.json").read_text())
        said = json.loads(averages)
        yield Erp(url, ledger, said["lead_times"], said["turnovers"])
    finally:
        server.kill()
        server.wait()


def install():
    """Tryton as pinned, in an environment of its own in the cache folder."""
    stamp = VENV / "pins"
    if stamp.exists() and stamp.read_bytes() == PINS.read_bytes():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        if uv := shutil.which("uv"):
            _run(uv, "venv", "-q", "--python", sys.executable, VENV)
            _run(uv, "pip", "install", "-q", "--python", VENV / "bin/python", "--require-hashes",
                 "-r", PINS)  # fmt: skip
        else:
            _run(sys.executable, "-m", "venv", VENV)
            _run(VENV / "bin/python", "-m", "pip", "install", "-q",
                 "--disable-pip-version-check", "--require-hashes", "-r", PINS)  # fmt: skip
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()
        raise NoErp(f"Tryton can't be installed: {said[-1] if said else error}") from error
    shutil.copyfile(PINS, stamp)


def _database():
    """The folder of a finished database and its ledger; made once for a scenario and its pins."""
    parts = SCENARIO.read_bytes() + PINS.read_bytes() + Path(__file__).read_bytes()
    folder = CACHE / f"tryton-{hashlib.sha256(parts).hexdigest()[:16]}"
    if folder.exists():
        return folder
    for old in CACHE.glob("tryton-*"):
        if old != VENV:
            shutil.rmtree(old, ignore_errors=True)
    new = CACHE / "tryton-new"
    new.mkdir(parents=True)
    conf = _config(new, 0)
    (new / f"{NAME}.sqlite").touch()
    admin = (VENV / "bin/trytond-admin", "-c", conf, "-d", NAME)
    _run(*admin, "--all", "--email", "admin@example.com")
    _run(*admin, "-u", *MODULES, "--activate-dependencies")
    _run(VENV / "bin/python", SCENARIO, "make", conf, NAME, new / "ledger.json")
    return new.rename(folder)


def _config(folder, port):
    conf = folder / "trytond.conf"
    conf.write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n"
    )
    (folder / "password").write_text(PASSWORD)
    return conf


def _run(*command):
    """What the command prints; a failure carries its error output."""
    env = {**os.environ, **ENVIRONMENT}
    conf = [Path(part).parent for part in command if str(part).endswith(".conf")]
    if conf:
        env["TRYTONPASSFILE"] = str(conf[0] / "password")
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
        done.check_returncode()
    return done.stdout


def _wait(url, server, log):
    """Until the server answers; one that ends or takes too long fails with its log."""
    ends = time.monotonic() + START_SECONDS
    body = {"id": 1, "method": "common.server.version", "params": []}
    while time.monotonic() < ends and server.poll() is None:
        try:
            httpx.post(f"{url}/rpc/", json=body, trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"trytond did not start: {log.read_text()[-2000:]}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _turn():
    """One process at a time makes the environment and the database."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "tryton.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
