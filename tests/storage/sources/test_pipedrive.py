import pytest

from tests.storage.sources.conformance import Conformance
from tests.storage.sources.fake_pipedrive import FakePipedrive
from tests.storage.sources.pipedrive_harness import DealHarness


@pytest.fixture
def opened():
    made = []
    yield made
    for http in made:
        http.close()


class TestDeals(Conformance):
    """With the tokens of an app, which run out and are exchanged."""

    @pytest.fixture
    def harness(self, opened, tmp_path):
        return DealHarness(FakePipedrive(is_app=True), opened, tmp_path)
