"""The queries by which ShipHero is read: of each record the fields that its schema has."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from storage.sources import SourceError
from storage.sources._entity import Entity

# A query costs the credits of all it could bring, at most 4,004 of them, of which 60 come a second.
PAGE, ORDERS_PAGE, LINES_PAGE = 100, 20, 50
ROOTS = {"items": "products", "stock_levels": "warehouse_products", "sales": "orders"}
VARIABLES = "$from: ISODateTime, $to: ISODateTime, $first: Int, $after: String"
MORE = "pageInfo { hasNextPage endCursor }"
# what an entity has from records around it, and is no field of its own
FROM_AROUND = {
    "ShipmentLineItem": ("order_id", "sku", "warehouse_id", "created_date", "carrier",
                         "tracking_number"),
}  # fmt: skip


def first(stream: str) -> int:
    """How many records one page of a stream holds at most."""
    return ORDERS_PAGE if stream == "sales" else PAGE


@dataclass(frozen=True)
class Queries:
    """Of the entities by table. `there` tells the fields of a type; `customer`: only one's."""

    entities: Mapping[str, Entity]
    there: Callable[[str], Collection[str]]
    customer: bool = False

    def page(self, stream: str) -> str:
        """A page of the records that changed in a span of time."""
        declared, given = VARIABLES, "updated_from: $from, updated_to: $to"
        if self.customer:
            declared += ", $customer: String"
            given += ", customer_account_id: $customer"
        return (
            f"query ({declared}) {{ {ROOTS[stream]}({given}) {{ data(first: $first, after: $after)"
            f" {{ {MORE} edges {{ node {{ {self._selected(stream)} }} }} }} }} }}"
        )

    def more_lines(self) -> str:
        """The lines of one order behind a cursor."""
        return (
            "query ($id: String!, $after: String) { order(id: $id) { data { line_items(first:"
            f" {LINES_PAGE}, after: $after) {{ {self._lines()} }} }} }} }}"
        )

    def warehouses(self) -> str:
        names = fields(self.asked(self.entities["location"]))
        return f"query {{ account {{ data {{ warehouses {{ {names} }} }} }} }}"

    def missing(self, entity: Entity) -> list[str]:
        """What of the needed fields the schema does not have. A stamp is good to have."""
        wanted = replace(entity, updated="")
        return wanted.missing([*self.there(entity.name), *FROM_AROUND.get(entity.name, ())])

    def asked(self, entity: Entity) -> list[str]:
        """The fields of an entity that are there; a `SourceError` names those that must be."""
        there = self.there(entity.name)
        if missing := self.missing(entity):
            raise SourceError("; ".join(missing), permanent=True)
        return [name for name in entity.asked() if name.partition(".")[0] in there]

    def _selected(self, stream: str) -> str:
        if stream != "sales":
            entity = next(one for one in self.entities.values() if one.stream == stream)
            return fields(["id", *self.asked(entity)])
        sent = fields(self.asked(self.entities["shipment"]))
        return (
            f"{fields(self.asked(self.entities['salesorder']))}"
            f" line_items(first: {LINES_PAGE}) {{ {self._lines()} }}"
            " shipments { id warehouse_id created_date shipping_labels { carrier tracking_number }"
            f" line_items(first: {LINES_PAGE}) {{ {MORE} edges {{ node {{ {sent} }} }} }} }}"
        )

    def _lines(self) -> str:
        names = fields(self.asked(self.entities["salesline"]))
        return f"{MORE} edges {{ node {{ {names} }} }}"


def fields(names: Sequence[str]) -> str:
    """The selection of names; those with dots are fields of records within."""
    within: dict[str, list[str]] = {}
    for name in names:
        outer, _, inner = name.partition(".")
        within.setdefault(outer, []).extend([inner] if inner else [])
    return " ".join(
        f"{name} {{ {fields(inner)} }}" if inner else name for name, inner in within.items()
    )
