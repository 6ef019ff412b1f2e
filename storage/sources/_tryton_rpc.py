"""How to talk to a Tryton: JSON-RPC within a session, where errors come with status 200."""

import base64
from dataclasses import dataclass, field
from typing import Any

from storage.sources import SourceError
from storage.sources._http import Http, Reply, TryLater

PASSING = ("ConcurrencyException", "RateLimitException")


class NoModel(SourceError):
    """The model is not there: its module is not activated."""

    def __init__(self, host: str, model: str) -> None:
        super().__init__(f"{host} has no {model}: is its module activated?", permanent=True)


@dataclass
class Rpc:
    """A way into one database; it logs in when first asked, and anew once a session is over."""

    http: Http
    database: str
    user: str
    password: str
    context: dict[str, Any] = field(default_factory=dict)
    _session: dict[str, str] = field(default_factory=dict)

    def call(self, model: str, method: str, *params: Any, **context: Any) -> Any:
        """What the method of the model returns; every failure is a `SourceError`."""
        if not self._session:
            self._log_in()
        reply = self._ask(model, method, params, context)
        if reply.status == 401:
            self._log_in()
            reply = self._ask(model, method, params, context)
        return self._result(reply, model)

    def version(self) -> str:
        """The server's series ("8.2")."""
        reply = self.http.post("rpc/", _body("common.server.version", ()))
        return str(self._result(reply, "version"))

    def _ask(
        self, model: str, method: str, params: tuple[Any, ...], context: dict[str, Any]
    ) -> Reply:
        body = _body(f"model.{model}.{method}", (*params, {**self.context, **context}))
        return self.http.post(f"{self.database}/rpc/", body, self._session)

    def _log_in(self) -> None:
        params = (self.user, {"password": self.password}, "en")
        reply = self.http.post(f"{self.database}/rpc/", _body("common.db.login", params))
        host = self.http.base.host
        if reply.status in (401, 403):
            raise SourceError(
                f"{host} refuses the login {self.user!r} or its password: check `user` and the"
                " secret",
                permanent=True,
            )
        if reply.status == 404:
            raise SourceError(f"{host} has no database {self.database!r}", permanent=True)
        found = self._result(reply, "login")
        if not isinstance(found, list) or len(found) < 2:
            raise SourceError(f"{host} does not answer as a Tryton", permanent=True)
        token = base64.b64encode(f"{self.user}:{found[0]}:{found[1]}".encode()).decode()
        self._session = {"Authorization": f"Session {token}"}
        # the user's company and language decide what prices and names are
        self.context = {}
        preferences = self._result(
            self._ask("res.user", "get_preferences", (True,), {}), "res.user"
        )
        self.context = {name: preferences[name] for name in ("company", "language")
                        if preferences.get(name)}  # fmt: skip

    def _result(self, reply: Reply, model: str) -> Any:
        answer = reply.checked().json()
        if not isinstance(answer, dict) or not ("result" in answer or "error" in answer):
            raise SourceError(f"{reply.place} does not answer as a Tryton", permanent=True)
        if "error" in answer:
            raise self._error(answer["error"], model)
        return answer["result"]

    def _error(self, error: Any, model: str) -> SourceError:
        """The error in the body of an answer, in words a person can act on."""
        host = self.http.base.host
        name, told = (*error, "", "")[:2] if isinstance(error, list) else (str(error), "")
        if name == repr(model):
            return NoModel(host, model)
        first = told[0] if isinstance(told, list) and told else ""
        text = self.http.redact(f"{host}: {model}: {name}: {first}"[:300].rstrip(": "))
        if name in PASSING:
            return TryLater(text)
        return SourceError(text, permanent=name == "UserError")


def _body(method: str, params: tuple[Any, ...]) -> dict[str, Any]:
    # with any other key Tryton takes the answer for another protocol's
    return {"id": 1, "method": method, "params": list(params)}
