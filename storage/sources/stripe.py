"""Stripe: customers, subscriptions with what they bring a month, and invoices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from storage.sources import Ask, Health, Kind, Page, State, StreamSpec
from storage.sources._answers import answered
from storage.sources._entity import EntitySettings, unknown, with_own
from storage.sources._http import Http
from storage.sources._skip import check_skip
from storage.sources._stripe_map import ENTITIES
from storage.sources._stripe_reader import Reader

WEEK = timedelta(days=7)
# without it subscriptions that ended are left out
ASKED: Mapping[str, Mapping[str, str]] = {"contracts": {"status": "all"}}


class Settings(EntitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret is a restricted key that may read customers, subscriptions, invoices and events.

    `version`: in which version of the API objects are listed. Events come in that of the account;
    both before and after 2025 they can be read.
    """

    url: str = "https://api.stripe.com"
    version: str = "2025-03-31.basil"


class Stripe:
    """One account. The first pull reads the lists; from then on changes come as events, of which
    Stripe keeps thirty days: who comes later reads the lists again."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings, self.http = settings, http
        entities = with_own(ENTITIES, settings.fields, settings.key)
        check_skip(settings.key, settings.skip, {one.stream for one in entities})
        self.readers = {
            one.stream: Reader(http, one, settings.tz, ASKED.get(one.stream, {}))
            for one in entities
            if one.stream not in settings.skip
        }
        self.streams: Sequence[StreamSpec] = [
            StreamSpec(name, (reader.entity.table,), sweep_every=WEEK)
            for name, reader in self.readers.items()
        ]

    def check(self) -> Health:
        """What the key may not read, and fields of one's own that the newest object lacks."""
        missing: list[str] = []
        for reader in self.readers.values():
            entity, reply = reader.entity, reader.first()
            if reply.status == 403:
                missing.append(f"{entity.name}: the key may not read them")
                continue
            found = answered(reply, "data")["data"]
            own = self.settings.fields.get(entity.table, {})
            missing += unknown(entity, own, found[0]) if found else []
        if self.http.get("v1/events", {"limit": 1}).status == 403:
            missing.append("events: the key may not read them")
        version = self.settings.version
        return Health(version, self.settings.zone, self.http.skew, tuple(missing))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        reader = self.readers[stream.name]
        return reader.pull(stream, state, self.http.now(reader.first))

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        return self.readers[stream.name].ids()


def open_stripe(settings: Settings, http: Callable[..., Http]) -> Stripe:
    """The source of one block of leadline.toml; nothing is asked before it is used."""
    headers = {
        "Authorization": f"Bearer {settings.secret}", "Stripe-Version": settings.version,
    }  # fmt: skip
    return Stripe(settings, http(settings.url, headers=headers, secrets=(settings.secret,)))


ASKS = (
    Ask(
        "secret",
        "A restricted key (rk_…) that may read customers, subscriptions, invoices and events",
        is_secret=True,
    ),
)
SOURCE = Kind("stripe", Settings, open_stripe, ASKS)
