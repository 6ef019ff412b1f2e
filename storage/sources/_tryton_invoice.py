"""Invoices of Tryton as facts."""

from storage.sources import BadRow, event
from storage.sources._tryton_known import Facts, Known, base
from storage.sources._tryton_values import Record, day, number, part, ref, words


def invoice(record: Record, known: Known) -> Facts:
    """A posted invoice in its own currency; a credit note is negative, and is so in Tryton too.

    It is due on the day of its last instalment, and was paid, once that is so in whole, on the
    day of the last payment: it may have been entered later.
    """
    if record["state"] not in ("posted", "paid"):
        return
    issued = day(record["invoice_date"])
    if issued is None:
        raise BadRow("posted without a date")
    due = [known.due[id_] for id_ in record["lines_to_pay"] if id_ in known.due]
    payments = [known.booked[id_] for id_ in record["reconciliation_lines"] if id_ in known.booked]
    paid = max(payments, default=day(record["reconciled"]))
    yield (
        "invoice",
        {
            **base(record),
            "number": words(record["number"]),
            "party_ref": ref(record["party"]),
            "direction": record["type"],
            "amount": number(record["untaxed_amount"]),
            "currency": part(record, "currency").get("code"),
            **event("issued", issued, known.zone),
            "due_on": max(due, default=None),
            **event("paid", paid if record["state"] == "paid" else None, known.zone),
        },
    )
