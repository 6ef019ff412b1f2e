"""The records behind the demo's Odoo, in memory, written as Odoo writes them.

Record shapes are in `odoo_schema.SCHEMA`, under the names of Odoo 16 whatever version the face
shows. What the simulation writes, per model (`!` must be given when the record is made):

- res.currency: name! ("EUR"); res.country: name!, code; uom.uom: name!, factor_inv! (12.0 for a
  dozen, 1.0 for the unit of reference); product.category: name!; res.users: name!, login!, tz.
- res.partner: name!, ref, email, website, vat, tz, is_company, customer_rank, supplier_rank,
  parent_id, country_id, user_id.
- product.product: name!, type! ("product", "consu" or "service"), uom_id!, default_code,
  categ_id, standard_price, currency_id.
- stock.warehouse: name!, code!, partner_id (its tz is the site's), lot_stock_id.
- stock.location: name!, usage! ("internal", "supplier", "customer", "transit", "inventory",
  "production"), complete_name, warehouse_id.
- stock.picking.type: name!, code! ("incoming", "outgoing", "internal", "mrp_operation"),
  warehouse_id.
- purchase.order: name!, state! (draft, sent, to approve, purchase, done, cancel), partner_id!,
  date_order!, date_approve (when confirmed), date_planned, effective_date, currency_id, user_id,
  picking_type_id (tells the site that it is delivered to).
- purchase.order.line: order_id!, product_qty!, product_id, product_uom, price_unit,
  price_subtotal (net, of the whole line), date_planned, date_promised, qty_received.
- sale.order: name!, state! (draft, sent, sale, done, cancel), partner_id!, date_order!,
  commitment_date (the promise), amount_untaxed, amount_total, currency_id, user_id, warehouse_id.
- sale.order.line: order_id!, product_uom_qty!, product_id, product_uom, price_unit,
  price_subtotal, qty_delivered.
- stock.picking: name!, state! (draft, waiting, confirmed, assigned, done, cancel),
  picking_type_code ("incoming", "outgoing", "internal"), partner_id, origin, scheduled_date,
  date_done, purchase_id, sale_id, backorder_id.
- stock.move: product_id!, product_uom!, state! (as a picking's), date! (planned until it is
  done, then when it was done), location_id!, location_dest_id!, product_uom_qty (asked),
  quantity_done, purchase_line_id, sale_line_id, picking_id, origin_returned_move_id (of a
  return), to_refund. A receipt is a done move from a supplier location with a purchase_line_id,
  a shipment one into a customer location with a sale_line_id; a return runs the other way.
- stock.move, between places: move_orig_ids (the moves that bring its goods; move_dest_ids follows),
  production_id (it brings what was made), raw_material_production_id (it uses up material).
- stock.quant: product_id!, location_id!, quantity!, reserved_quantity, value, currency_id.
- stock.valuation.layer: product_id!, stock_move_id, quantity, value (negative: out), company_id.
- mrp.bom: product_tmpl_id!, product_qty!, product_uom_id!, product_id, type, sequence;
  mrp.bom.line: bom_id!, product_id!, product_qty!, product_uom_id!.
- mrp.production: name!, state! (draft, confirmed, progress, to_close, done, cancel), product_id!,
  product_qty!, product_uom_id!, qty_produced, date_planned_start, date_planned_finished,
  date_start, date_finished, origin, bom_id, picking_type_id.
- account.move: move_type!, state!, name, partner_id, invoice_date, invoice_date_due,
  amount_untaxed, payment_state; account.move.line: move_id!, date; account.partial.reconcile:
  debit_move_id!, credit_move_id! (lines that settle each other), max_date.

A many2one is written as the id of the other record. One2many fields (order_line, picking_ids,
move_ids), counts and related ones (a line's state, partner_id, currency_id) are never written: they
follow from the other side. When an order's state changes, write its lines too (`touch`), as Odoo
stores their state and so stamps them.
"""

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from bot.demo.odoo_query import Domain, conjuncts, matcher, order_keys
from bot.demo.odoo_schema import SCHEMA, Column, columns, needed

Record = dict[str, Any]


