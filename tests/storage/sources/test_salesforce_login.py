import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from storage.sources import SourceError
from storage.sources._http import Http
from storage.sources._oauth import TOKENS, Kept
from storage.sources._salesforce_login import by_certificate, by_refresh_token, by_secret, instance
from tests.storage.sources.fake_salesforce import FakeSalesforce
from tests.storage.sources.fake_salesforce_tokens import AUDIENCE, CLIENT, REFRESH, SECRET
from tests.storage.sources.loopback import transport
from tests.storage.sources.salesforce_harness import URL, salesforce
from tests.storage.sources.test_assertion import pem


@pytest.fixture
def fake():
    made = FakeSalesforce()
    made.url = URL
    return made


@pytest.fixture
def http(fake):
    return Http(URL, transport=transport(fake))


def test_a_secret_gives_a_token_and_the_address_of_the_data(http):
    said = by_secret(http, CLIENT, SECRET)()
    assert instance(said, URL) == URL
    assert said["access_token"]


def test_a_wrong_secret_is_quoted_and_not_told(http):
    with pytest.raises(SourceError, match="gives no token: invalid_grant") as said:
        by_secret(http, CLIENT, "wrong-secret")()
    assert "wrong-secret" not in str(said.value)


def test_a_certificate_speaks_for_a_user(fake, http):
    key = rsa.generate_private_key(65537, 2048)
    fake.tokens.key = key.public_key()
    ask = lambda: fake.now  # noqa: E731 - it is passed twice
    assert by_certificate(http, CLIENT, pem(key), "a@b.example", AUDIENCE, ask)()["access_token"]
    other = pem(rsa.generate_private_key(65537, 2048))
    with pytest.raises(SourceError, match="invalid_grant"):
        by_certificate(http, CLIENT, other, "a@b.example", AUDIENCE, ask)()


def test_a_refresh_token_that_turns_is_kept_and_used(fake, http, tmp_path):
    fake.tokens.rotates = True
    for turn in range(1, 4):  # three processes, one after the other
        by_refresh_token(http, CLIENT, REFRESH, Kept(str(tmp_path), "salesforce:main"))()
        kept = json.loads((tmp_path / TOKENS).read_text())
        assert kept["salesforce:main"]["now"] == f"5Aep-{turn}"


def test_a_source_goes_on_with_the_token_that_turned(fake, tmp_path):
    fake.tokens.rotates = True
    for _ in range(2):
        source = salesforce(
            fake, login="refresh_token", secret=f"{REFRESH} {SECRET}", folder=str(tmp_path)
        )
        assert source.check().missing == ()
        fake.fail_next("401")  # the session ends
        assert source.check().missing == ()


def test_an_address_that_is_not_reached_as_safely_is_refused():
    with pytest.raises(SourceError, match="reached otherwise"):
        instance({"instance_url": "http://elsewhere.example"}, URL)
