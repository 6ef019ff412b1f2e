"""A cell that is no text: a number, a time or a flag, as a workbook or a database keeps it."""

from datetime import date
from decimal import Decimal
from typing import Any


def plain(cell: Any) -> str:
    """The cell as text, without blanks around it; a whole number is one without a point."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.hex()
    return str(cell).strip()


def is_number(cell: Any) -> bool:
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
