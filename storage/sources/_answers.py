"""What stands in the answers of servers: lists of the shape that is needed, words of a refusal."""

from typing import Any

import msgspec

from storage.sources import SourceError
from storage.sources._http import Reply

Record = dict[str, Any]


def answered(reply: Reply, *path: str) -> Any:
    """A good answer, in which a list of records stands at `path`; an empty one: it is the list."""
    said = reply.checked().json()
    found = said
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        where = f"{'.'.join(path)} in its answer" if path else "its answer"
        raise SourceError(f"{reply.place}: {where} is no list of records", permanent=True)
    return said


def refusal(reply: Reply) -> Any:
    """The JSON of a refusal, in which a server may say why; null where it is none."""
    try:
        return msgspec.json.decode(reply.body)
    except (ValueError, RecursionError):  # bytes that are no text are a ValueError too
        return None
