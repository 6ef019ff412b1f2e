"""A small company in the fake NetSuite: one record of each kind, linked as the real ones are."""

from tests.storage.sources.fake_suiteql import MARK

DAY = f"{MARK}2026-02-01 00:00:00"


def fill(fake):
    """A purchase of bolts with its receipt and bill, a sale with its shipment and invoice."""
    at = MARK + fake.local
    stamped = {"lastmodifieddate": at}
    put = fake.put
    fake.db.shown.update({11: "Kim Buyer", "B": "Purchase Order : Pending Receipt"})
    put("vendor", {"id": 12}, entityid="V12", companyname="Acme", **stamped)
    put("customer", {"id": 13}, entityid="C13", companyname="Globex", **stamped)
    put("item", {"id": 7}, itemid="BOLT", displayname="Bolt", itemtype="InvtPart",
        isinactive="F", **stamped)  # fmt: skip
    put("location", {"id": 2}, name="Main", timezone="America/Los_Angeles")
    put("currency", {"id": 1}, name="US Dollar", symbol="USD")
    put("aggregateitemlocation", {"item": 7, "location": 2}, quantityonhand=6, quantityonorder=4)
    kinds = {20: ("PurchOrd", 12, "B"), 21: ("ItemRcpt", 12, ""), 22: ("SalesOrd", 13, "B"),
             23: ("ItemShip", 13, "C"), 24: ("CustInvc", 13, "A"), 25: ("VendBill", 12, "B"),
             26: ("WorkOrd", None, "D")}  # fmt: skip
    for id_, (kind, entity, status) in kinds.items():
        put("transaction", {"id": id_}, type=kind, tranid=f"N{id_}", entity=entity, status=status,
            trandate=DAY, closedate=DAY, createddate=at, currency=1, employee=11,
            voided="F", **stamped)  # fmt: skip
    line(fake, 20, 10)
    line(fake, 21, 4)
    line(fake, 22, -5, foreignamount=-50)
    line(fake, 23, -3)
    line(fake, 24, -5, foreignamount=-50)
    line(fake, 25, 4, foreignamount=8)
    line(fake, 26, 100, id_=0, mainline="T")
    tax(fake, 24)
    for before, kind, after in ((20, "PurchOrd", 21), (22, "SalesOrd", 23)):
        link = {"previousdoc": before, "nextdoc": after}
        put("nexttransactionlinelink", link, previousline=1, nextline=1, previoustype=kind,
            linktype="ShipRcpt")  # fmt: skip


def line(fake, order, quantity, id_=1, mainline="F", **more):
    fake.put("transactionline", {"uniquekey": 100 + order}, transaction=order, id=id_, item=7,
             location=2, quantity=quantity, mainline=mainline, taxline="F", iscogs="F",
             isclosed="F", linelastmodifieddate=MARK + fake.local, **more)  # fmt: skip


def tax(fake, order):
    fake.put("transactionline", {"uniquekey": 500 + order}, transaction=order, id=9, mainline="F",
             taxline="T", iscogs="F", foreignamount=-9,
             linelastmodifieddate=MARK + fake.local)  # fmt: skip
