"""A ShipHero account of the tests: its schema, its credits, and cursors that count from the first.

Written from the public schema and the pages on throttling, not from our client.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx

from tests.storage.sources.fake_graphql import BadQuery, Schema, parsed

REFRESH = "refresh-1"
QUOTA, PER_SECOND = 4_004, 60


def connection(kind):
    return {
        f"{kind}Connection": {"edges": f"{kind}Edge", "pageInfo": "PageInfo"},
        f"{kind}Edge": {"cursor": None, "node": kind},
        f"{kind}Result": {"request_id": None, "complexity": None, "data": f"{kind}Connection"},
    }


TYPES = {
    "Query": {"products": "ProductResult", "warehouse_products": "WarehouseProductResult",
              "orders": "OrderResult", "order": "OneOrder", "account": "AccountResult"},
    "PageInfo": {"hasNextPage": None, "endCursor": None},
    "AccountResult": {"data": "Account"},
    "Account": {"warehouses": "Warehouse"},
    "OneOrder": {"data": "Order"},
    "Warehouse": dict.fromkeys(("id", "identifier", "legacy_id")),
    "Product": dict.fromkeys(("id", "sku", "name", "barcode", "created_at", "updated_at")),
    "WarehouseProduct": dict.fromkeys((
        "id", "sku", "warehouse_id", "on_hand", "allocated", "value", "value_currency",
        "created_at", "updated_at", "active",
    )),
    "Order": {
        **dict.fromkeys(("id", "order_number", "fulfillment_status", "order_date", "updated_at",
                         "required_ship_date", "subtotal", "currency", "email")),
        "line_items": "LineItemConnection", "shipments": "Shipment",
    },
    "LineItem": dict.fromkeys(("id", "order_id", "sku", "quantity", "price", "fulfillment_status",
                               "updated_at")),
    "Shipment": {**dict.fromkeys(("id", "order_id", "warehouse_id", "created_date")),
                 "line_items": "ShipmentLineItemConnection", "shipping_labels": "ShippingLabel"},
    "ShippingLabel": dict.fromkeys(("id", "carrier", "tracking_number", "created_date")),
    "ShipmentLineItem": dict.fromkeys(("id", "line_item_id", "quantity", "shipment_id")),
    **connection("Product"), **connection("WarehouseProduct"), **connection("Order"),
    **connection("LineItem"), **connection("ShipmentLineItem"),
}  # fmt: skip
ROOTS = {"products": "Product", "warehouse_products": "WarehouseProduct", "orders": "Order"}
BUSY = "There are not enough credits to perform the requested operation, which requires {} credits"


def written(at):
    """As ShipHero writes a time: UTC, and it does not say so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


