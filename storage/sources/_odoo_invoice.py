"""Invoices of Odoo as facts, and when they were paid."""

from collections.abc import Iterable, Sequence
from datetime import date

from storage.sources import BadRow, Row, event
from storage.sources._odoo_fields import BOOKED, RECONCILED
from storage.sources._odoo_known import Known
from storage.sources._odoo_reader import Asked, named
from storage.sources._odoo_rpc import NoAccess, NoModel, Rpc
from storage.sources._odoo_values import Record, changed, day, link, number, ref, shown

Facts = Iterable[tuple[str, Row]]

# Settled in whole: with money, with money not on the bank's statement yet, by a credit note.
SETTLED = ("paid", "in_payment", "reversed")


def invoice(record: Record, known: Known) -> Facts:
    """A posted invoice or credit note (negative), in its own currency.

    It was paid on the day of the last payment that settled it. Where payments can't be read, the
    day of its last change stands for that: near it, as a settled invoice is seldom touched again.
    """
    if record["state"] != "posted":
        return
    amount, issued = number(record["amount_untaxed"]), day(record["invoice_date"], known.zone)
    if issued is None:
        raise BadRow("posted without a date")
    is_settled = record.get("payment_state") in SETTLED
    at = changed(record)
    last = known.paid.get(record["id"]) or (at.astimezone(known.zone).date() if at else None)
    direction, _, what = record["move_type"].partition("_")
    yield (
        "invoice",
        {
            "source_id": str(record["id"]),
            "source_updated_at": at,
            "number": record["name"] or None,
            "party_ref": ref(record["partner_id"]),
            "direction": direction,
            "amount": -amount if amount is not None and what == "refund" else amount,
            "currency": shown(record.get("currency_id")),
            **event("issued", issued, known.zone),
            "due_on": day(record.get("invoice_date_due"), known.zone),
            **event("paid", last if is_settled else None, known.zone),
        },
    )


def paid(rpc: Rpc, rows: Sequence[Row]) -> dict[int, date]:
    """The day of the last payment of each settled invoice; empty where that can't be read."""
    ids = [row["id"] for row in rows if row.get("payment_state") in SETTLED]
    if not ids:
        return {}
    either = ["|", ["debit_move_id.move_id", "in", ids], ["credit_move_id.move_id", "in", ids]]
    try:
        matches = list(Asked.of(rpc, RECONCILED).all(either))
        entries = [*named(rpc, BOOKED, matches, "debit_move_id"),
                   *named(rpc, BOOKED, matches, "credit_move_id")]  # fmt: skip
    except (NoModel, NoAccess):
        return {}
    invoice_of = {entry["id"]: link(entry["move_id"]) for entry in entries}
    found: dict[int, date] = {}
    for match in matches:
        on = match["max_date"]
        for side in ("debit_move_id", "credit_move_id"):
            one = invoice_of.get(link(match[side]) or 0)
            if one and on:
                found[one] = max(found.get(one, date.min), date.fromisoformat(on))
    return found