class Tables:
    """All records, `{model: {id: record}}`. One lock guards them: hold it over several writes."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._records: dict[str, dict[int, Record]] = {model: {} for model in SCHEMA}
        self._many: dict[tuple[str, str], dict[int, dict[int, None]]] = defaultdict(dict)

    def write(self, model: str, id_: int, values: Mapping[str, Any], at: datetime) -> None:
        """Makes or changes a record and stamps it with `at` (aware), as Odoo does.

        Values are plain Python: aware datetimes, dates, numbers, Decimals, ids, null. A field
        that does not exist, or a new record without a required one, is a ValueError.
        """
        known = columns(model)
        stored = {name: _stored(model, name, known, value) for name, value in values.items()}
        stamp = _utc(at, whole=False)
        links = {name: known[name] for name in stored if known[name].to}
        with self.lock:
            self._check_links(model, stored, links)
            record = self._records[model].get(id_)
            if record is None:
                record = self._new(model, id_, stored, stamp)
            for name, column in links.items():
                self._relink(model, id_, name, column, record.get(name), stored[name])
            record.update(stored, write_date=stamp)

    def touch(self, model: str, ids: Iterable[int], at: datetime) -> None:
        """Stamps records whose stored computed fields have changed."""
        for id_ in ids:
            self.write(model, id_, {}, at)

    def delete(self, model: str, id_: int) -> None:
        """Removes a record for good, as Odoo's unlink does: nothing tells of it afterwards."""
        with self.lock:
            record = self._records[model].pop(id_)
            for name, column in SCHEMA[model].items():
                if column.to and not column.related:
                    self._relink(model, id_, name, column, record.get(name), False)

    def next_id(self, model: str) -> int:
        """The id after the highest one."""
        return max(self._records[model], default=0) + 1

    def ids(self, model: str) -> list[int]:
        """All ids, archived ones too, in order."""
        return sorted(self._records[model])

    def value(self, model: str, id_: int, name: str) -> Any:
        """One field as Odoo keeps it: false for null, ids for links, text for times."""
        if name == "id":
            return id_
        column = columns(model)[name]
        if name == "display_name":
            return self.display(model, id_)
        if column.related:
            return self.along(model, id_, column.related)
        if column.inverse:
            ids = self._many[column.to, column.inverse].get(id_, {})
            return len(ids) if column.type == "integer" else sorted(ids)
        return self._records[model][id_].get(name, _empty(column))

    def along(self, model: str, id_: int, path: str) -> Any:
        """The value at the end of a path of many2one fields; false where it breaks off."""
        here, _, rest = path.partition(".")
        value = self.value(model, id_, here)
        if not rest or value is False:
            return value
        return self.along(columns(model)[here].to, value, rest)

    def reached(self, model: str, id_: int, path: str) -> list[Any]:
        """All values at the ends of a path that forks; one false where it leads nowhere."""
        here, _, rest = path.partition(".")
        value = self.value(model, id_, here)
        ids = value if isinstance(value, list) else [value]
        if not rest:
            return ids or [False]
        to = columns(model)[here].to
        return [one for id_ in ids if id_ is not False for one in self.reached(to, id_, rest)]

    def display(self, model: str, id_: int) -> str:
        """The name Odoo shows for a record, as in the second half of a many2one."""
        record = self._records[model][id_]
        if model == "product.product" and record.get("default_code"):
            return f"[{record['default_code']}] {record['name']}"
        if model in ("purchase.order.line", "sale.order.line"):
            product = record.get("product_id")
            return self.display("product.product", product) if product else f"{model},{id_}"
        name = record.get("complete_name") or record.get("name")
        return str(name) if name else f"{model},{id_}"

    def read(self, model: str, id_: int, names: Iterable[str]) -> Record:
        """A record as `read` answers it: links as [id, name], times in whole seconds."""
        return {"id": id_, **{name: self._answered(model, id_, name) for name in names}}

    def search(
        self,
        model: str,
        domain: Domain,
        order: str = "id",
        offset: int = 0,
        limit: int | None = None,
        active_test: bool = True,
    ) -> list[int]:
        """Ids of the matching records. A domain that makes no sense is a ValueError."""
        matches = matcher(self, model, domain)
        hides = active_test and "active" in SCHEMA[model]
        found = (
            id_
            for id_ in self._candidates(model, domain)
            if matches(id_) and not (hides and self.value(model, id_, "active") is False)
        )
        end = None if limit is None else offset + limit
        keys = order_keys(order)
        if keys == [("id", False)]:  # as they come: the rest need not be looked at
            return list(islice(found, offset, end))
        ids = list(found)
        for name, descending in reversed(keys):
            ids.sort(key=lambda id_: self._sorted_by(model, id_, name), reverse=descending)
        return ids[offset:end]

    def _candidates(self, model: str, domain: Domain) -> list[int]:
        """The ids that can match, in order, by the terms that an index of ours answers."""
        records, low, some = self._records[model], 0, None
        for path, sign, wanted in conjuncts(domain):
            column = columns(model).get(path)
            if path == "id" and sign == ">":
                low = max(low, wanted)
            elif path == "id" and sign == "in":
                some = [id_ for id_ in set(wanted) if id_ in records]
            elif sign == "in" and column and _is_stored_link(column) and all(wanted):
                links = self._many[model, path]
                some = [id_ for one in set(wanted) for id_ in links.get(one, ())]
        ids = sorted(records if some is None else some)
        return ids[bisect_right(ids, low) :]

    def _sorted_by(self, model: str, id_: int, name: str) -> tuple[bool, Any]:
        value = self.value(model, id_, name)
        return (value is False, value)

    def _new(self, model: str, id_: int, stored: Record, stamp: str) -> Record:
        missing = [name for name in needed(model) if stored.get(name, False) is False]
        if missing:
            raise ValueError(f"a new {model} needs {', '.join(missing)}")
        record: Record = {"create_date": stamp}
        if "active" in SCHEMA[model]:
            record["active"] = True
        self._records[model][id_] = record
        return record

    def _check_links(self, model: str, stored: Record, links: Mapping[str, Column]) -> None:
        for name, column in links.items():
            for id_ in _linked(column, stored[name]):
                if id_ not in self._records[column.to]:
                    raise ValueError(f"{model}.{name}: there is no {column.to} {id_}")

    def _relink(
        self, model: str, id_: int, name: str, column: Column, old: Any, new: Any
    ) -> None:  # fmt: skip
        if old == new:
            return
        links = self._many[model, name]
        for other in _linked(column, old):
            links.get(other, {}).pop(id_, None)
        for other in _linked(column, new):
            links.setdefault(other, {})[id_] = None

    def _answered(self, model: str, id_: int, name: str) -> Any:
        value, column = self.value(model, id_, name), columns(model)[name]
        if column.type == "many2one" and value is not False:
            return [value, self.display(column.to, value)]
        if column.type == "datetime" and value is not False:
            return value[:19]
        return value


