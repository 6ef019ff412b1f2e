"""The host of a website or of an e-mail address, by which companies are known to each other."""

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
