"""What a page of ERPNext's documents is joined with: currencies, purposes of entries, payments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from storage.sources import Row
from storage.sources._entity import Record
from storage.sources._erpnext_api import Filter, Site
from storage.sources._rest import NOT_THERE, Refused

PAYMENTS = "Payment Ledger Entry"


@dataclass
class Known:
    """Reference data of one site, and what else belongs to documents; one for each run."""

    site: Site

    def add(self, doctype: str, names: Sequence[str], records: Sequence[Row]) -> None:
        """Adds to each document what is named: `currency` and `purpose` into `_currency` and
        `_purpose`, `paid` the day of the last payment into `_paid`."""
        adders: dict[str, Callable[[str, Sequence[Row]], None]] = {
            "currency": self._add_currency, "purpose": self._add_purpose, "paid": self._add_paid,
        }  # fmt: skip
        for name in names:
            adders[name](doctype, records)

    @cached_property
    def currencies(self) -> dict[str, str]:
        """The currency of each company; none where they can't be read."""
        return {
            str(row["name"]): str(row["default_currency"])
            for row in self._read("Company", ["default_currency"])
            if row.get("default_currency")
        }

    @cached_property
    def companies(self) -> dict[str, str]:
        """The company of each warehouse."""
        rows = self._read("Warehouse", ["company"])
        return {str(row["name"]): str(row.get("company")) for row in rows}

    def _add_currency(self, doctype: str, records: Sequence[Row]) -> None:
        """Of the document's company, or its warehouse's; of neither, that which all have."""
        every = set(self.currencies.values())
        sole = min(every) if len(every) == 1 else None
        for row in records:
            company = row.get("company") or self._company(row)
            row["_currency"] = self.currencies.get(company) if company else sole

    def _company(self, row: Row) -> str | None:
        place = row.get("warehouse")
        return self.companies.get(str(place)) if place else None

    def _add_purpose(self, doctype: str, records: Sequence[Row]) -> None:
        """What a stock entry was for, of the ledger's entries that it made."""
        entry = "Stock Entry"
        names = {str(row["voucher_no"]) for row in records if row.get("voucher_type") == entry}
        try:
            found = list(self.site.named(entry, ["purpose"], "name", names))
        except Refused as error:
            if error.status not in NOT_THERE:
                raise
            found = []
        purposes = {str(row["name"]): row.get("purpose") for row in found}
        for row in records:
            row["_purpose"] = purposes.get(str(row.get("voucher_no")))

    def _add_paid(self, doctype: str, records: Sequence[Row]) -> None:
        """When the last payment came, of invoices that are settled.

        Versions before 14 keep no ledger of payments; and not every user may read it.
        """
        names = {str(row["name"]) for row in records if is_settled(row)}
        filters: list[Filter] = [["against_voucher_type", "=", doctype], ["delinked", "=", 0]]
        fields = ["against_voucher_no", "voucher_no", "posting_date"]
        days: dict[str, date] = {}
        try:
            for row in self.site.named(PAYMENTS, fields, "against_voucher_no", names, filters):
                name = str(row["against_voucher_no"])
                if row["voucher_no"] != name:
                    on = date.fromisoformat(str(row["posting_date"])[:10])
                    days[name] = max(on, days.get(name, on))
        except Refused as error:
            if error.status not in NOT_THERE:
                raise
        for row in records:
            row["_paid"] = days.get(str(row["name"]))

    def _read(self, doctype: str, fields: Sequence[str]) -> list[Row]:
        try:
            return [row for page in self.site.all(doctype, fields) for row in page]
        except Refused as error:
            if error.status not in NOT_THERE:
                raise
            return []


def is_settled(invoice: Record) -> bool:
    """Whether nothing is owed of a booked invoice; a credit note has a negative rest."""
    rest = invoice.get("outstanding_amount")
    return invoice.get("docstatus") == 1 and rest is not None and abs(float(rest)) < 0.005
