"""Opens a source with HTTP clients of its own, pulls it, and closes them again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from storage import sync
from storage.lease import Clock, Result
from storage.sources import Kind, Source, SourceError, SourceSettings
from storage.sources._http import Http
from storage.store import Store


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


def pulled(
    kind: Kind,
    settings: SourceSettings,
    store: Store,
    now: datetime,
    *,
    owner: str,
    clock: Clock,
    full: bool = False,
    progress: sync.Progress | None = None,
) -> list[Result]:
    """Pulls all streams of a source once; one that can't be opened is a result, not an error.

    `now`, `clock`, `owner` and `full` as in `sync.run`.
    """
    try:
        with opened(kind, settings) as source:
            return sync.run(
                settings.key, source, store, now, owner=owner, clock=clock,
                every=settings.every, full=full, progress=progress,
            )  # fmt: skip
    except SourceError as error:
        return [sync.refused(settings.key, store, error, now, settings.every)]
