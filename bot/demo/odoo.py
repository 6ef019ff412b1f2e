"""The demo's Odoo on the wire: JSON-RPC as versions up to 21 speak it, JSON-2 from 19 on."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from bot.demo.odoo_query import Domain
from bot.demo.odoo_schema import Column, columns, has_model, shown
from bot.demo.odoo_tables import Tables

Reply = tuple[int, dict[str, str], bytes]

UID = 2
FIRST_WITH_JSON2 = 19
POSITIONAL = {
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "search": ("domain", "offset", "limit", "order"),
    "search_count": ("domain", "limit"),
    "fields_get": ("allfields", "attributes"),
    "read": ("ids", "fields"),
    "context_get": (),
}


class Fault(Exception):
    """An error as Odoo tells it: the exception's name and message, and its status in JSON-2."""

    def __init__(self, name: str, message: str, status: int = 500) -> None:
        super().__init__(message)
        self.name, self.message, self.status = name, message, status

    def data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "debug": f"Traceback (most recent call last):\n{self.name}: {self.message}\n",
            "message": self.message,
            "arguments": [self.message],
            "context": {},
        }


class OdooFace:
    """Answers requests from `tables` as an Odoo of `series` ("16.0") would.

    `clock` gives the server's time (aware), which also is its Date header. One user may enter:
    `user` with `key`, into `database`. `without` names apps that are not installed ("mrp"): their
    models are not there.
    """

    def __init__(
        self,
        tables: Tables,
        clock: Callable[[], datetime],
        *,
        series: str = "16.0",
        database: str = "demo",
        user: str = "leadline",
        key: str = "demo-key",
        without: tuple[str, ...] = (),
    ) -> None:
        self.tables, self.clock, self.series = tables, clock, series
        self.database, self.user, self.key = database, user, key
        self.major = int(series.split(".")[0])
        self.without = tuple(f"{app}." for app in without)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """(status, headers, body) of one request. Header names are taken in any case."""
        sent = {name.lower(): value for name, value in headers.items()}
        if (method, path) == ("POST", "/jsonrpc"):
            return self._reply(200, self._jsonrpc(body))
        if self.major < FIRST_WITH_JSON2:
            return self._missing()
        if method == "GET" and path in ("/web/version", "/json/version"):
            info = [self.major, 0, 0, "final", 0, ""]
            return self._reply(200, {"version_info": info, "version": self.series})
        if method == "POST" and path.startswith("/json/2/") and path.count("/") == 4:
            return self._json2(path, sent, body)
        return self._missing()

    def _reply(self, status: int, answer: Any) -> Reply:
        return status, self._headers("application/json; charset=utf-8"), json.dumps(answer).encode()

    def _missing(self) -> Reply:
        page = (
            b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
        )
        return 404, self._headers("text/html; charset=utf-8"), page

    def _headers(self, kind: str) -> dict[str, str]:
        date = format_datetime(self.clock().astimezone(UTC), usegmt=True)
        return {"Content-Type": kind, "Date": date}

    def _jsonrpc(self, body: bytes) -> dict[str, Any]:
        asked = json.loads(body)
        answer = {"jsonrpc": "2.0", "id": asked.get("id")}
        try:
            return {**answer, "result": self._service(**asked["params"])}
        except Fault as fault:
            message = "Odoo Server Error"
            return {**answer, "error": {"code": 200, "message": message, "data": fault.data()}}

    def _service(self, service: str, method: str, args: list[Any]) -> Any:
        if (service, method) == ("common", "version"):
            info = [self.major, 0, 0, "final", 0, ""]
            return {
                "server_version": self.series,
                "server_version_info": info,
                "server_serie": self.series,
                "protocol_version": 1,
            }
        if service == "common" and method in ("authenticate", "login"):
            database, user, key = args[:3]
            self._check_database(database)
            return UID if (user, key) == (self.user, self.key) else False
        database, uid, key, model, called, positional, *named = args
        self._check_database(database)
        if (uid, key) != (UID, self.key):
            raise Fault("odoo.exceptions.AccessDenied", "Access Denied", 403)
        if not self._has(model):
            raise Fault("odoo.exceptions.UserError", f"Object {model} doesn't exist", 422)
        given = dict(zip(POSITIONAL.get(called, ()), positional, strict=False))
        return self.call(model, called, {**given, **(named[0] if named else {})})

    def _has(self, model: str) -> bool:
        return has_model(model, self.major) and not model.startswith(self.without)

    def _check_database(self, name: str) -> None:
        if name != self.database:
            raise Fault(
                "psycopg2.OperationalError",
                f'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{name}"'
                " does not exist\n",
            )

    def _json2(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        _, _, _, model, method = path.split("/")
        try:
            if headers.get("x-odoo-database", self.database) != self.database:
                return self._missing()
            if headers.get("authorization", "").split(" ", 1) not in (
                ["bearer", self.key], ["Bearer", self.key],
            ):  # fmt: skip
                raise Fault("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401)
            if not self._has(model):
                raise Fault(
                    "werkzeug.exceptions.NotFound", f"the model {model!r} does not exist", 404
                )
            return self._reply(200, self.call(model, method, json.loads(body or b"{}")))
        except Fault as fault:
            return self._reply(fault.status, fault.data())

    def call(self, model: str, method: str, named: Mapping[str, Any]) -> Any:
        """What a method of a model returns. Models, methods and arguments are Odoo's."""
        arguments = {name: value for name, value in named.items() if name != "context"}
        context = named.get("context", {})
        if method not in POSITIONAL:
            raise Fault(
                "builtins.AttributeError",
                f"The method '{model}.{method}' does not exist",
                404,
            )
        if unknown := set(arguments) - set(POSITIONAL[method]):
            message = f"got an unexpected keyword argument {min(unknown)!r}"
            raise Fault("werkzeug.exceptions.UnprocessableEntity", message, 422)
        with self.tables.lock:
            return getattr(self, f"_{method}")(model, context, **arguments)

    def _context_get(self, model: str, context: Mapping[str, Any]) -> dict[str, Any]:
        return {"lang": "en_US", "tz": "UTC", "uid": UID}

    def _fields_get(
        self,
        model: str,
        context: Mapping[str, Any],
        allfields: list[str] | None = None,
        attributes: list[str] | None = None,
    ) -> dict[str, dict[str, Any]]:
        return {
            name: {
                key: value
                for key, value in _described(name, columns(model)[stored]).items()
                if not attributes or key in attributes
            }
            for name, stored in self._shown(model).items()
            if not allfields or name in allfields
        }

    def _search_read(
        self,
        model: str,
        context: Mapping[str, Any],
        domain: Domain = (),
        fields: list[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        order: str = "id",
    ) -> list[dict[str, Any]]:
        ids = self._search(model, context, domain, offset, limit, order)
        return self._read(model, context, ids, fields)

    def _search(
        self,
        model: str,
        context: Mapping[str, Any],
        domain: Domain = (),
        offset: int = 0,
        limit: int | None = None,
        order: str = "id",
    ) -> list[int]:
        try:
            asked = [self._translated(model, term) for term in domain]
            return self.tables.search(
                model, asked, order or "id", offset, limit, context.get("active_test", True)
            )
        except ValueError as error:
            raise Fault("builtins.ValueError", str(error)) from error

    def _search_count(
        self,
        model: str,
        context: Mapping[str, Any],
        domain: Domain = (),
        limit: int | None = None,
    ) -> int:
        return len(self._search(model, context, domain, limit=limit))

    def _read(
        self,
        model: str,
        context: Mapping[str, Any],
        ids: list[int],
        fields: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        names = self._shown(model)
        for name in fields or ():
            if name not in names:
                message = f"Invalid field {name!r} on model {model!r}"
                raise Fault("builtins.ValueError", message)
        wanted = list(fields or names)
        answers = []
        for id_ in ids:
            record = self.tables.read(model, id_, [names[name] for name in wanted])
            answers.append({"id": id_, **{name: record[names[name]] for name in wanted}})
        return answers

    def _shown(self, model: str) -> Mapping[str, str]:
        """The fields of a model; those that lead to what is not installed are not there."""
        names = shown(model, self.major)
        if not self.without:
            return names
        there = columns(model)
        return {
            name: stored
            for name, stored in names.items()
            if not there[stored].to or self._has(there[stored].to)
        }

    def _translated(self, model: str, term: Any) -> Any:
        """A term of a domain with the names of the tables for those of this version."""
        if isinstance(term, str):
            return term
        path, sign, value = term
        steps, here = [], model
        for step in path.split("."):
            name = self._shown(here).get(step)
            if name is None:
                raise ValueError(f"Invalid field {here}.{step} in leaf {tuple(term)!r}")
            steps.append(name)
            here = columns(here)[name].to
        return [".".join(steps), sign, value]


def _described(name: str, column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": column.type,
        "string": name.replace("_", " ").capitalize(),
        "required": column.required,
        "store": name != "display_name" and not column.related,
    }
    if column.type.endswith("2one") or column.type.endswith("2many"):
        described["relation"] = column.to
    if column.type == "one2many":
        described["relation_field"] = column.inverse
    return described
