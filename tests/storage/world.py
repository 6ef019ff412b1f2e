"""A small world in few words: suppliers, customers, orders and what became of them, in a store.

`world = World(tmp_path)`; every method takes days as ISO text (or a date, or an aware datetime)
and gives back the source's own id. Nothing is written before `save()`, `reader()` or `store`.
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from storage.models import (
    FACTS,
    KEPT,
    FieldChange,
    ForecastIssued,
    PartyLink,
    Quarantine,
    SyncRun,
    SyncState,
)
from storage.models._types import MONEY_SCALE, Money, Qty
from storage.page_log import note_any
from storage.sources import event
from storage.store import Store

SEEN = datetime(2020, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@cache
def empty():
    """The file of a store with all tables and nothing in them: made once, and copied."""
    with TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/empty.db")
        SQLModel.metadata.create_all(store.engine)
        store.close()
        return Path(folder, "empty.db").read_bytes()


class World:
    """A store with all tables, in a folder or at a `url`. `erp` and `crm` are its two sources."""

    def __init__(self, folder=None, *, url=None, zone=BERLIN, erp="odoo:erp", crm="hubspot:crm"):
        if url is None:
            file = Path(folder, "world.db")
            url = f"sqlite:///{file}"
            if not file.exists():
                file.write_bytes(empty())
        self._store = Store(url)
        SQLModel.metadata.create_all(self._store.engine)
        self.zone, self.erp, self.crm = zone, erp, crm
        self._rows = []
        self._count = 0

    @property
    def store(self):
        self.save()
        return self._store

    @contextmanager
    def reader(self):
        with self.store.reader() as session:
            yield session

    def save(self):
        """Past the models, all rows of a table at once: objects take ten times as long."""
        if self._rows:
            with self._store.bulk() as connection:
                for model, rows in _by_model(self._rows).items():
                    connection.execute(model.__table__.insert(), rows)
            self._rows = []
            with self._store.bulk() as connection:  # no page wrote them
                note_any(connection, self._store)

    def clear(self):
        """Forgets everything, for the next example of a property."""
        self._rows, self._count = [], 0
        with self._store.bulk() as connection:
            for table in reversed(SQLModel.metadata.sorted_tables):
                connection.execute(table.delete())
        self._store.memory.forget()

    def fact(self, table, source=None, *, seen=SEEN, **columns):
        """One row of any fact table, first seen at `seen`; gives its id back."""
        self._count += 1
        source_id = str(columns.pop("source_id", f"{table}-{self._count}"))
        for field in KEPT.get(table, ()):
            if columns.get(field) is not None:
                self.change(table, source_id, field, columns[field], seen, source=source)
        self._add(
            FACTS[table], source=source or self.erp, source_id=source_id, row_hash=self._count,
            first_seen_at=seen, **_decimals(table, columns),
        )  # fmt: skip
        return source_id

    def change(self, table, source_id, field, new, seen, *, old=None, source=None):
        """A value that the source overwrote, as it was seen at an instant."""
        if isinstance(new, Decimal):  # money, as it stands in its column
            new = int(new * MONEY_SCALE)
        self._add(
            FieldChange, entity=table, source=source or self.erp, source_id=source_id, field=field,
            old=None if old is None else str(old), new=None if new is None else str(new),
            seen_at=seen,
        )  # fmt: skip

    def overwrite(self, table, source_id, field, new, seen):
        """The source puts a value in the place of one that it gave; before the row is saved."""
        row = next(
            row for model, row in reversed(self._rows)
            if model is FACTS[table] and row["source_id"] == source_id
        )  # fmt: skip
        self.change(table, source_id, field, new, seen, source=row["source"], old=row[field])
        row[field] = new

    def when(self, name, value):
        """The two columns of an event from ISO text, a date or an instant."""
        return event(name, _read(value), self.zone)

    # who and what

    def supplier(self, name, **more):
        return self.fact("party", name=name, kind="supplier", **more)

    def customer(self, name, **more):
        return self.fact("party", name=name, kind="customer", **more)

    def item(self, name, **more):
        return self.fact("item", name=name, **more)

    def site(self, name, **more):
        return self.fact("location", name=name, **more)

    def account(self, name, **more):
        return self.fact("account", self.crm, name=name, **more)

    def link(self, party, account, *, is_rejected=False, decided_by=None):
        self._add(
            PartyLink, party_source=self.erp, party_ref=party, account_source=self.crm,
            account_ref=account, method="test", confidence=1.0, is_rejected=is_rejected,
            decided_by=decided_by,
        )  # fmt: skip

    # supply

    def purchase(
        self, supplier, item, ordered, *, qty=1, promised=None, cancelled=None, site=None,
        received=None, acknowledged=None,
    ):  # fmt: skip
        """A purchase of one line; gives the line's id. `received`: all of it on that day."""
        order = self.fact(
            "purchaseorder", number=f"P{self._count}", supplier_ref=supplier,
            **self.when("ordered", ordered), **self.when("cancelled", cancelled),
            **self.when("acknowledged", acknowledged),
        )  # fmt: skip
        line = self.purchase_line(order, item, qty=qty, promised=promised, site=site)
        if received is not None:
            self.receive(line, received, qty=qty)
        return line

    def purchase_line(self, order, item, *, qty=1, promised=None, site=None, **more):
        return self.fact(
            "purchaseline", order_ref=order, item_ref=item, location_ref=site, qty=Decimal(qty),
            promised_first=_day(promised), promised_on=_day(promised), **more,
        )  # fmt: skip

    def receive(self, line, received, *, qty=1):
        return self.fact(
            "receipt", line_ref=line, qty=Decimal(qty), **self.when("received", received)
        )

    # production

    def make(self, item, *, qty=1, released=None, started=None, finished=None, **more):
        return self.fact(
            "makeorder", number=f"M{self._count}", item_ref=item, qty=Decimal(qty),
            **self.when("released", released), **self.when("started", started),
            **self.when("finished", finished), **more,
        )  # fmt: skip

    def bom(self, item, component, qty=1):
        return self.fact("bomline", item_ref=item, component_ref=component, qty=Decimal(qty))

    def consume(self, make, component, consumed, qty=1):
        return self.fact(
            "consumption", make_ref=make, item_ref=component, qty=Decimal(qty),
            **self.when("consumed", consumed),
        )  # fmt: skip

    def peg(self, demand_kind, demand, supply_kind, supply, qty, item=None):
        return self.fact(
            "peg", demand_kind=demand_kind, demand_ref=demand, supply_kind=supply_kind,
            supply_ref=supply, qty=Decimal(qty), item_ref=item,
        )  # fmt: skip

    # stock

    def level(self, item, on_hand, *, as_of=SEEN, site=None, **more):
        return self.fact(
            "stocklevel", item_ref=item, location_ref=site, as_of=as_of, on_hand=Decimal(on_hand),
            **more,
        )  # fmt: skip

    def move(self, item, start, end, moved, *, qty=1, value=None):
        """A done move of an item from a place to another."""
        return self.fact(
            "stockmove", item_ref=item, from_ref=start, to_ref=end, qty=Decimal(qty),
            value=None if value is None else Decimal(value), **self.when("moved", moved),
        )  # fmt: skip

    def places(self, *sites):
        """Sites, each with its stock (`<site>/stock`), and all places outside, by their kind."""
        for name in sites:
            self.site(name, source_id=name, kind="warehouse")
            self.site("Stock", source_id=f"{name}/stock", kind="internal", site_ref=name)
        for kind in ("supplier", "customer", "production", "inventory", "transit"):
            self.site(kind.capitalize(), source_id=kind, kind=kind)

    # customers

    def sale(
        self, customer, ordered, *, amount=100, currency="EUR", item=None, qty=1, promised=None,
        requested=None, cancelled=None, shipped=None,
    ):  # fmt: skip
        """A customer's order of one line; gives the line's id. `shipped`: all of it that day."""
        order = self.fact(
            "salesorder", number=f"S{self._count}", customer_ref=customer,
            amount=None if amount is None else Decimal(amount), currency=currency,
            **self.when("ordered", ordered), **self.when("cancelled", cancelled),
        )  # fmt: skip
        line = self.sales_line(
            order, item=item, qty=qty, promised=promised, requested=requested,
            unit_price=None if amount is None else Decimal(amount) / qty,
        )  # fmt: skip
        if shipped is not None:
            self.ship(line, shipped, qty=qty)
        return line

    def sales_line(self, order, *, item=None, qty=1, promised=None, requested=None, **more):
        return self.fact(
            "salesline", order_ref=order, item_ref=item, qty=Decimal(qty),
            promised_first=_day(promised), promised_on=_day(promised),
            requested_on=_day(requested), **more,
        )  # fmt: skip

    def ship(self, line, shipped, *, qty=1, delivered=None):
        return self.fact(
            "shipment", line_ref=line, qty=Decimal(qty), **self.when("shipped", shipped),
            **self.when("delivered", delivered),
        )  # fmt: skip

    def contract(self, account, starts, *, ends=None, renewal=None, churned=None, **more):
        return self.fact(
            "contract", self.crm, account_ref=account, starts_on=_day(starts), ends_on=_day(ends),
            renewal_on=_day(renewal), **self.when("churned", churned), **more,
        )  # fmt: skip

    def ticket(self, account, opened, *, closed=None, **more):
        return self.fact(
            "ticket", self.crm, account_ref=account, **self.when("opened", opened),
            **self.when("closed", closed), **more,
        )  # fmt: skip

    def survey(self, account, responded, score, *, kind="nps", scale=10, comment=None):
        return self.fact(
            "surveyresponse", self.crm, account_ref=account, kind=kind, score=Decimal(score),
            scale=scale, comment=comment, **self.when("responded", responded),
        )  # fmt: skip

    def touch(self, account, happened, *, kind="call", **more):
        return self.fact(
            "activity", self.crm, account_ref=account, kind=kind,
            **self.when("happened", happened), **more,
        )  # fmt: skip

    def deal(self, account, closes, *, kind="renewal", won=None, closed=None, amount=100, **more):
        """A deal; `won` is null while it is open, and `closed` says since when it is not."""
        return self.fact(
            "opportunity", self.crm, account_ref=account, closes_on=_day(closes), kind=kind,
            amount=None if amount is None else Decimal(amount), currency="EUR",
            is_closed=won is not None, is_won=bool(won),
            closed_at=self.when("closed", closed)["closed_at"] if closed else None, **more,
        )  # fmt: skip

    def contact(self, account, email, *, may_contact=None):
        return self.fact(
            "contact", self.crm, account_ref=account, email=email, may_contact=may_contact
        )

    def invoice(
        self, party, issued, *, amount=100, currency="EUR", due=None, paid=None, direction="out"
    ):  # fmt: skip
        return self.fact(
            "invoice", party_ref=party, direction=direction, amount=Decimal(amount),
            currency=currency, due_on=_day(due), **self.when("issued", issued),
            **self.when("paid", paid),
        )  # fmt: skip

    # bookkeeping

    def synced(self, source, stream, tables, at, *, error=None, rows=0, tried=None, failures=0):
        """A stream that last succeeded at the instant `at` (null: never)."""
        self._add(
            SyncState, source=source, stream=stream, tables=tables, last_success_at=at,
            last_try_at=tried or at, last_error=error, rows=rows, failures=failures,
        )  # fmt: skip

    def ran(self, source, stream, started, *, outcome="ok", error=None, **counts):
        self._add(
            SyncRun, source=source, stream=stream, started_at=started, ended_at=started,
            outcome=outcome, error=error, **counts,
        )  # fmt: skip

    def quarantined(self, source, stream, source_id, error, at):
        self._add(
            Quarantine, source=source, stream=stream, source_id=source_id, payload_hash="0",
            error=error, first_seen_at=at, last_seen_at=at,
        )  # fmt: skip

    def told(
        self, model, subject, share, by, issued, *, held=None, scored=None, event="arrives",
        version=1, **more,
    ):  # fmt: skip
        """A statement that was told at an instant, and how it came out where it was scored."""
        self._add(
            ForecastIssued, model=model, version=version, subject=subject, event=event, share=share,
            by_on=_day(by), issued_at=issued, issued_on=issued.astimezone(self.zone).date(),
            held=held, scored_at=scored, **more,
        )  # fmt: skip

    def _add(self, model, /, **columns):
        self._rows.append((model, _defaults(model) | columns))


def _by_model(rows):
    """The rows of each model, in the order in which they came."""
    found = {}
    for model, row in rows:
        found.setdefault(model, []).append(row)
    return found


@cache
def _defaults(model):
    """What the model itself would put into its columns; the database numbers the rows."""
    return {
        name: None if field.is_required() else field.default
        for name, field in model.model_fields.items()
        if name != "id"
    }


def _decimals(table, columns):
    """Whole numbers as the decimals that money and quantities are."""
    kinds = FACTS[table].__table__.columns
    return {
        name: Decimal(value)
        if isinstance(value, int) and isinstance(kinds[name].type, Money | Qty)
        else value
        for name, value in columns.items()
    }


def _read(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


def _day(value):
    found = _read(value)
    return found.date() if isinstance(found, datetime) else found
