"""Streams of one S/4HANA for the suite that all sources pass, one for each sort of stamp."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import httpx

from storage.sources._http import Http
from storage.sources._odata2_reader import PAGE
from storage.sources.s4hana import S4Hana, Settings, open_s4hana
from tests.storage.sources.fake_odata2 import FakeOData2
from tests.storage.sources.fake_s4hana import SERVICES, midnight
from tests.storage.sources.harness import OnFake

LONG_AGO = date(2025, 1, 7)
ZONE = ZoneInfo("Europe/Berlin")
URL = "https://my300000-api.s4hana.cloud.sap"


def s4hana(fake, **settings) -> S4Hana:
    """The source on a fake; waiting moves the fake's clock."""
    if fake.tokens:
        settings["token_url"] = "https://auth.example/oauth/token"
    given = {"secret": fake.password, "zone": "Europe/Berlin", **settings}
    made = Settings(key="s4hana:main", kind="s4hana", url=URL, user=fake.user, **given)
    http = partial(Http, transport=httpx.MockTransport(fake), sleep=fake.advance, seed=1)
    return open_s4hana(made, http)


class S4HanaHarness(OnFake):
    """What all share: a fake with tokens, and the good records by their ids."""

    page_rows = PAGE
    faults = ("429", "429_retry_after", "429_absurd", "500", "html", "drop", "401")

    def __init__(self):
        self.fake = FakeOData2(SERVICES, tokens=True)
        self.good = {}
        self.numbers = 0

    def open(self):
        return s4hana(self.fake)

    def create(self, n):
        made = [self._next() for _ in range(n)]
        self._save(made)
        return self._ids(made)

    def change(self, ids, visible_after=0.0):
        self._save([self._key(one) for one in ids], visible_after)

    def delete(self, ids):
        for one in ids:
            self._erase(self._key(one))
            del self.good[one]

    def spoil(self):
        made = [self._next() for _ in range(3)]
        self._save(made, spoilt=True)
        ids = self._ids(made)
        for one in ids:
            del self.good[one]
        return ids

    def truth(self):
        return dict(self.good)

    def _next(self):
        self.numbers += 1
        return f"{4_500_000_000 + self.numbers}"

    def _ids(self, keys):
        return [f"{one}/10" for one in keys]

    def _key(self, source_id):
        return source_id.partition("/")[0]


class PurchaseLines(S4HanaHarness):
    """Lines of purchases, by the instant at which their order was changed."""

    stream, table = "purchase_lines", "purchaseline"

    def _save(self, keys, late=0.0, spoilt=False):
        orders, items = [], []
        for key in keys:
            self.numbers += 1
            qty = "many" if spoilt else f"{self.numbers}.500"
            orders.append({"PurchaseOrder": key, "LastChangeDateTime": self.now(),
                           "PurchasingDocumentDeletionCode": ""})  # fmt: skip
            items.append({
                "PurchaseOrder": key, "PurchaseOrderItem": "00010", "OrderQuantity": qty,
                "Material": "000000000000000042", "Plant": "1010", "IsCompletelyDelivered": False,
                "PurchasingDocumentDeletionCode": "",
            })  # fmt: skip
            self.good[f"{key}/10"] = {"order_ref": key, "item_ref": "42",
                                      "qty": Decimal(f"{self.numbers}.5")}  # fmt: skip
        self.fake.write("A_PurchaseOrder", orders, late)
        self.fake.write("A_PurchaseOrderItem", items, late)

    def _erase(self, key):
        self.fake.erase("A_PurchaseOrder", (key,))
        self.fake.erase("A_PurchaseOrderItem", (key, "00010"))


class Receipts(S4HanaHarness):
    """Material documents, which are never changed or deleted: each act posts further ones."""

    stream, table = "receipts", "receipt"

    def change(self, ids, visible_after=0.0):
        """Goods of each are sent back: a document of its own."""
        self._save([self._next() for _ in ids], visible_after, kind="122")

    def delete(self, ids):
        """Each is reversed, which is a document too."""
        for one in ids:
            year, document, _ = one.split("/")
            self._save([self._next()], kind="102", reverses=(year, document))

    def _save(self, keys, late=0.0, spoilt=False, kind="101", reverses=("", "")):
        local = self.now().astimezone(ZONE).replace(tzinfo=None)
        today = midnight(local.date())
        headers, items = [], []
        sign = 1 if kind == "101" else -1
        for key in keys:
            document = {"MaterialDocumentYear": "2026", "MaterialDocument": key}
            headers.append({
                **document, "PostingDate": today, "CreationDate": today,
                "CreationTime": local.time().replace(microsecond=0),
            })  # fmt: skip
            items.append({
                **document, "MaterialDocumentItem": "0001", "GoodsMovementType": kind,
                "PurchaseOrder": "4500000001", "PurchaseOrderItem": "10", "Material": "42",
                "QuantityInBaseUnit": "many" if spoilt else f"{key[-4:]}.5",
                "ReversedMaterialDocumentYear": reverses[0],
                "ReversedMaterialDocument": reverses[1],
                "ReversedMaterialDocumentItem": "0001" if reverses[1] else "",
            })  # fmt: skip
            self.good[f"2026/{key}/1"] = {
                "line_ref": "4500000001/10", "qty": sign * Decimal(f"{key[-4:]}.5"),
                "received_on": local.date(),
                "reversal_of": "/".join((*reverses, "1")) if reverses[1] else None,
            }  # fmt: skip
        self.fake.write("A_MaterialDocumentItem", items, late)
        self.fake.write("A_MaterialDocumentHeader", headers, late)

    def _ids(self, keys):
        return [f"2026/{one}/1" for one in keys]

    def _key(self, source_id):
        return source_id.split("/")[1]