class FakeShipHero:
    """Records by type and id. A change may be seen later than it is stamped."""

    def __init__(self):
        self.now = datetime(2026, 5, 4, 10, tzinfo=UTC)
        self.records = {kind: {} for kind in ROOTS.values()}
        self.warehouses = [{"id": "W1", "identifier": "Primary"}]
        self.late, self.fault, self.asked = [], None, []
        self.credits, self.counted_at = float(QUOTA), self.now
        self.refresh, self.access, self.turns, self.rotates = REFRESH, "access-1", 1, False
        self.schema = Schema({kind: dict(names) for kind, names in TYPES.items()}, self._resolve)

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)
        for one in [one for one in self.late if one[0] <= self.now]:
            self.late.remove(one)
            _, kind, id_, record = one
            self.records[kind][id_] = record

    def put(self, kind, record, visible_after=0.0):
        """Writes a record, stamped now."""
        made = {**record, "updated_at": written(self.now)}
        if visible_after:
            seen = self.now + timedelta(seconds=visible_after)
            self.late.append((seen, kind, record["id"], made))
        else:
            self.records[kind][record["id"]] = made

    def newest(self, kind, id_):
        """A record as it is, though it may not be seen yet."""
        late = [made for _, of, one, made in self.late if (of, one) == (kind, id_)]
        return late[-1] if late else self.records[kind][id_]

    def handle(self, request):
        """What the server answers; for `httpx.MockTransport`."""
        fault, self.fault = self.fault, None
        if fault == "drop":
            raise httpx.ReadError("dropped")
        if fault == "401":
            self.access = f"access-{self.turns + 1}"
            self.turns += 1
        body = json.loads(request.content)
        if request.url.path == "/auth/refresh":
            return self._refreshed(body)
        if request.headers.get("Authorization") != f"Bearer {self.access}":
            return self._reply(401, {"message": "Unauthorized"})
        return FAULTS[fault](self) if fault in FAULTS else self._queried(body)

    def _refreshed(self, body):
        if body != {"refresh_token": self.refresh}:
            return self._reply(403, {"error": "invalid_grant"})
        said = {"access_token": self.access, "expires_in": 2_419_200, "token_type": "Bearer"}
        if self.rotates:
            self.refresh = said["refresh_token"] = f"refresh-{self.turns + 100}"
        return self._reply(200, said)

    def _queried(self, body):
        query, variables = body["query"], body.get("variables") or {}
        self.asked.append(variables)
        try:
            cost = self._cost(parsed(query), variables, 1)
            if (busy := self._charged(cost)) is not None:
                return self._reply(200, {"errors": [busy], "data": None})
            return self._reply(200, {"data": self.schema.answer(query, variables)})
        except BadQuery as error:
            return self._reply(400, {"errors": [{"message": str(error)}]})

    def _cost(self, selection, variables, times):
        """One for each record that a connection could bring."""
        total = 0
        for _, arguments, inner in selection:
            given = dict(arguments)
            first = given.get("first")
            many = variables[first[1:]] if (first or "").startswith("$") else int(first or 0)
            total += times * many + (self._cost(inner, variables, times * (many or 1)) if inner
                                     else 0)  # fmt: skip
        return total

    def _charged(self, cost):
        """Takes the credits; an error where there are not enough."""
        passed = (self.now - self.counted_at).total_seconds()
        self.credits, self.counted_at = min(QUOTA, self.credits + passed * PER_SECOND), self.now
        if cost > QUOTA:
            raise BadQuery(f"Query complexity {cost} exceeds {QUOTA}")
        if cost > self.credits:
            wait = int((cost - self.credits) / PER_SECOND) + 1
            return {"code": 30, "message": BUSY.format(cost), "operation": "orders",
                    "required_credits": cost, "remaining_credits": int(self.credits),
                    "time_remaining": f"{wait} seconds"}  # fmt: skip
        self.credits -= cost
        return None

    def _spent(self):
        self.credits, self.counted_at = 0.0, self.now
        return self._reply(200, {"errors": [self._charged(QUOTA // 2)], "data": None})

    def _resolve(self, kind, name, value, arguments):
        if kind == "Query" and name in ROOTS:
            return {"of": self._found(ROOTS[name], arguments)}
        if kind == "Query" and name == "order":
            return {"data": self.records["Order"][arguments["id"]]}
        if kind == "Query":
            return {"data": {"warehouses": self.warehouses}}
        if kind.endswith("Result") and name == "data" and "of" in value:
            return self._page(value["of"], arguments)
        if name == "line_items":
            return self._page(value.get("line_items", []), arguments)
        return value.get(name)

    def _found(self, kind, arguments):
        known = {"updated_from", "updated_to", "customer_account_id"}
        if wrong := set(arguments) - known:
            raise BadQuery(f'Unknown argument "{min(wrong)}"')
        start, end = arguments["updated_from"], arguments["updated_to"]
        return [one for one in self.records[kind].values() if start <= one["updated_at"] <= end]

    def _page(self, records, arguments):
        after = arguments.get("after")
        start = int(base64.b64decode(after).decode().partition(":")[2]) + 1 if after else 0
        page = records[start : start + arguments["first"]]
        ends = [_cursor(start + n) for n in range(len(page))]
        return {
            "edges": [{"node": one, "cursor": end} for one, end in zip(page, ends, strict=True)],
            "pageInfo": {"hasNextPage": start + len(page) < len(records),
                         "endCursor": ends[-1] if ends else None},
        }  # fmt: skip

    def _reply(self, status, said, **headers):
        date = format_datetime(self.now, usegmt=True)
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        return httpx.Response(
            status, headers={"Date": date, **headers}, stream=httpx.ByteStream(content)
        )


def _cursor(at):
    return base64.b64encode(f"arrayconnection:{at}".encode()).decode()


FAULTS = {
    "429": lambda fake: fake._reply(429, b""),
    "429_retry_after": lambda fake: fake._reply(429, b"", **{"Retry-After": "7"}),
    "429_absurd": lambda fake: fake._reply(429, b"", **{"Retry-After": "31536000"}),
    "500": lambda fake: fake._reply(500, b"oh"),
    "html": lambda fake: fake._reply(200, b"<html>down</html>"),
    "quota": lambda fake: fake._spent(),
}
