"""Every command as a tool for agents: the Model Context Protocol over standard input and output.

One JSON-RPC 2.0 message a line. The few methods that tools need are spoken here: a library would
bring a web server and a second validator with it. https://modelcontextprotocol.io/specification
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from bot.text import as_json
from commands import Answer, Command, Notice

PROTOCOL = "2025-06-18"
LONGEST = 1_000_000
PARSE_ERROR, INVALID_REQUEST, NO_METHOD, BAD_PARAMS = -32700, -32600, -32601, -32602

Json = dict[str, Any]
Ask = Callable[[str], Answer | Notice]


class Refused(Exception):
    """A request that can't be served: its JSON-RPC code and why."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def answers(lines: Iterable[str], registry: Mapping[str, Command], ask: Ask) -> Iterator[str]:
    """The line to write for each line that asks for one. `ask` answers a command line."""
    for line in lines:
        if line.strip() and (answer := _answer(line, registry, ask)):
            yield msgspec.json.encode(answer).decode()


def _answer(line: str, registry: Mapping[str, Command], ask: Ask) -> Json | None:
    number = None
    try:
        asked = _request(line)
        number = asked.get("id")
        if number is None:  # a notification wants no answer
            return None
        result = _result(asked, registry, ask)
    except Refused as refused:
        error = {"code": refused.code, "message": str(refused)}
        return {"jsonrpc": "2.0", "id": number, "error": error}
    return {"jsonrpc": "2.0", "id": number, "result": result}


def _request(line: str) -> Json:
    try:
        asked = msgspec.json.decode(line[:LONGEST])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(PARSE_ERROR, "that is no JSON") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("method"), str):
        raise Refused(INVALID_REQUEST, "that is no request")
    return asked


def _result(asked: Json, registry: Mapping[str, Command], ask: Ask) -> Json:
    params = asked.get("params") or {}
    if not isinstance(params, dict):
        raise Refused(BAD_PARAMS, "params must be an object")
    match asked["method"]:
        case "initialize":
            return {
                "protocolVersion": params.get("protocolVersion") or PROTOCOL,
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "leadline", "version": "0.1.0"},
            }
        case "ping":
            return {}
        case "tools/list":
            return {"tools": [_tool(command) for command in registry.values()]}
        case "tools/call":
            return _called(params, registry, ask)
    raise Refused(NO_METHOD, f"there is no method {asked['method']}")


def _tool(command: Command) -> Json:
    words = {"type": "string", "description": f"what follows the name in: {command.usage}"}
    return {
        "name": command.name,
        "description": f"{command.summary} For example: {'; '.join(command.examples)}",
        "inputSchema": {"type": "object", "properties": {"words": words}},
        "annotations": {"readOnlyHint": True},
    }


def _called(params: Json, registry: Mapping[str, Command], ask: Ask) -> Json:
    name, given = params.get("name"), params.get("arguments") or {}
    if name not in registry:
        raise Refused(BAD_PARAMS, f"there is no tool {name!r}; there are {', '.join(registry)}")
    words = given.get("words", "") if isinstance(given, dict) else None
    if not isinstance(words, str):
        raise Refused(BAD_PARAMS, "words must be a text")
    said = ask(f"{name} {words}".strip())
    told = as_json(said)
    text = msgspec.json.encode(told).decode()
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": told,
        "isError": isinstance(said, Notice) and said.error,
    }
