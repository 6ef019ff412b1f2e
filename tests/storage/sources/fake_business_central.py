"""One company of a Business Central: its sets with the fields that Microsoft's pages name.

It writes a date, a time and an id that are not there as the real one does, escapes choices
("In_x0020_Review"), and drops an order from its list when it is posted.
"""

import copy
import uuid
from functools import cache, partial
from typing import Any

from storage.sources._http import Http
from storage.sources.business_central import BusinessCentral, Settings, open_business_central
from tests.storage.sources.fake_odata4 import FakeOData, Set
from tests.storage.sources.fake_odata4_filter import Refused

TENANT, SECRET = "0f5c6b6e-tenant", "secret-of-a-test"
URL, LOGIN = "https://api.bc.example.com", "https://login.example.com"
ROOT = f"{URL}/v2.0/{TENANT}/Production"
COMPANY = "bb6d48b6-c7b2-4a38-9a93-ad5506407f12"
STAMP = {"lastModifiedDateTime": "DateTimeOffset"}
NO_DATE, NO_TIME = "0001-01-01", "0001-01-01T00:00:00Z"
NO_ID = "00000000-0000-0000-0000-000000000000"


def _types(**kinds: str) -> dict[str, str]:
    """Fields by the type they have: `_types(String="number displayName")`."""
    return {name: kind for kind, names in kinds.items() for name in names.split()}


PARTY = _types(Guid="id", String="number displayName country email website taxRegistrationNumber"
               " currencyCode blocked", Decimal="balance") | STAMP  # fmt: skip
LINE = _types(
    Guid="id documentId itemId locationId", Int32="sequence",
    String="lineType lineObjectNumber description unitOfMeasureCode",
    Decimal="quantity netAmount discountAmount",
)  # fmt: skip
POSTED_LINE = _types(
    Guid="id documentId", Int32="sequence", Decimal="quantity",
    String="lineType lineObjectNumber description unitOfMeasureCode",
)  # fmt: skip
BILL = _types(Guid="id", Date="postingDate dueDate", Decimal="totalAmountExcludingTax",
              String="number currencyCode status") | STAMP  # fmt: skip
SETS: dict[str, Set] = {
    "vendors": Set(PARTY, "id", "lastModifiedDateTime"),
    "customers": Set(PARTY | _types(String="salespersonCode"), "id", "lastModifiedDateTime"),
    "items": Set(
        _types(Guid="id", String="number displayName type itemCategoryCode baseUnitOfMeasureCode",
               Boolean="blocked", Decimal="inventory unitCost unitPrice") | STAMP,
        "id", "lastModifiedDateTime",
    ),
    "locations": Set(_types(Guid="id", String="code displayName") | STAMP, "id"),
    "companyInformation": Set(_types(Guid="id", String="displayName currencyCode"), "id"),
    "purchaseOrders": Set(
        _types(Guid="id vendorId", Date="orderDate postingDate requestedReceiptDate",
               String="number vendorNumber vendorName currencyCode status purchaser buyFromCountry",
               Boolean="fullyReceived", Decimal="totalAmountExcludingTax") | STAMP,
        "id", "lastModifiedDateTime",
        {"purchaseOrderLines": LINE | _types(
            Decimal="directUnitCost receivedQuantity", Date="expectedReceiptDate")},
    ),
    "purchaseReceipts": Set(
        _types(Guid="id", Date="postingDate", String="number vendorNumber orderNumber") | STAMP,
        "id", "lastModifiedDateTime", {"purchaseReceiptLines": POSTED_LINE},
    ),
    "salesOrders": Set(
        _types(Guid="id customerId", Date="orderDate postingDate requestedDeliveryDate",
               String="number customerNumber currencyCode status salesperson",
               Boolean="fullyShipped", Decimal="totalAmountExcludingTax") | STAMP,
        "id", "lastModifiedDateTime",
        {"salesOrderLines": LINE | _types(
            Decimal="unitPrice shippedQuantity", Date="shipmentDate")},
    ),
    "salesShipments": Set(
        _types(Guid="id", Date="postingDate", String="number customerNumber orderNumber") | STAMP,
        "id", "lastModifiedDateTime", {"salesShipmentLines": POSTED_LINE},
    ),
    "itemLedgerEntries": Set(
        _types(Guid="id", Int32="entryNumber", Date="postingDate",
               String="itemNumber entryType sourceType documentNumber documentType",
               Decimal="quantity costAmountActual salesAmountActual") | STAMP,
        "entryNumber", "lastModifiedDateTime",
    ),
    "salesInvoices": Set(BILL | _types(Date="invoiceDate", String="customerNumber"), "id",
                         "lastModifiedDateTime"),
    "purchaseInvoices": Set(BILL | _types(Date="invoiceDate", String="vendorNumber"), "id",
                            "lastModifiedDateTime"),
    "salesCreditMemos": Set(BILL | _types(Date="creditMemoDate", String="customerNumber"), "id",
                            "lastModifiedDateTime"),
    "purchaseCreditMemos": Set(BILL | _types(Date="creditMemoDate", String="vendorNumber"), "id",
                               "lastModifiedDateTime"),
}  # fmt: skip


