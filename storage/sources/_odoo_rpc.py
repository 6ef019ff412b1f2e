"""How to talk to an Odoo: JSON-2 from version 19 on, JSON-RPC before, with the same calls."""

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from storage.sources import SourceError
from storage.sources._http import Http, Reply, TryLater

FIRST_WITH_JSON2 = 19
LAST_WITH_JSON_RPC = 21
ARCHIVED_TOO = {"active_test": False}
PASSING = ("OperationalError", "SerializationFailure", "LockNotAvailable", "DeadlockDetected")


class NoModel(SourceError):
    """The model is not there: its app is not installed."""

    def __init__(self, host: str, model: str) -> None:
        super().__init__(f"{host} has no {model}: is its app installed?", permanent=True)


class NoAccess(SourceError):
    """The user may not read the model."""

    def __init__(self, host: str, model: str, message: str) -> None:
        super().__init__(f"{host}: the user may not read {model}: {message}", permanent=True)


class Rpc(Protocol):
    """An open way into one database. `version` is the server's ("16.0").

    `fields` remembers, by model, the fields that the user may read.
    """

    @property
    def http(self) -> Http: ...

    @property
    def version(self) -> str: ...

    @property
    def fields(self) -> dict[str, frozenset[str]]: ...

    def call(self, model: str, method: str, **named: Any) -> Any:
        """What the method of the model returns; every failure is a `SourceError`."""
        ...


def connect(http: Http, database: str, user: str, key: str) -> Rpc:
    """Finds out the server's version, enters the database, and picks the dialect.

    Where JSON-2 should be there and is not (a proxy that lets only known paths through), the older
    one is tried as long as Odoo has it.
    """
    version = _version(http)
    if _major(version) >= FIRST_WITH_JSON2:
        newer = Json2(http, version, database, key)
        if _major(version) > LAST_WITH_JSON_RPC or newer.is_there():
            return newer
    uid = _service(http, "common", "authenticate", [database, user, key, {}], "res.users")
    if not isinstance(uid, int) or isinstance(uid, bool):
        # a wrong login is no error to Odoo: the answer is just false
        raise SourceError(_refused(http, user), permanent=True)
    return JsonRpc(http, version, database, user, uid, key)


@dataclass(frozen=True)
class JsonRpc:
    """`execute_kw` at /jsonrpc, where errors come with status 200."""

    http: Http
    version: str
    database: str
    user: str
    uid: int
    key: str
    fields: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)

    def call(self, model: str, method: str, **named: Any) -> Any:
        # the name of search's first argument changed over the versions, so it goes by position
        positional = [named.pop("domain")] if "domain" in named else []
        named["context"] = ARCHIVED_TOO
        args = [self.database, self.uid, self.key, model, method, positional, named]
        return _service(self.http, "object", "execute_kw", args, model, self.user)


@dataclass(frozen=True)
class Json2:
    """`/json/2/<model>/<method>`, where errors have a status of their own."""

    http: Http
    version: str
    database: str
    key: str
    fields: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)

    def is_there(self) -> bool:
        """Whether anything answers, if only that the key is wrong."""
        reply = self._asked("res.users", "context_get", {})
        return reply.status != 404 or _is_json(reply)

    def call(self, model: str, method: str, **named: Any) -> Any:
        reply = self._asked(model, method, {**named, "context": ARCHIVED_TOO})
        if reply.status < 300:
            return reply.json()
        raise _json2_error(reply, self.http, self.database, model)

    def _asked(self, model: str, method: str, named: dict[str, Any]) -> Reply:
        headers = {"Authorization": f"bearer {self.key}"}
        if self.database:
            headers["X-Odoo-Database"] = self.database
        return self.http.post(f"json/2/{model}/{method}", named, headers)


def _version(http: Http) -> str:
    """`16.0`, from the page that newer versions have, else from the older service."""
    reply = http.get("web/version")
    if reply.status == 200 and _is_json(reply):
        found = reply.json()
        if isinstance(found, dict) and "version" in found:
            return str(found["version"])
    found = _service(http, "common", "version", [], "version")
    if not isinstance(found, dict) or "server_version" not in found:
        raise SourceError(f"{http.base.host} does not say which Odoo it is", permanent=True)
    return str(found["server_version"])


def _major(version: str) -> int:
    """19 of `19.0`, 18 of `saas~18.3+e`."""
    number = re.search(r"\d+", version)
    if number is None:
        raise SourceError(f"not a version of Odoo: {version!r}", permanent=True)
    return int(number[0])


def _service(
    http: Http, service: str, method: str, args: list[Any], model: str, user: str = ""
) -> Any:
    params = {"service": service, "method": method, "args": args}
    body = {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1}
    answer = http.post("jsonrpc", body).checked().json()
    if not isinstance(answer, dict) or not ("result" in answer or "error" in answer):
        raise SourceError(f"{http.base.host}/jsonrpc does not answer as an Odoo", permanent=True)
    if "error" in answer:
        raise _rpc_error(answer["error"], http, model, user)
    return answer["result"]


def _rpc_error(error: Any, http: Http, model: str, user: str) -> SourceError:
    """The error in the body of a JSON-RPC answer, in words a person can act on."""
    data = error.get("data") if isinstance(error, dict) else None
    name, message = _told(data)
    host = http.base.host
    if name.endswith("AccessDenied"):
        return SourceError(_refused(http, user), permanent=True)
    if name.endswith("AccessError"):
        return NoAccess(host, model, message)
    if re.search(r'database ".*" does not exist', message):
        return SourceError(f"{host} has no such database: check `database`", permanent=True)
    if re.search(r"Object .* doesn't exist", message):
        return NoModel(host, model)
    text = http.redact(f"{host}: {model}: {name.rpartition('.')[2]}: {message}")
    return TryLater(text) if name.endswith(PASSING) else SourceError(text)


def _json2_error(reply: Reply, http: Http, database: str, model: str) -> SourceError:
    """The error of a JSON-2 answer: its status says what it is, its body in which words."""
    host = http.base.host
    if not _is_json(reply):
        if reply.status == 404:
            return SourceError(f"{host} has no database {database!r} with JSON-2", permanent=True)
        return SourceError(f"{host}: {model}: status {reply.status}", permanent=True)
    _, message = _told(reply.json())
    if reply.status == 401:
        return SourceError(f"{host} refuses the key: {message}; make a new one", permanent=True)
    if reply.status == 403:
        return NoAccess(host, model, message)
    if reply.status == 404 and "model" in message:
        return NoModel(host, model)
    return SourceError(
        http.redact(f"{host}: {model}: status {reply.status}: {message}"), permanent=True
    )


def _is_json(reply: Reply) -> bool:
    return "json" in reply.headers.get("content-type", "")


def _told(data: Any) -> tuple[str, str]:
    """The exception's name and the first line of its message."""
    if not isinstance(data, dict):
        return "", str(data)[:200]
    lines = str(data.get("message", "")).strip().splitlines()
    return str(data.get("name", "")), lines[0][:200] if lines else ""


def _refused(http: Http, user: str) -> str:
    return f"{http.base.host} refuses the login {user!r} or its key: check `user` and the secret"
