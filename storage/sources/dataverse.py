"""Dataverse and Dynamics 365 Sales and Customer Service: accounts, deals, tickets, contracts.

What changed comes by delta links where a table's changes are tracked, with what was deleted; of
other tables in windows of their stamp, and deletions by a weekly look at all ids.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import cached_property

from storage.sources import Ask, Health, Kind, Page, State, StreamSpec
from storage.sources._dataverse_reader import NOT_THERE, Reader
from storage.sources._dataverse_sets import ANNOTATIONS, ENTITIES
from storage.sources._entity import Entity, EntitySettings, with_own
from storage.sources._http import Http
from storage.sources._oauth import Bearer, client_credentials, utc_now
from storage.sources._odata4 import Refused, Service
from storage.sources._odata4_delta import Step
from storage.sources._odata4_read import facts, named
from storage.sources._skip import check_skip
from storage.sources._turns import by_turns

LOOKBACK = timedelta(minutes=10)
WEEK = timedelta(days=7)
MOST_BYTES = 64 * 1024 * 1024  # of the description, which names some thousand tables


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is the environment's ("https://org.crm4.dynamics.com"), `client` the id of the app
    registered in Entra ID that is an application user there, and the secret its own. A field of
    one's own is named as the Web API does ("new_renewaldate", "_new_partnerid_value"), with
    ":shown" behind it for the label of a choice. `page`: records to a page, 5,000 at most.
    """

    tenant: str
    client: str
    version: str = "v9.2"
    page: int = 1_000
    login: str = "https://login.microsoftonline.com"


class Dataverse:
    """One environment.

    A table that was never there for us gives nothing until it is: which apps are installed
    differs. One that is taken away fails.
    """

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        self.parts: dict[str, list[Entity]] = {}
        for one in with_own(ENTITIES, settings.fields, settings.key):
            self.parts.setdefault(one.stream, []).append(one)
        check_skip(settings.key, settings.skip, self.parts)
        self.streams: Sequence[StreamSpec] = [
            StreamSpec(name, (parts[0].table,), lookback=LOOKBACK, sweep_every=WEEK)
            for name, parts in self.parts.items()
            if name not in settings.skip
        ]

    @cached_property
    def reader(self) -> Reader:
        settings = self.settings
        service = Service(self.http, f"api/data/{settings.version}", settings.page, ANNOTATIONS)
        return Reader(service, settings.tz)

    def check(self) -> Health:
        """Tables that can't be read, and fields that are not there, each by name."""
        missing: list[str] = []
        for entity in (one for spec in self.streams for one in self.parts[spec.name]):
            try:
                self.reader.try_one(entity)
                own = self.settings.fields.get(entity.table, {})
                missing += self.reader.absent(entity, own)
            except Refused as error:
                missing.append(f"{entity.name}: {error}")
        version, zone = self.settings.version, self.settings.zone
        return Health(version, zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        """The tables of a stream, one after the other; what is taken away fails at the end."""
        by_name = {one.name: one for one in self.parts[stream.name]}

        def pull(name: str, kept: State | None) -> Iterator[Page]:
            for step in self.reader.steps(by_name[name], kept, stream.lookback):
                yield self._page(by_name[name], step)

        _ = self.reader.tracked
        return by_turns(
            list(by_name), state, pull, lambda name, kept: self._is_there(by_name[name], kept)
        )

    def _is_there(self, entity: Entity, state: State | None) -> bool:
        """Whether a table can be read; one that was and can't be any more is an error."""
        try:
            self.reader.try_one(entity)
        except Refused as refused:
            if refused.status in NOT_THERE and state is None:
                return False
            raise
        return True

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        (table,) = stream.tables
        yield table, []
        for entity in self.parts[stream.name]:
            try:
                for records in self.reader.all(entity):
                    yield table, named(entity, self.reader.read(entity, records), self.settings.tz)
            except Refused as refused:
                if refused.status not in NOT_THERE:
                    raise

    def _page(self, entity: Entity, step: Step) -> Page:
        made = facts(entity, self.reader.read(entity, step.records), self.settings.tz)
        gone = [*made.gone.get(entity.table, ()), *step.removed]
        received = len(step.records) + len(step.removed)
        return Page(
            made.rows, step.state, {entity.table: gone} if gone else {}, made.rejected, received,
            asks_sweep=step.is_blind,
        )  # fmt: skip


def open_dataverse(settings: Settings, http: Callable[..., Http]) -> Dataverse:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    secrets = (settings.secret,)
    login = http(settings.login, secrets=secrets)
    fetch = client_credentials(
        login, f"{settings.tenant}/oauth2/v2.0/token", settings.client, settings.secret,
        scope=f"{settings.url.rstrip('/')}/.default",
    )  # fmt: skip
    auth = Bearer(fetch, utc_now)
    return Dataverse(settings, http(settings.url, secrets=secrets, auth=auth, max_bytes=MOST_BYTES))


ASKS = (
    Ask("url", "The address of the environment (https://….crm.dynamics.com)"),
    Ask("tenant", "The tenant: its id or its domain (contoso.onmicrosoft.com)"),
    Ask("client", "The id of the app in Entra ID that is an application user there"),
    Ask("secret", "A client secret of that app", is_secret=True),
)
SOURCE = Kind("dataverse", Settings, open_dataverse, ASKS)