class Shipments(S4HanaHarness):
    """Items of deliveries, by the days of change and of creation alone."""

    stream, table = "shipments", "shipment"

    def __init__(self):
        super().__init__()
        self.turns = Counter()

    def _save(self, keys, late=0.0, spoilt=False):
        today = midnight(self.now().astimezone(ZONE).date())
        headers, items = [], []
        for key in keys:
            self.numbers += 1
            self.turns[key] += 1
            is_new = self.turns[key] == 1
            headers.append({
                "DeliveryDocument": key, "CreationDate": today if is_new else midnight(LONG_AGO),
                "LastChangeDate": None if is_new else today, "ActualGoodsMovementDate": today,
                "OverallGoodsMovementStatus": "C",
            })  # fmt: skip
            items.append({
                "DeliveryDocument": key, "DeliveryDocumentItem": "000010", "Material": "42",
                "ReferenceSDDocument": "0000000007", "ReferenceSDDocumentItem": "000010",
                "ActualDeliveredQtyInBaseUnit": "many" if spoilt else f"{self.numbers}.5",
            })  # fmt: skip
            self.good[f"{key}/10"] = {"line_ref": "7/10", "qty": Decimal(f"{self.numbers}.5")}
        self.fake.write("A_OutbDeliveryItem", items, late)
        self.fake.write("A_OutbDeliveryHeader", headers, late)

    def _erase(self, key):
        """The issue of the goods is undone: until then nobody can delete the delivery."""
        today = midnight(self.now().astimezone(ZONE).date())
        self.fake.write("A_OutbDeliveryHeader", [{
            "DeliveryDocument": key, "CreationDate": midnight(LONG_AGO), "LastChangeDate": today,
            "OverallGoodsMovementStatus": "A", "ActualGoodsMovementDate": None,
        }])  # fmt: skip


class MakeOrders(S4HanaHarness):
    """Production orders, by fourteen digits of the local time of their change."""

    stream, table = "make_orders", "makeorder"

    def _save(self, keys, late=0.0, spoilt=False):
        local = self.now().astimezone(ZONE)
        orders = []
        for key in keys:
            self.numbers += 1
            qty = "many" if spoilt else f"{self.numbers}.5"
            orders.append({
                "ManufacturingOrder": f"00{key}", "Material": "42", "TotalQuantity": qty,
                "LastChangeDateTime": local.strftime("%Y%m%d%H%M%S"), "OrderIsReleased": "X",
                "OrderIsTechnicallyCompleted": "", "OrderIsClosed": "", "OrderIsDeleted": "",
            })  # fmt: skip
            self.good[key] = {"number": f"00{key}", "qty": Decimal(f"{self.numbers}.5")}
        self.fake.write("A_ProductionOrder_2", orders, late)

    def _erase(self, key):
        self.fake.erase("A_ProductionOrder_2", (f"00{key}",))

    def _ids(self, keys):
        return keys


class StockLevels(S4HanaHarness):
    """Stock, of which there is no stamp at all."""

    stream, table = "stock_levels", "stocklevel"

    def _save(self, keys, late=0.0, spoilt=False):
        stocks = []
        for key in keys:
            self.numbers += 1
            qty = "many" if spoilt else f"{self.numbers}.5"
            empty = dict.fromkeys(SERVICES["API_MATERIAL_STOCK_SRV"]["A_MatlStkInAcctMod"][0], "")
            stocks.append({**empty, "Material": key, "Plant": "1010",
                           "MatlWrhsStkQtyInMatlBaseUnit": qty})  # fmt: skip
            self.good[f"{key}/1010"] = {"item_ref": key, "on_hand": Decimal(f"{self.numbers}.5")}
        self.fake.write("A_MaterialStock", [{"Material": one} for one in keys])
        self.fake.write("A_MatlStkInAcctMod", stocks, late)

    def _erase(self, key):
        self.fake.erase("A_MaterialStock", (key,))
        for found in [*self.fake.set("A_MatlStkInAcctMod").records]:
            if found[0] == key:
                self.fake.erase("A_MatlStkInAcctMod", found)

    def spoil(self):
        return [one.partition("/")[0] for one in super().spoil()]

    def _ids(self, keys):
        return [f"{one}/1010" for one in keys]