def _linked(column: Column, value: Any) -> Sequence[int]:
    """The ids that a value of a column links to."""
    if column.type == "many2many":
        return value or ()
    return (value,) if column.type == "many2one" and value else ()


def _is_stored_link(column: Column) -> bool:
    return column.type == "many2one" and not column.related


def _empty(column: Column) -> Any:
    if column.type == "many2many":
        return []
    return {"integer": 0, "float": 0.0, "monetary": 0.0}.get(column.type, False)


def _stored(model: str, name: str, known: Mapping[str, Column], value: Any) -> Any:
    column = known.get(name)
    if column is None or column.related or column.inverse:
        raise ValueError(f"{model}.{name} can't be written")
    kind = type(value)
    if kind is str or kind is float:
        return value
    if value is None or value is False:
        return _empty(column)
    if isinstance(value, datetime):
        return _utc(value, whole=column.type == "date")
    if isinstance(value, date):
        return value.isoformat()
    if column.type == "many2many":
        return sorted(value)
    if column.type in ("float", "monetary"):
        return float(value)
    if isinstance(value, Decimal | Sequence):
        raise ValueError(f"{model}.{name} can't be {value!r}")
    return value


@lru_cache(maxsize=64)
def _utc(value: datetime, whole: bool) -> str:
    if value.tzinfo is None:
        raise ValueError(f"a time needs a zone: {value.isoformat()}")
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return utc.date().isoformat() if whole else utc.isoformat(" ")
