from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from storage.sources import SourceError
from storage.sources._assertion import signed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.mark.parametrize("as_one_line", [False, True])
def test_it_is_signed_and_says_when_it_ends(as_one_line):
    key = ec.generate_private_key(ec.SECP256R1())
    text = pem(key).replace("\n", "\\n") if as_one_line else pem(key)
    made = signed({"iss": "me"}, text, "ES256", NOW, timedelta(minutes=3), {"kid": "k1"})
    no_clock = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(made, key.public_key(), ["ES256"], options=no_clock)
    assert claims == {"iss": "me", "iat": NOW.timestamp(), "exp": NOW.timestamp() + 180}
    assert jwt.get_unverified_header(made)["kid"] == "k1"


@pytest.mark.parametrize("key", ["not a key", "", "-----BEGIN PRIVATE KEY-----\nxx\n-----END"])
def test_what_is_no_key_is_refused_without_being_told(key):
    with pytest.raises(SourceError, match="no private key") as said:
        signed({}, key, "RS256", NOW, timedelta(minutes=3))
    assert said.value.permanent
    assert key == "" or key not in str(said.value)


def test_a_key_of_another_kind_is_refused():
    key = pem(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(SourceError, match="no private key for RS256"):
        signed({}, key, "RS256", NOW, timedelta(minutes=3))
