"""How NetSuite lets an integration in: by a certificate (OAuth 2) or by signed requests (TBA)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from storage.sources import SourceError
from storage.sources._assertion import signed
from storage.sources._http import Http
from storage.sources._oauth import granted

TOKEN = "services/rest/auth/oauth2/v1/token"  # noqa: S105 - a path
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIVES = timedelta(minutes=5)


def by_certificate(
    http: Http, client: str, certificate: str, key: str, algorithm: str,
    clock: Callable[[], datetime],
) -> Callable[[], Mapping[str, Any]]:  # fmt: skip
    """Fetches a token; `certificate` is the id that NetSuite gave the certificate of the key."""

    def fetch() -> Mapping[str, Any]:
        aud = f"{str(http.base).rstrip('/')}/{TOKEN}"
        claims = {"iss": client, "scope": ["rest_webservices"], "aud": aud}
        assertion = signed(claims, key, algorithm, clock(), LIVES, {"kid": certificate})
        return granted(http, TOKEN, {
            "grant_type": "client_credentials", "client_assertion_type": JWT_BEARER,
            "client_assertion": assertion,
        })  # fmt: skip

    return fetch


@dataclass(frozen=True)
class Signer:
    """Signs each request by itself (OAuth 1.0a with HMAC-SHA256).

    `secret` holds the consumer's secret and, behind a blank, the token's.
    """

    account: str
    consumer: str
    token: str
    secret: str

    def __post_init__(self) -> None:
        if len(self.secret.split()) != 2:
            raise SourceError(
                "the secret must be the consumer's secret and the token's, with a blank between",
                permanent=True,
            )

    def header(
        self, method: str, url: str, params: Mapping[str, Any], now: datetime, nonce: str = ""
    ) -> Mapping[str, str]:
        """The header of one request; `url` is without its query, which `params` are."""
        said = {
            "oauth_consumer_key": self.consumer, "oauth_token": self.token,
            "oauth_signature_method": "HMAC-SHA256", "oauth_version": "1.0",
            "oauth_timestamp": str(int(now.timestamp())),
            "oauth_nonce": nonce or secrets.token_hex(16),
        }  # fmt: skip
        said["oauth_signature"] = self._signature(method, url, {**params, **said})
        named = {"realm": self.account, **said}
        told = ", ".join(f'{name}="{_quoted(value)}"' for name, value in named.items())
        return {"Authorization": f"OAuth {told}"}

    def _signature(self, method: str, url: str, params: Mapping[str, Any]) -> str:
        pairs = sorted((_quoted(name), _quoted(value)) for name, value in params.items())
        joined = "&".join(f"{name}={value}" for name, value in pairs)
        base = "&".join([method, _quoted(url), _quoted(joined)])
        key = "&".join(_quoted(part) for part in self.secret.split())
        digest = hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()


def _quoted(value: Any) -> str:
    return quote(str(value), safe="-._~")
