"""NetSuite: partners, items, places, orders, production, stock and invoices, by SuiteQL."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from storage.sources import Ask, Health, Kind, Page, SourceError, State, StreamSpec
from storage.sources._entity import EntitySettings, with_own
from storage.sources._http import Http
from storage.sources._netsuite_api import Api, QueryError
from storage.sources._netsuite_login import Signer, by_certificate
from storage.sources._netsuite_map import SHEETS, SNAPSHOTS
from storage.sources._netsuite_reader import Reader
from storage.sources._netsuite_sheet import Sheet
from storage.sources._oauth import Bearer, utc_now
from storage.sources._skip import check_skip
from storage.sources._turns import by_turns

LOOKBACK = timedelta(minutes=10)
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`account` is the account's id, as 1234567 or 1234567_SB1; `url` follows from it.

    `login` says what the secret is: the private key of a certificate (`client` is the
    integration's id, `certificate` the id that NetSuite gave the certificate), or, for a token of
    token-based authentication (`client` is the consumer key, `token` the token's id), the
    consumer's secret and the token's with a blank between. `zone` is that of the account's user,
    where the account does not tell it. Fields of one's own are named as in a query:
    custbody_… is the transaction's, all others the line's or the record's.
    """

    account: str
    client: str
    login: Literal["certificate", "token"] = "certificate"
    certificate: str = ""
    algorithm: Literal["PS256", "PS384", "PS512", "ES256"] = "PS256"
    token: str = ""
    page_rows: int = 1_000

    @property
    def base(self) -> str:
        host = self.account.lower().replace("_", "-")
        return self.url or f"https://{host}.suitetalk.api.netsuite.com"


class NetSuite:
    """One account, as its role sees it: what is not switched on or not allowed is not there."""

    def __init__(self, settings: Settings, http: Callable[..., Http]) -> None:
        self.settings = settings
        self.http = http(settings.base, secrets=(settings.secret, *_words(settings)))
        self._open = http
        entities = with_own([one.entity for one in SHEETS], settings.fields, settings.key)
        sheets = [replace(one, entity=entity) for one, entity in zip(SHEETS, entities, strict=True)]
        check_skip(settings.key, settings.skip, {one.stream for one in entities})
        self.parts: dict[str, list[Sheet]] = {}
        for one in sheets:
            if one.entity.stream not in settings.skip:
                self.parts.setdefault(one.entity.stream, []).append(one)
        self.streams: Sequence[StreamSpec] = [_spec(*one) for one in self.parts.items()]

    @cached_property
    def api(self) -> Api:
        of: Any = self.settings
        if of.login == "token":
            signer = Signer(of.account.upper().replace("-", "_"), of.client, of.token, of.secret)
            return Api(self.http, of.tz, of.page_rows, signer)
        fetch = by_certificate(
            self.http, of.client, of.certificate, of.secret, of.algorithm, utc_now
        )
        return Api(self._open(of.base, auth=Bearer(fetch, utc_now)), of.tz, of.page_rows)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.api, self.settings.fields)

    def check(self) -> Health:
        """The account's zone, and the tables and fields that its role can't read."""
        missing = [one for parts in self.parts.values() for part in parts
                   for one in self._missing(part)]  # fmt: skip
        if not self.reader.has_log:
            missing.append("deletedrecord: deletions are only found by comparing all ids")
        return Health("SuiteQL v1", str(self.api.tz), self.api.http.skew, tuple(missing))

    def _missing(self, sheet: Sheet) -> Iterator[str]:
        try:
            self.reader.settled(sheet)
        except QueryError as error:
            if not error.is_absent:
                raise
            yield f"{sheet.entity.stream}: {error}"
        except SourceError as error:
            if not error.permanent or "no field" not in str(error):
                raise
            yield str(error)

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        parts = {one.entity.name: one for one in self.parts[stream.name]}
        if len(parts) > 1:
            yield from by_turns(
                list(parts), state,
                lambda name, one: self.reader.pull(parts[name], stream, one),
                lambda name, one: self._is_there(parts[name], one),
            )  # fmt: skip
            return
        for sheet in parts.values():
            if self._is_there(sheet, state):
                yield from self.reader.pull(sheet, stream, state)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        for sheet in self.parts[stream.name]:
            if self._is_there(sheet, None):
                yield from self.reader.ids(sheet)

    def _is_there(self, sheet: Sheet, state: State | None) -> bool:
        """Whether a table can be read; one that was and can't be any more is an error."""
        try:
            self.reader.settled(sheet)
        except QueryError as error:
            if error.is_absent and state is None:
                return False
            raise
        return True


def _words(settings: Settings) -> Sequence[str]:
    return settings.secret.split() if settings.login == "token" else ()


def _spec(name: str, parts: Sequence[Sheet]) -> StreamSpec:
    # a line that is taken out of an order leaves no trace but its absence
    every = DAY if any(one.is_of_lines for one in parts) else WEEK
    mode: Any = "snapshot" if name in SNAPSHOTS else "incremental"
    return StreamSpec(name, (parts[0].entity.table,), mode, LOOKBACK, sweep_every=every)


def open_netsuite(settings: Settings, http: Callable[..., Http]) -> NetSuite:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    return NetSuite(settings, http)


ASKS = (
    Ask("account", "The account's id, such as 1234567 or 1234567_SB1"),
    Ask("login", "How it is let in: certificate or token", "certificate"),
    Ask("client", "The integration's id, or the consumer key of a token"),
    Ask("certificate", "The id that NetSuite gave the certificate (Enter: a token)", ""),
    Ask("token", "The token's id (Enter: a certificate)", ""),
    Ask(
        "secret",
        "The certificate's private key, or the consumer's secret, a blank, the token's",
        is_secret=True,
    ),
)
SOURCE = Kind("netsuite", Settings, open_netsuite, ASKS)
