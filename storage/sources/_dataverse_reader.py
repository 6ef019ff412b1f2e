"""Reads one environment of Dataverse: by delta links where a table has them, else by its stamp."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from storage.sources import Row, SourceError, State
from storage.sources._dataverse_sets import BESIDE, CURRENCY, LINKS, OURS, labelled
from storage.sources._entity import Entity, unknown
from storage.sources._odata4 import Reads, Refused, Service
from storage.sources._odata4_delta import Step, changes
from storage.sources._odata4_read import cut, pages
from storage.sources._window import open_window

IDS_AT_ONCE = 25  # in one condition: each is some sixty characters of a url
NOT_THERE = frozenset({403, 404})


@dataclass
class Reader:
    """One for each run."""

    service: Service
    zone: ZoneInfo

    @cached_property
    def tracked(self) -> frozenset[str]:
        """The sets whose changes are tracked; none where the key may not read the definitions.

        Asked for before all else, as the answer shows the clock.
        """
        try:
            said = self.service.one(
                "EntityDefinitions", select="EntitySetName", filter="ChangeTrackingEnabled eq true"
            )
        except Refused as refused:
            if refused.status not in NOT_THERE:
                raise
            return frozenset()
        return frozenset(str(one.get("EntitySetName")) for one in said.get("value") or ())

    @cached_property
    def currencies(self) -> dict[str, str]:
        """The code of each currency by its id."""
        reads = Reads(
            "transactioncurrencies", ("transactioncurrencyid", "isocurrencycode"),
            "transactioncurrencyid",
        )  # fmt: skip
        return {str(one["transactioncurrencyid"]): str(one["isocurrencycode"])
                for page in self.service.all(reads) for one in page}  # fmt: skip

    def steps(self, entity: Entity, state: State | None, lookback: timedelta) -> Iterator[Step]:
        """What changed behind a state, by the page.

        Of a table whose changes came to be tracked, or are no longer, the state serves as far as it
        goes: a link is not used without tracking, and a window is no link.
        """
        reads = reads_of(entity)
        is_tracked = entity.name in self.tracked
        try:
            yield from self._steps(reads, is_tracked, state, lookback)
            return
        except Refused as refused:
            left = cut(reads, entity.name, self.service.fields, refused)
            if missing := self.absent(entity, {}):
                raise SourceError("; ".join(missing), permanent=True) from refused
        yield from self._steps(left, is_tracked, state, lookback)

    def _steps(
        self, reads: Reads, is_tracked: bool, state: State | None, lookback: timedelta
    ) -> Iterator[Step]:
        if is_tracked:
            yield from changes(self.service, reads, state, lookback)
            return
        window = open_window(state, self.service.now(), lookback)
        for records, place in pages(self.service, reads, window):
            at = window.finished() if place is None else window.at(place)
            yield Step(records, (), at, window.end if place is None else window.high)

    def all(self, entity: Entity) -> Iterator[Sequence[Row]]:
        return self.service.all(reads_of(entity))

    def read(self, entity: Entity, records: Sequence[Row]) -> list[Row]:
        """The records as the entity reads them: with labels, currencies and accounts."""
        found = [labelled(one) for one in records]
        if CURRENCY in entity.also:
            codes = self.currencies if found else {}
            found = [{**one, "iso": codes.get(str(one.get(CURRENCY)))} for one in found]
        link = next((name for name in LINKS if name in entity.also), None)
        return self._with_accounts(found, link) if link else found

    def absent(self, entity: Entity, own: dict[str, str]) -> list[str]:
        """Needed fields and fields of one's own that the table does not have, by name."""
        there = self.service.fields(entity.name)
        known = OURS | there | {f"{one}:{what}" for one in there for what in ("shown", "kind")}
        return [*entity.missing(known), *unknown(entity, own, known)]

    def try_one(self, entity: Entity) -> None:
        """Asks for one record; `Refused` where that is not allowed or there is no such table."""
        self.service.one(entity.name, top="1", select=entity.key[0])

    def _with_accounts(self, records: list[Row], link: str) -> list[Row]:
        """The records with the account that a lookup leads to, at once or by one step more."""
        beside: dict[str, str | None] = {}
        for kind in BESIDE:
            ids = {str(one[link]) for one in records if one.get(f"{link}:kind") == kind}
            beside |= self._accounts_of(kind, sorted(ids))
        return [
            {**one, "account": one.get(link) if one.get(f"{link}:kind") == "account"
             else beside.get(str(one.get(link)))}
            for one in records
        ]  # fmt: skip

    def _accounts_of(self, kind: str, ids: Sequence[str]) -> dict[str, str | None]:
        """The account of each record of a table; none where the key may not read it."""
        name, key, link = BESIDE[kind]
        found: dict[str, str | None] = {}
        for begin in range(0, len(ids), IDS_AT_ONCE):
            some = ids[begin : begin + IDS_AT_ONCE]
            only = " or ".join(f"{key} eq {one}" for one in some)
            try:
                for page in self.service.all(Reads(name, (key, link), key, only=f"({only})")):
                    for one in map(labelled, page):
                        is_account = one.get(f"{link}:kind", "account") == "account"
                        found[str(one[key])] = one.get(link) if is_account else None
            except Refused as refused:
                if refused.status not in NOT_THERE:
                    raise
                return found
        return found


def reads_of(entity: Entity) -> Reads:
    """What is asked of a table: the fields themselves, as their labels come with them."""
    asked = (one.partition(":")[0] for one in entity.asked() if one not in OURS)
    return Reads(entity.name, tuple(dict.fromkeys(asked)), entity.key[0], entity.updated)
