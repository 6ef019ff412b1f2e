"""What connecting a database asks for: one query, from which others are made by hand."""

from collections.abc import Mapping

from storage.sources import Ask, Row
from storage.sources import _csv_asks as files


def query(given: Mapping[str, str]) -> str:
    return f"SELECT * FROM {given['stream']}"


def block(given: Mapping[str, str]) -> Row:
    """What stands in leadline.toml of a database."""
    stream: Row = {
        "query": given["query"],
        "key": [one.strip() for one in given["key"].split(",")],
        "columns": files.named(given["columns"]),
    }
    if stamp := given.get("stamp", ""):
        stream["stamp"] = stamp
    return {"url": given["url"], "streams": {given["stream"]: stream}}


ASKS = (
    Ask("url", "The database as SQLAlchemy writes it, such as postgresql://reader@host/erp"),
    Ask("secret", "Its password (Enter: none)", "", is_secret=True),
    Ask("stream", "What its rows are: purchase_lines, sales_lines, or a table such as contract"),
    Ask("query", "The query; changed >= :since AND changed < :until in it reads changes", query),
    Ask("key", "The columns that name a row, with commas between", "id"),
    Ask("columns", "Which column is which field, as field=column with commas between"),
    Ask("stamp", "The column that is compared with :since and :until (Enter: none)", ""),
)
