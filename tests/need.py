"""What a test needs of the machine it runs on."""

import os
import shutil

import pytest

# Where one of these is set nothing may be left out.
REQUIRED = ("REQUIRE_BROWSER", "CI")


def need(*programs):
    """Skips the test and says why if a program is missing; fails where all must be there."""
    missing = [name for name in programs if not shutil.which(name)]
    if not missing:
        return
    said = f"not on this machine: {', '.join(missing)}"
    if any(os.environ.get(name) for name in REQUIRED):
        pytest.fail(said)
    pytest.skip(said)
