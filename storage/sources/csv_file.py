"""Any export: files, workbooks, folders and URLs by a column map, every row believed or held."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from itertools import islice

import msgspec

from storage.sources import Health, Kind, Page, SourceSettings, State, StreamSpec
from storage.sources import _csv_rows as rows
from storage.sources._csv_asks import ASKS, block
from storage.sources._csv_files import File, found
from storage.sources._csv_heads import Heads
from storage.sources._csv_map import RowMap, mapping
from storage.sources._csv_parse import StreamSettings
from storage.sources._csv_read import fingerprint, header, records
from storage.sources._csv_rows import Read
from storage.sources._csv_url import Tags, Web, is_url
from storage.sources._entity import nearest
from storage.sources._http import Http

VERSION = 3


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folder` is what file names are relative to: the folder of leadline.toml. `secret` lets in
    at URLs: it takes the place of {secret} in one, and is else shown as a bearer token."""

    streams: dict[str, StreamSettings]
    folder: str = "."


@dataclass(frozen=True)
class _Stored:
    """What of the files is stored: records up to a number, and so many of the heads.

    `tags` tell the version of a file at a URL, `read` the files that were read once.
    """

    digest: str
    line: int = 0
    rows: int = 0
    heads: int = 0
    done: bool = False
    how: str = ""
    tags: Tags = field(default_factory=dict)
    read: tuple[str, ...] = ()

    def state(self) -> State:
        return asdict(self)


@dataclass(frozen=True)
class CsvSource:
    """Files as snapshot streams. What has not changed since its last pull gives no page.

    A pull gives the rows of the files first, then what several of them say of one thing (`Heads`).
    A fact table belongs to one stream: to that of its name where there is one, and then rows of
    orders do not write it (the suppliers of `purchase_lines` are not those of a `party` file).
    """

    settings: Settings
    web: Web

    @property
    def streams(self) -> Sequence[StreamSpec]:
        return [
            StreamSpec(
                name, self._mapping(name).tables, "snapshot",
                keeps_absent=file.keeps_absent or file.once,
            )
            for name, file in self.settings.streams.items()
        ]  # fmt: skip

    def check(self) -> Health:
        """Every file is there and has the columns that the map names; else the nearest it has."""
        missing = []
        for name, how in self.settings.streams.items():
            self._mapping(name)
            there = header(self._files(name)[0], how)
            missing += [
                f"{name}: no column {column!r}; near: {nearest(column, there)}"
                for column in how.read
                if column not in there
            ]
        return Health("csv", self.settings.zone, missing=tuple(sorted(missing)))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        before = msgspec.convert(state, _Stored) if state and "how" in state else _Stored("")
        fresh = self._fresh(stream.name, before)
        if fresh is None:
            return
        files, tags = fresh
        if self.settings.streams[stream.name].once:
            yield from self._each_once(stream.name, files, before)
        else:
            yield from self._whole(stream.name, files, before, tags)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        made, heads = self._mapping(stream.name), Heads()
        yield from rows.ids(self._told(stream.name, heads), made, heads)

    def _whole(
        self, name: str, files: Sequence[File], before: _Stored, tags: Tags
    ) -> Iterator[Page]:
        """The pages of all files as one, as far as they are not stored yet."""
        how = self.settings.streams[name]
        digest, count = fingerprint(files, how, self._how(name))
        is_new = before.digest != digest
        stored = _Stored(digest) if is_new else before
        if stored.done:
            return
        stored = replace(stored, how=self._how(name).hex(), tags=tags)
        for number, page in enumerate(self._pages(name, files, stored, count)):
            yield replace(page, begins=is_new and number == 0)

    def _each_once(self, name: str, files: Sequence[File], before: _Stored) -> Iterator[Page]:
        """The pages of those files that were not read yet, the oldest first."""
        how, read = self.settings.streams[name], list(before.read)
        here = [(one, *fingerprint([one], how, self._how(name))) for one in reversed(files)]
        read = [one for one in read if one in {digest for _, digest, _ in here}]
        for file, digest, count in here:
            if digest in read:
                continue
            is_new = before.digest != digest or before.done
            stored = _Stored(digest) if is_new else before
            stored = replace(stored, how=self._how(name).hex(), read=tuple(read))
            for number, page in enumerate(self._pages(name, [file], stored, count)):
                yield replace(page, begins=is_new and number == 0)
            read.append(digest)

    def _pages(
        self, name: str, files: Sequence[File], stored: _Stored, count: int
    ) -> Iterator[Page]:
        """The pages that are not stored yet; the last is empty and says that this is all."""
        heads, total = Heads(), max(0, count - stored.rows)
        every = self._told(name, heads, files)
        fresh = (read for read in every if read[0].number > stored.line)
        for batch in rows.batches(fresh):
            stored = replace(stored, line=batch[-1][0].number, rows=stored.rows + len(batch))
            yield rows.page(batch, stored.state(), total)
        others = rows.others(name, heads, self.settings.streams, self._told)
        for facts in rows.batches(islice(heads.facts(others), stored.heads, None)):
            stored = replace(stored, heads=stored.heads + len(facts))
            yield Page(rows.by_table(facts), stored.state(), total=total)
        read = (*stored.read, stored.digest) if self.settings.streams[name].once else ()
        stored = replace(stored, done=True, read=read)
        yield Page({}, stored.state(), high=max(one.at for one in files), total=total)

    def _told(self, name: str, heads: Heads, files: Sequence[File] = ()) -> Iterator[Read]:
        made = self._mapping(name)
        files = files or self._files(name)
        return rows.told(records(files, self.settings.streams[name], made.fields), made, heads)

    def _mapping(self, name: str) -> RowMap:
        settings, others = self.settings, self.settings.streams.keys() - {name}
        return mapping(name, settings.streams[name], settings.tz, others)

    def _how(self, name: str) -> bytes:
        """The way in which a file is read."""
        made = self._mapping(name)
        how = [VERSION, self.settings.streams[name], self.settings.zone, made.tables]
        return blake2b(msgspec.json.encode(how), digest_size=16).digest()

    def _fresh(self, name: str, before: _Stored) -> tuple[Sequence[File], Tags] | None:
        """The files to be read now; null where the server says that nothing has changed."""
        url = self.settings.streams[name].file
        if not is_url(url):
            return self._files(name), {}
        is_known = before.done and before.how == self._how(name).hex()
        fetched = self.web.file(url, before.tags if is_known else {})
        return fetched and ([fetched[0]], fetched[1])

    def _files(self, name: str) -> Sequence[File]:
        url = self.settings.streams[name].file
        if not is_url(url):
            return found(self.settings.folder, url)
        fetched = self.web.file(url)
        assert fetched  # it is not asked whether it changed
        return [fetched[0]]


def open_csv(settings: Settings, http: Callable[..., Http] = Http) -> CsvSource:
    """A source of files; HTTP is for those at URLs."""
    return CsvSource(settings, Web(http, settings.secret))


SOURCE = Kind("csv", Settings, open_csv, ASKS, block)
