"""Streams that a source is told to leave out must be there."""

from collections.abc import Collection

from storage.sources import SourceError
from storage.sources._entity import nearest


def check_skip(key: str, skip: Collection[str], streams: Collection[str]) -> None:
    """A `SourceError` with the nearest names where `skip` names what is no stream of a source."""
    if unknown := set(skip) - set(streams):
        name = min(unknown)
        raise SourceError(
            f"{key}: no stream {name!r} to skip; near: {nearest(name, streams)}", permanent=True
        )
