"""How Salesforce lets an application in: by its secret, by a certificate, or a refresh token."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from storage.sources import SourceError
from storage.sources._assertion import signed
from storage.sources._http import Http
from storage.sources._oauth import Kept, client_credentials, granted, refreshed

Login = Literal["client_credentials", "jwt", "refresh_token"]
Fetch = Callable[[], Mapping[str, Any]]

TOKEN = "services/oauth2/token"  # noqa: S105 - a path
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIVES = timedelta(minutes=3)  # the longest that Salesforce takes


def by_secret(http: Http, client: str, secret: str) -> Fetch:
    """The application's own user, whom an administrator chose; needs the My Domain host."""
    return client_credentials(http, TOKEN, client, secret)


def by_certificate(
    http: Http, client: str, key: str, user: str, audience: str, clock: Callable[[], datetime]
) -> Fetch:
    """In the name of `user`, who allowed the application before; `key` is its private key."""

    def fetch() -> Mapping[str, Any]:
        claims = {"iss": client, "sub": user, "aud": audience}
        assertion = signed(claims, key, "RS256", clock(), LIVES)
        return granted(http, TOKEN, {"grant_type": JWT_BEARER, "assertion": assertion})

    return fetch


def by_refresh_token(http: Http, client: str, secret: str, kept: Kept) -> Fetch:
    """By a refresh token, which the server may exchange for a new one each time.

    Behind a blank the secret holds that of the application, where it asks for one.
    """
    token, _, of_client = secret.strip().partition(" ")
    more = {"client_secret": of_client.strip()} if of_client else {}
    return refreshed(http, TOKEN, token, kept, client_id=client, **more)


def instance(said: Mapping[str, Any], url: str) -> str:
    """The address of the organisation's data, which the token server names with each token."""
    found = str(said.get("instance_url") or url)
    if found.partition("://")[0] != url.partition("://")[0]:
        raise SourceError(f"{url} names an instance that is reached otherwise: {found}")
    return found
