"""Shows what an assertion of the shared suite compared."""

import pytest

pytest.register_assert_rewrite(
    "tests.storage.sources.conformance",
    "tests.storage.sources.conformance_steps",
    "tests.storage.sources.conformance_life",
)
