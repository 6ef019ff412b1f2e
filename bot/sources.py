"""Opens a source with HTTP clients of its own, and closes them again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from storage.sources import Kind, Source, SourceSettings
from storage.sources._http import Http


@contextmanager
def opened(
    kind: Kind, settings: SourceSettings, http: Callable[..., Http] = Http
) -> Iterator[Source]:
    """A source of leadline.toml, for one run: its budget of requests starts anew.

    `http` makes its clients; a `SourceError` says what of its settings can't be used.
    """
    with ExitStack() as clients:

        def client(*args: Any, **options: Any) -> Http:
            made = http(*args, **options)
            clients.callback(made.close)
            return made

        yield kind.open(settings, client)