class FakeBusinessCentral(FakeOData):
    """`custom` are sets of API pages of the company's own, below roots of their own."""

    def __init__(self) -> None:
        super().__init__(ROOT, LOGIN, SECRET)
        self.sets = copy.deepcopy(SETS)
        self.custom: dict[str, str] = {}
        info = {"displayName": "CRONUS", "currencyCode": "USD"}
        self.write("companyInformation", COMPANY, **info)

    def answer(self, name: str, asked: dict[str, str], prefer: str) -> Any:
        for root in ["api/v2.0", *self.custom.values()]:
            if name.startswith(f"{root}/"):
                break
        else:
            raise Refused(404, "BadRequest_NotFound", f"no such API: {name}")
        path = name.removeprefix(f"{root}/")
        last = path.rpartition("/")[2]
        if path == "companies":
            return {"value": [
                {"id": COMPANY, "name": "CRONUS USA, Inc.", "displayName": "CRONUS"},
                {"id": NO_ID[:-1] + "1", "name": "Other", "displayName": ""},
            ]}  # fmt: skip
        if path != "$metadata" and path.partition("/")[0] != f"companies({COMPANY})":
            raise Refused(404, "Internal_CompanyNotFound", f"no company in {path}")
        if last in ("purchaseOrderLines", "salesOrderLines"):
            raise Refused(
                400, "Application_DialogException",
                "You must specify an Id or a Document Id to get the lines.",
            )  # fmt: skip
        if last != "$metadata" and self.custom.get(last, "api/v2.0") != root:
            raise Refused(404, "BadRequest_NotFound", f"{last} is not at {root}")
        return super().answer(name, asked, prefer)

    def written(self, value: Any, kind: str) -> Any:
        if value is None:
            return {"Date": NO_DATE, "DateTimeOffset": NO_TIME, "Guid": NO_ID, "String": "",
                    "Boolean": False}.get(kind, 0)  # fmt: skip
        return super().written(value, kind)

    def order(
        self, number: str, lines: list[dict[str, Any]], late: float = 0.0, **head: Any
    ) -> str:
        """A purchase order, or changes of one; `lines` with their numbers. Its id."""
        values = {"orderDate": "2026-02-20", "vendorNumber": "10000", "status": "Open", **head}
        made = [{"id": guid(f"{number}/{one['sequence']}"), "lineType": "Item", **one}
                for one in lines]  # fmt: skip
        self.write(
            "purchaseOrders", guid(number), late, number=number, purchaseOrderLines=made, **values
        )
        return guid(number)

    def receive(self, doc: str, order: str, lines: list[dict[str, Any]], on: str) -> None:
        """A posted receipt; posted lines have the numbers of the order's lines."""
        made = [{"id": guid(f"{doc}/{one['sequence']}"), "lineType": "Item", **one}
                for one in lines]  # fmt: skip
        self.write(
            "purchaseReceipts", guid(doc), number=doc, orderNumber=order, vendorNumber="10000",
            postingDate=on, purchaseReceiptLines=made,
        )  # fmt: skip


@cache
def guid(name: str) -> str:
    """The same id for the same name, in no order that says anything."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def business_central(fake: FakeBusinessCentral, tries: int = 5, **settings: Any) -> BusinessCentral:
    """The source on the fake; waiting moves the fake's clock."""
    made = Settings(
        key="business_central:main", kind="business_central", tenant=TENANT, client="app",
        secret=settings.pop("secret", SECRET), url=URL, login=LOGIN,
        company=settings.pop("company", "CRONUS USA, Inc."), **settings,
    )  # fmt: skip
    return open_business_central(
        made, partial(Http, transport=fake.transport(), sleep=fake.advance, seed=1, tries=tries)
    )
