"""Partners and materials of S/4HANA; a partner who buys and sells is a customer and a supplier."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Row
from storage.sources._entity import Record, needed, of, text
from storage.sources._host import host
from storage.sources._odata2_reading import Again, Join, Reading, Stamp
from storage.sources._s4hana_orders import CHANGED, PRODUCTS
from storage.sources._s4hana_values import Numbered, amount, is_set

PARTNERS = "API_BUSINESS_PARTNER"
SERVICES = frozenset({"SERV", "DIEN"})
AVERAGE = "V"
# Tax numbers of a type that ends so are those for value added tax.
VAT = "0"


def _party(row: Row, record: Record, zone: ZoneInfo) -> Row:
    countries = [text(one.get("Country"), zone) for one in record.get("address") or []]
    numbers = [
        text(one.get("BPTaxNumber"), zone) or text(one.get("BPTaxLongNumber"), zone)
        for one in sorted(record.get("tax") or [], key=lambda one: str(one.get("BPTaxType")))
        if str(one.get("BPTaxType") or "").endswith(VAT)
    ]
    found = {
        "country": next((one for one in countries if one), None),
        "vat": next((one for one in numbers if one), None),
        "domain": _domain(record),
    }
    return {**row, **{name: one for name, one in found.items() if row.get(name) is None}}


def _domain(record: Record) -> str | None:
    sites = [one for address in record.get("address") or [] for one in address.get("sites") or []]
    return next((found for one in sites if (found := host(one.get("WebsiteURL")))), None)


def _partner(kind: str, field: str) -> Numbered:
    return Numbered(
        "A_BusinessPartner", "partners", "party", (field,),
        {
            "name": needed("BusinessPartnerFullName", "BusinessPartnerName", "SearchTerm1"),
            "number": of(field),
            "category": of("Industry", "BusinessPartnerGrouping"),
        },
        updated="LastChangeDate", constants={"kind": kind}, finish=_party,
        also=("address.Country", "tax.BPTaxNumber", "tax.BPTaxLongNumber", "sites.WebsiteURL"),
        prefix=f"{kind}/", only=lambda record: bool(text(record.get(field), ZoneInfo("UTC"))),
    )  # fmt: skip


def _item(row: Row, record: Record, zone: ZoneInfo) -> Row:
    texts = {
        str(one.get("Language")): text(one.get("ProductDescription"), zone)
        for one in sorted(record.get("texts") or [], key=lambda one: str(one.get("Language")))
    }
    known = [texts.get("EN"), *texts.values()]
    row["name"] = next((one for one in known if one), row["name"])
    row["is_service"] = record.get("ProductType") in SERVICES
    row["is_active"] = not is_set(record.get("IsMarkedForDeletion"))
    return {**row, **_cost(record, zone)}


def _cost(record: Record, zone: ZoneInfo) -> dict[str, Any]:
    """What one costs in the first valuation area that says so."""
    worth = [one for one in record.get("worth") or [] if not one.get("ValuationType")]
    for one in sorted(worth, key=lambda one: str(one.get("ValuationArea"))):
        is_average = one.get("InventoryValuationProcedure") == AVERAGE
        price = amount(one, "MovingAveragePrice" if is_average else "StandardPrice", zone)
        if price > 0:
            per = amount(one, "PriceUnitQty", zone)
            return {"unit_cost": price / per if per else price, "currency": one.get("Currency")}
    return {}


ITEM = Numbered(
    "A_Product", "items", "item", ("Product",),
    {
        "name": needed("Product"),
        "sku": of("Product"),
        "category": of("ProductGroup"),
        "uom": of("BaseUnit"),
    },
    updated=CHANGED, finish=_item,
    also=(
        "ProductType", "IsMarkedForDeletion", "texts.ProductDescription", "worth.StandardPrice",
        "worth.MovingAveragePrice", "worth.PriceUnitQty", "worth.InventoryValuationProcedure",
        "worth.Currency",
    ),
)  # fmt: skip

PARTNER_READING = Reading(
    PARTNERS, "A_BusinessPartner", ("BusinessPartner",),
    (_partner("supplier", "Supplier"), _partner("customer", "Customer")),
    # who was never changed has a date of creation only
    (Stamp("LastChangeDate", "day"), Stamp("CreationDate", "day")),
    joins=(
        Join("address", PARTNERS, "A_BusinessPartnerAddress", ("BusinessPartner", "AddressID"),
             {"BusinessPartner": "BusinessPartner"}),
        Join("tax", PARTNERS, "A_BusinessPartnerTaxNumber", ("BusinessPartner", "BPTaxType"),
             {"BusinessPartner": "BusinessPartner"}, is_optional=True),
        Join("sites", PARTNERS, "A_AddressHomePageURL", ("AddressID", "Person", "OrdinalNumber"),
             {"AddressID": "AddressID"}, to="address", is_optional=True),
    ),
    # an address or a tax number may change without its partner's stamp
    again=Again("A_BusinessPartner", ("BusinessPartner",), "BusinessPartner", (),
                every=timedelta(days=1)),
)  # fmt: skip
ITEM_READING = Reading(
    PRODUCTS, "A_Product", ("Product",), (ITEM,), (Stamp(CHANGED),),
    joins=(
        Join("texts", PRODUCTS, "A_ProductDescription", ("Product", "Language"),
             {"Product": "Product"}),
        Join("worth", PRODUCTS, "A_ProductValuation",
             ("Product", "ValuationArea", "ValuationType"), {"Product": "Product"},
             is_optional=True),
    ),
    # and so may its price
    again=Again("A_Product", ("Product",), "Product", (), every=timedelta(days=1)),
)  # fmt: skip
