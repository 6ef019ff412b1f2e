"""Every module has its test, at the same place, and no file grows beyond reading."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "commands", "storage")
MODULES = sorted(
    path.relative_to(ROOT)
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py" and "node_modules" not in path.parts
)
# Declarations: the tests that use them are their tests. Migrations are run by test_schema.
DECLARE_ONLY = {
    Path("commands/_contract.py"),
    Path("storage/forecasts/_statement.py"),
    Path("storage/models/customers.py"),
    Path("storage/models/delivery.py"),
    Path("storage/models/forecasts.py"),
    Path("storage/models/ledger.py"),
    Path("storage/models/orders.py"),
    Path("storage/models/reminders.py"),
    Path("storage/models/seen.py"),
    Path("storage/models/sensors.py"),
    Path("storage/models/stock.py"),
    Path("storage/migrations/env.py"),
}
LONGEST = 300


def place_of_test(module):
    return ROOT / "tests" / module.parent / f"test_{module.stem.strip('_')}.py"


@pytest.mark.parametrize("module", [m for m in MODULES if m not in DECLARE_ONLY], ids=str)
def test_the_module_has_its_test(module):
    assert place_of_test(module).is_file() or "versions" in module.parts


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_the_module_can_be_read_in_one_go(module):
    if "migrations" not in module.parts:
        assert len((ROOT / module).read_text("utf-8").splitlines()) <= LONGEST


def test_faults_are_caught_broadly_in_two_places_only():
    broad = [
        str(module)
        for module in MODULES
        for line in (ROOT / module).read_text("utf-8").splitlines()
        if line.strip().startswith(("except Exception", "except BaseException", "except:"))
    ]
    assert broad == ["bot/boundary.py", "storage/sync.py"]


def test_the_layers_are_held():
    # in a process of its own: it turns off the loggers of the one it runs in
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()
