"""Refuses blocks as Slack does: unknown types, texts that are too long, too many of anything."""

from collections.abc import Collection, Sequence
from typing import Any

from bot.demo._element_check import element_faults, text_faults

KNOWN = frozenset({
    "actions", "context", "data_table", "data_visualization", "divider", "header", "image",
    "input", "markdown", "rich_text", "section", "table",
})  # fmt: skip
# what stands in messages only, in messages and home tabs, and in dialogs only
SURFACES = {
    "modal": KNOWN - {"data_table", "data_visualization", "markdown", "table"} | {"alert"},
    "home": KNOWN - {"markdown"},
}
MOST_BLOCKS, MOST_BLOCKS_IN_VIEW = 50, 100
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
    ids = [one["block_id"] for one in blocks if isinstance(one, dict) and one.get("block_id")]
    if len(set(ids)) < len(ids):
        found.append("block_id already exists")
    for at, block in enumerate(blocks):
        found += [f"{said} [json-pointer:/blocks/{at}]" for said in _of(block, known)]
    return found


def view_faults(view: Any, kind: str, unknown: Collection[str] = ()) -> list[str]:
    """What Slack would say of a view of a kind, modal or home; empty when it takes it."""
    if not isinstance(view, dict) or view.get("type") != kind:
        return [f"type must be {kind} [json-pointer:/view/type]"]
    blocks = view.get("blocks")
    found = faults(blocks or [], MOST_BLOCKS_IN_VIEW, SURFACES[kind] - frozenset(unknown))
    if not blocks:
        found.append("no less than 1 items allowed [json-pointer:/view/blocks]")
        return found
    if len(str(view.get("private_metadata") or "")) > 3_000:
        found.append("private_metadata: at most 3000 characters")
    return found + (_frame(view, blocks) if kind == "modal" else [])


def _frame(view: dict[str, Any], blocks: Sequence[Any]) -> list[str]:
    """What a dialog needs around its blocks."""
    found = text_faults(view.get("title"), 24, ("plain_text",))
    for name in ("submit", "close"):
        found += text_faults(view[name], 24, ("plain_text",)) if view.get(name) else []
    if any(_kind(one) == "input" for one in blocks) and not view.get("submit"):
        found.append("submit: is needed where there is an input")
    return found


def _kind(block: Any) -> str:
    return str(block.get("type")) if isinstance(block, dict) else ""


def _of(block: Any, known: frozenset[str]) -> list[str]:
    kind = _kind(block)
    if kind not in known:
        return [f"unsupported block: {kind}"]
    match kind:
        case "section" | "header":
            words = [] if "fields" in block else text_faults(block.get("text"), LENGTHS[kind])
            beside = block.get("accessory")
            return words + (element_faults(beside) if beside else [])
        case "context":
            return _many(block, "elements", 10) + [
                said
                for one in block.get("elements", ())
                for said in text_faults(one, LENGTHS[kind])
            ]
        case "actions":
            return _many(block, "elements", 25) + _elements(block.get("elements", ()))
        case "input":
            label = text_faults(block.get("label"), 2_000, ("plain_text",))
            return label + element_faults(block.get("element"), is_input=True)
        case "table":
            return _many(block, "rows", 100) + _cells(block)
        case "data_table":
            return _many(block, "rows", 101) + _cells(block) + _pages(block)
        case "data_visualization":
            return [] if 0 < len(str(block.get("title", ""))) <= 50 else ["title: 1 to 50 chars"]
    return []


def _many(block: dict[str, Any], name: str, most: int) -> list[str]:
    return [] if 0 < len(block.get(name) or ()) <= most else [f"{name}: 1 to {most}"]


def _elements(elements: Sequence[dict[str, Any]]) -> list[str]:
    ids = [one.get("action_id") for one in elements]
    found = ["action_id already exists"] if len(set(ids)) < len(ids) else []
    return found + [said for one in elements for said in element_faults(one)]


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
