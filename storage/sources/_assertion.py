"""Signed statements of who we are, by which a token server gives a token without a password."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm

from storage.sources import SourceError


def signed(
    claims: Mapping[str, Any],
    key: str,
    algorithm: str,
    now: datetime,
    lives: timedelta,
    headers: Mapping[str, str] | None = None,
) -> str:
    """A JSON web token of the claims, good from `now` on for as long as it `lives`.

    `key` is a private key as PEM text, in which "\\n" may stand for the ends of its lines.
    """
    times = {"iat": int(now.timestamp()), "exp": int((now + lives).timestamp())}
    pem = key.replace("\\n", "\n").strip() + "\n"
    try:
        return jwt.encode(
            {**claims, **times}, pem, algorithm=algorithm, headers=dict(headers or {})
        )
    except (ValueError, TypeError, UnsupportedAlgorithm, jwt.PyJWTError) as error:
        raise SourceError(
            f"the secret is no private key for {algorithm}: give its PEM text, from BEGIN to END",
            permanent=True,
        ) from error
