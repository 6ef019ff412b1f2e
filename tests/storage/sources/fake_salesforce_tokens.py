"""The token server of the fake Salesforce: three ways in, sessions that end, tokens that turn."""

import jwt

from tests.storage.sources.fake_soql import Refused

CLIENT, SECRET, REFRESH = "client-of-a-test", "secret-of-a-test", "5Aep-first"
AUDIENCE = "https://login.salesforce.com"


class Tokens:
    """`key` is the public key of the application; `rotates`: a refresh token is good once."""

    def __init__(self, org):
        self.org = org
        self.given, self.now = 0, None
        self.refresh, self.turn, self.rotates = REFRESH, 0, False
        self.key = None

    def forget(self):
        """The session ends."""
        self.now = None

    def check(self, header):
        if self.now is None or header != f"Bearer {self.now}":
            raise Refused("INVALID_SESSION_ID", "Session expired or invalid", 401)

    def answer(self, asked):
        """Status and body."""
        kind = asked.get("grant_type")
        if kind == "client_credentials":
            good = (asked.get("client_id"), asked.get("client_secret")) == (CLIENT, SECRET)
        elif kind == "refresh_token":
            good = (asked.get("client_id"), asked.get("refresh_token")) == (CLIENT, self.refresh)
        elif kind == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            good = self.is_signed(asked.get("assertion", ""))
        else:
            return 400, {"error": "unsupported_grant_type", "error_description": str(kind)}
        if not good:
            return 400, {"error": "invalid_grant", "error_description": "expired or wrong"}
        self.given += 1
        self.now = f"00D5g!{self.given}"
        said = {"access_token": self.now, "token_type": "Bearer", "scope": "api",
                "instance_url": self.org.url}  # fmt: skip
        if kind == "refresh_token" and self.rotates:
            self.turn += 1
            self.refresh = said["refresh_token"] = f"5Aep-{self.turn}"
        return 200, said

    def is_signed(self, assertion):
        """Whether it is signed by the application's key, for a user, and soon over."""
        try:
            claims = jwt.decode(
                assertion, self.key, ["RS256"], audience=AUDIENCE, issuer=CLIENT,
                options={"verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.PyJWTError:
            return False
        left = claims["exp"] - self.org.now.timestamp()
        return bool(claims.get("sub")) and 0 < left <= 180
