import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import group_of

HERE = Path(__file__).parent
TESTS = """
import pytest

%s = [pytest.mark.xdist_group("dear")]


@pytest.mark.parametrize("at", range(4))
def test_it(at):
    pass
"""


def test_the_group_of_a_file_is_read_from_its_mark():
    assert group_of(HERE / "bot" / "demo" / "test_run.py") == "demo"
    assert group_of(HERE / "bot" / "demo" / "test_page.py") == "demo"
    assert group_of(Path(__file__)) is None
    assert group_of(HERE / "nothing.py") is None


@pytest.mark.slow
def test_what_is_dear_is_started_by_one_worker(tmp_path):
    shutil.copy(HERE / "conftest.py", tmp_path)
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / name).write_text(TESTS % "pytestmark")
    words = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-v", "--rootdir",
             str(tmp_path), "-p", "no:cacheprovider", str(tmp_path)]  # fmt: skip
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "8 passed" in done.stdout, done.stdout + done.stderr
    assert len(set(re.findall(r"^\[(gw\d)\]", done.stdout, re.MULTILINE))) == 1, done.stdout
