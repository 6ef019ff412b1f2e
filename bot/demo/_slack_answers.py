"""How Slack words an answer, and how it reads what it is asked."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bot.demo._block_check import KNOWN, MOST_BLOCKS, faults
from bot.demo._members import Json
from bot.demo.workspace import Workspace

TRUE = ("true", "True", "1", True, 1)


def ok(**more: Any) -> Json:
    return {"ok": True, **more}


def error(code: str, **more: Any) -> Json:
    return {"ok": False, "error": code, **more}


def read(args: Json, name: str) -> Any:
    """An argument that forms carry as JSON text."""
    value = args.get(name)
    return msgspec.json.decode(value) if isinstance(value, str) and value else value


def is_true(args: Json, name: str) -> bool:
    return args.get(name) in TRUE


def blocks_of(args: Json) -> list[Json]:
    found = read(args, "blocks")
    return found if isinstance(found, list) else []


def refusals(workspace: Workspace, blocks: list[Json], most: int = MOST_BLOCKS) -> list[str]:
    """What this workspace does not take of the blocks of a message."""
    return faults(blocks, most, KNOWN - workspace.unknown_blocks)


def page_of(found: Sequence[Json], args: Json, usual: int, most: int) -> tuple[list[Json], str]:
    """One page of a list, and the cursor of the next; empty at the end."""
    begin = int(args.get("cursor") or 0)
    end = begin + min(int(args.get("limit") or usual), most)
    return list(found[begin:end]), str(end) if end < len(found) else ""
