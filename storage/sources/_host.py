"""The host of a website or an e-mail address, by which companies are known; and where a link is."""

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo


def host(value: Any, zone: ZoneInfo | None = None) -> str | None:
    """Without www, in small letters; null for what people write where they have none.

    The zone means nothing to it: every reader of a field is given one.
    """
    site = str(value or "").strip()
    if "@" in site and "/" not in site:
        site = site.rpartition("@")[2].strip("> ")
    try:
        found = urlsplit(site if "//" in site else f"//{site}").hostname or ""
    except ValueError:
        return None
    return found.removeprefix("www.") if "." in found else None


def origin(link: str) -> str:
    """Where a link points to, without what it may let one in by; "another path" has no host."""
    try:
        where = urlsplit(link)
    except ValueError:
        return "nowhere"
    known = where.netloc.rpartition("@")[2]
    return f"{where.scheme or 'https'}://{known}" if known else "another path"
