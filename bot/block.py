"""The block of a source for leadline.toml: its text, and how it comes into the file."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot._values import SettingsError

BARE = re.compile(r"[A-Za-z0-9_-]+")


def block_text(name: str, block: Mapping[str, Any]) -> str:
    """`[sources.NAME]` with its settings, and a table for each of those that are tables."""
    return "".join(_table(f"sources.{name}", block))


def _table(path: str, table: Mapping[str, Any]) -> list[str]:
    plain = {name: one for name, one in table.items() if not isinstance(one, Mapping)}
    deep = {name: one for name, one in table.items() if isinstance(one, Mapping)}
    lines = [f"[{path}]\n"] if plain or not deep else []
    lines += [f"{_key(name)} = {_value(one)}\n" for name, one in plain.items()]
    for name, one in deep.items():
        lines += _table(f"{path}.{_key(name)}", one)
    return lines


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    """A value as TOML writes it, which is as JSON does but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def fits(path: Path, name: str, block: Mapping[str, Any]) -> str:
    """The text to append to leadline.toml; `SettingsError` where that would not add the block."""
    there = path.read_text("utf-8") if path.is_file() else ""
    gap = "" if not there else "\n" if there.endswith("\n") else "\n\n"
    text = gap + block_text(name, block)
    try:
        before, after = tomllib.loads(there), tomllib.loads(there + text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} can't take the block at its end: {error}") from error
    if after["sources"].pop(name) != block or after["sources"] != before.get("sources", {}):
        raise SettingsError(f"{path} can't take the block at its end: write it in by hand")
    return text


def append(path: Path, text: str) -> None:
    """Adds to the end of the file, and changes nothing else in it."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
