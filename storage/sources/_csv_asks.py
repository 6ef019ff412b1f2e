"""What connecting a delimited file asks for: its columns are proposed from its first line."""

import csv
from collections.abc import Mapping
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from storage.models import FACTS
from storage.sources import Ask, Row
from storage.sources._csv_fact import fields
from storage.sources._csv_map import PURCHASE, SALE

DELIMITERS = {",": ",", ";": ";", "|": "|", "\t": "tab"}
LIKELY = 85.0
OF_ORDERS = {"purchase_lines": PURCHASE, "sales_lines": SALE}
WRITTEN = "utf-8-sig"


def delimiter(given: Mapping[str, str]) -> str:
    """The sign that parts most of the first line."""
    line = _first_line(given)
    return DELIMITERS[max(DELIMITERS, key=line.count)]


def key(given: Mapping[str, str]) -> str:
    return next(iter(_header(given)), "")


def columns(given: Mapping[str, str]) -> str:
    """Columns whose names are nearly those of fields, as `field=column, …`."""
    left = dict.fromkeys(_fields(given["stream"]))
    found = []
    for column in _header(given):
        near = process.extractOne(
            column, list(left), scorer=fuzz.ratio, processor=utils.default_process,
            score_cutoff=LIKELY,
        )  # fmt: skip
        if near:
            left.pop(near[0])
            found.append(f"{near[0]}={column}")
    return ", ".join(found)


def block(given: Mapping[str, str]) -> Row:
    """What stands in leadline.toml of a file."""
    columns = named(given["columns"])
    stream: Row = {"file": given["file"], "key": [one.strip() for one in given["key"].split(",")]}
    plain = {"delimiter": _sign(given), "decimal": given.get("decimal", ".")}
    usual = {"delimiter": ",", "decimal": "."}
    stream |= {name: value for name, value in plain.items() if value != usual[name]}
    stream["columns"] = columns
    if dates := given.get("dates", ""):
        kinds = _fields(given["stream"])
        stream["formats"] = {name: dates for name in columns if kinds.get(name) in ("when", "day")}
    return {"streams": {given["stream"]: stream}}


def named(columns: str) -> dict[str, str]:
    """The columns by field, of `field=column, …`."""
    return dict(_pair(one) for one in columns.split(",") if one.strip())


def _pair(text: str) -> tuple[str, str]:
    field, _, column = text.partition("=")
    return field.strip(), (column or field).strip()


def _sign(given: Mapping[str, str]) -> str:
    shown = {name: sign for sign, name in DELIMITERS.items()}
    said = given.get("delimiter", ",")
    return shown.get(said, said)


def _fields(stream: str) -> Mapping[str, str]:
    if stream in FACTS:
        return fields(stream)
    return OF_ORDERS.get(stream, {})


def _header(given: Mapping[str, str]) -> list[str]:
    return next(csv.reader([_first_line(given)], delimiter=_sign(given)), [])


def _first_line(given: Mapping[str, str]) -> str:
    """The first line of the file; none where it can't be read, which the check will tell."""
    try:
        with Path(given.get("folder", "."), given["file"]).open(encoding=WRITTEN) as lines:
            return lines.readline().rstrip("\n")
    except (OSError, UnicodeDecodeError):
        return ""


ASKS = (
    Ask("stream", "What its rows are: purchase_lines, sales_lines, or a table such as contract"),
    Ask("file", "The file, as seen from the folder of leadline.toml"),
    Ask("delimiter", "The sign between its columns", delimiter),
    Ask("key", "The columns that name a row, with commas between", key),
    Ask("columns", "Which column is which field, as field=column with commas between", columns),
    Ask("dates", "How dates are written, such as %d.%m.%Y (Enter: 2026-01-31)", ""),
    Ask("decimal", "The decimal sign", "."),
)
