"""Refuses blocks as Slack does: unknown types, texts that are too long, too many of anything."""

from collections.abc import Sequence
from typing import Any

KNOWN = frozenset({
    "actions", "context", "data_table", "data_visualization", "divider", "header", "image",
    "input", "markdown", "rich_text", "section", "table",
})  # fmt: skip
MOST_BLOCKS = 50
MOST_CHARTS = 2
MOST_IN_TABLE = 20_000
LENGTHS = {"section": 3_000, "header": 150, "context": 3_000, "markdown": 12_000}


def faults(
    blocks: Sequence[Any], most: int = MOST_BLOCKS, known: frozenset[str] = KNOWN
) -> list[str]:
    """What Slack would say of the blocks; empty when it takes them."""
    if not isinstance(blocks, list):
        return ["must be an array"]
    found = [f"no more than {most} items allowed"] if len(blocks) > most else []
    if sum(_kind(one) == "data_visualization" for one in blocks) > MOST_CHARTS:
        found.append(f"no more than {MOST_CHARTS} data_visualization blocks allowed")
    if sum(_kind(one) == "table" for one in blocks) > 1:
        found.append("only_one_table_allowed")
    for at, block in enumerate(blocks):
        found += [f"{said} [json-pointer:/blocks/{at}]" for said in _of(block, known)]
    return found


def _kind(block: Any) -> str:
    return str(block.get("type")) if isinstance(block, dict) else ""


def _of(block: Any, known: frozenset[str]) -> list[str]:
    kind = _kind(block)
    if kind not in known:
        return [f"unsupported block: {kind}"]
    match kind:
        case "section" | "header":
            return _text(block.get("text"), LENGTHS[kind]) if "fields" not in block else []
        case "context":
            return _many(block, "elements", 10) + [
                said for one in block.get("elements", ()) for said in _text(one, LENGTHS[kind])
            ]
        case "actions":
            return _many(block, "elements", 25) + _buttons(block.get("elements", ()))
        case "table":
            return _many(block, "rows", 100) + _cells(block)
        case "data_table":
            return _many(block, "rows", 101) + _cells(block) + _pages(block)
        case "data_visualization":
            return [] if 0 < len(str(block.get("title", ""))) <= 50 else ["title: 1 to 50 chars"]
    return []


def _text(text: Any, longest: int) -> list[str]:
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        return ["a text object is needed"]
    return [] if 0 < len(text.get("text", "")) <= longest else [f"text: 1 to {longest} characters"]


def _many(block: dict[str, Any], name: str, most: int) -> list[str]:
    return [] if 0 < len(block.get(name) or ()) <= most else [f"{name}: 1 to {most}"]


def _buttons(elements: Sequence[dict[str, Any]]) -> list[str]:
    ids = [one.get("action_id") for one in elements]
    found = ["action_id already exists"] if len(set(ids)) < len(ids) else []
    for one in elements:
        if one.get("type") == "button":
            found += _text(one.get("text"), 75)
            found += ["value: at most 2000"] if len(one.get("value") or "") > 2_000 else []
    return found


def _pages(block: dict[str, Any]) -> list[str]:
    """What a table with pages needs: a caption, a plain header, rows of one length."""
    rows = block.get("rows") or [[]]
    found = [] if block.get("caption") else ["caption: must be there"]
    if not 1 <= block.get("page_size", 5) <= 100:
        found.append("page_size: 1 to 100")
    if any(cell.get("type") == "rich_text" for cell in rows[0]):
        found.append("rows/0: no rich_text in the header")
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        found.append("rows: at least 2 of the same length")
    if sum(len(str(cell.get("text", ""))) for row in rows for cell in row) > MOST_IN_TABLE:
        found.append(f"rows: no more than {MOST_IN_TABLE} characters")
    return found


def _cells(block: dict[str, Any]) -> list[str]:
    kinds = {cell.get("type") for row in block.get("rows", ()) for cell in row}
    wrong = kinds - {"raw_text", "raw_number", "rich_text"}
    wide = any(len(row) > 20 for row in block.get("rows", ()))
    return [f"unsupported cell: {kind}" for kind in wrong] + (["at most 20 cells"] if wide else [])
