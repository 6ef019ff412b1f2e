from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from storage.sources import SourceError
from storage.sources._http import Http
from storage.sources._netsuite_login import Signer, by_certificate
from tests.storage.sources.fake_netsuite import CONSUMER, HOST, FakeNetSuite
from tests.storage.sources.loopback import transport
from tests.storage.sources.netsuite_harness import netsuite
from tests.storage.sources.test_assertion import pem

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def fake():
    return FakeNetSuite(NOW)


def test_a_signature_is_that_of_the_standard():
    """Recomputed by hand from RFC 5849: the base string is written out here."""
    import base64
    import hashlib
    import hmac

    signer = Signer("1_SB1", "ck", "tk", "c&s ts")
    made = signer.header(
        "POST", "https://a.example/x y", {"limit": 10}, datetime.fromtimestamp(99, UTC), "n"
    )["Authorization"]  # fmt: skip
    base = (
        "POST&https%3A%2F%2Fa.example%2Fx%20y&limit%3D10%26oauth_consumer_key%3Dck%26"
        "oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D99%26"
        "oauth_token%3Dtk%26oauth_version%3D1.0"
    )
    digest = hmac.new(b"c%26s&ts", base.encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    for escaped in (("+", "%2B"), ("/", "%2F"), ("=", "%3D")):
        signature = signature.replace(*escaped)
    assert made.startswith('OAuth realm="1_SB1", oauth_consumer_key="ck"')
    assert f'oauth_signature="{signature}"' in made


def test_a_secret_without_its_second_half_is_refused():
    with pytest.raises(SourceError, match="with a blank between"):
        Signer("1", "ck", "tk", "only-one")


def test_a_certificate_gives_a_token(fake):
    key = ec.generate_private_key(ec.SECP256R1())
    fake.key = key.public_key()
    http = Http(HOST, transport=transport(fake))
    ask = lambda: NOW  # noqa: E731 - it is passed twice
    said = by_certificate(http, CONSUMER, "certificate-1", pem(key), "ES256", ask)()
    assert said["access_token"] == fake.token
    with pytest.raises(SourceError, match="gives no token: invalid_grant"):
        by_certificate(http, CONSUMER, "another", pem(key), "ES256", ask)()


def test_a_source_is_let_in_by_certificate_and_renews_its_token(fake):
    key = ec.generate_private_key(ec.SECP256R1())
    fake.key = key.public_key()
    source = netsuite(
        fake, login="certificate", certificate="certificate-1", algorithm="ES256", secret=pem(key)
    )
    assert source.check().missing == ()
    fake.token = None  # it ran out
    assert source.check().missing == ()
