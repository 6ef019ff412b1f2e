"""Pages and ids of a stream that is read in slices of time (`_slices`)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.sources import Page, Row, State, StreamSpec, mapped
from storage.sources._slices import Fetch, Record, slices
from storage.sources._window import Window, open_window


@dataclass(frozen=True)
class Sliced:
    """How one stream is asked for and mapped. `key`: the id of a record as the source has it,
    `id_of` the one by which it is refused. `still`: the facts of a record that is refused, as
    (table name, id); null: it is one fact, of the first table, by `id_of`."""

    ask: Fetch
    rows: Callable[[Record], Iterable[tuple[str, Row]]]
    key: Callable[[Record], str]
    id_of: Callable[[Record], str]
    beginning: datetime
    still: Callable[[Record], Iterable[tuple[str, str]]] | None = None

    def pages(self, stream: StreamSpec, state: State | None, now: datetime) -> Iterator[Page]:
        """The pages behind `state`; `now` is the clock of the source."""
        window = open_window(state, now, stream.lookback, stream.settle)
        for one in slices(self.ask, window, self.key, self.beginning):
            rows, rejected = mapped(one.records, self.rows, self.id_of)
            received = len(one.records)
            yield Page(rows, one.state, rejected=rejected, received=received, high=one.high)

    def ids(self, stream: StreamSpec, now: datetime) -> Iterator[tuple[str, Sequence[str]]]:
        """The ids of all facts that the living records make, and of those that can't be believed:
        they are there all the same."""
        yield from ((table, []) for table in stream.tables)
        everything = Window(None, now + timedelta(days=1))
        for one in slices(self.ask, everything, self.key, self.beginning):
            rows, rejected = mapped(one.records, self.rows, self.id_of)
            for table, made in rows.items():
                yield table, [row["source_id"] for row in made]
            for refused in rejected:
                only = [(stream.tables[0], refused.source_id)]
                for table, source_id in self.still(refused.payload) if self.still else only:
                    yield table, [source_id]
