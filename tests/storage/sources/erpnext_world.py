"""A small company on the fake site, for tests of what its documents become."""

BOLT = {"item_code": "BOLT", "uom": "Dozen", "stock_uom": "Nos", "conversion_factor": 12.0,
        "warehouse": "Stores - O"}  # fmt: skip


def purchase(fake, name="PO-1", lines=None, **values):
    """A booked purchase of two dozen, asked for by the 10th and promised for the 12th."""
    rows = lines if lines is not None else [purchase_line(f"{name}-a")]
    head = {
        "name": name, "docstatus": 1, "status": "To Receive and Bill", "supplier": "Acme",
        "transaction_date": "2026-02-01", "currency": "EUR", "company": "Ours", **values,
    }  # fmt: skip
    fake.save("Purchase Order", head, **{"Purchase Order Item": rows})
    fake.advance(1)


def purchase_line(name, **values):
    return {
        **BOLT, "name": name, "qty": 2.0, "stock_qty": 24.0, "net_rate": 6.0, "received_qty": 0.0,
        "schedule_date": "2026-03-10", "expected_delivery_date": "2026-03-12", **values,
    }  # fmt: skip


def receipt(fake, name="PR-1", order="PO-1", line="PO-1-a", **values):
    """One dozen of a purchase taken in, a piece of it refused."""
    head = {name: values.pop(name) for name in ("docstatus", "posting_time", "is_return")
            if name in values}  # fmt: skip
    row = {**BOLT, "name": f"{name}-r", "qty": 1.0, "stock_qty": 12.0, "rejected_qty": 1.0,
           "purchase_order": order, "purchase_order_item": line, **values}  # fmt: skip
    fake.save(
        "Purchase Receipt",
        {"name": name, "docstatus": 1, "supplier": "Acme", "posting_date": "2026-02-20",
         "posting_time": "9:05:01", **head},
        **{"Purchase Receipt Item": [row]},
    )  # fmt: skip
    fake.advance(1)


def amend(fake, old, new, lines):
    """An order is cancelled and made anew under another name, with new lines."""
    fake.cancel("Purchase Order", old)
    fake.advance(60)
    purchase(fake, new, lines, amended_from=old)


def sale(fake, name="SO-1", status="To Deliver and Bill", **line):
    row = {**BOLT, "name": f"{name}-a", "qty": 1.0, "stock_qty": 12.0, "net_rate": 24.0,
           "delivered_qty": 0.0, "delivery_date": "2026-03-15", **line}  # fmt: skip
    head = {"name": name, "docstatus": 1, "status": status, "customer": "Beta", "currency": "EUR",
            "transaction_date": "2026-02-10", "net_total": 24.0, "company": "Ours"}  # fmt: skip
    fake.save("Sales Order", head, **{"Sales Order Item": [row]})
    fake.advance(1)
