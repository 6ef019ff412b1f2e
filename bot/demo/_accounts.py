"""The sample company's invoices, to customers and from suppliers, and when they are paid."""

from datetime import datetime, timedelta

from bot.demo._books import EURO
from bot.demo._works import Works

TERM_OUT, TERM_IN = 30, 45
# Few bills are paid some weeks late, very few after months.
LATE, VERY_LATE, CREDITED = 0.06, 0.02, 0.02
TAX = 1.19


class Accounts:
    """Posts invoices and what is paid of them."""

    def __init__(self, works: Works) -> None:
        self.works = works

    def invoice(self, partner: int, amount: float, origin: str, at: datetime) -> None:
        """To a customer, who mostly pays about when it is due, and seldom late."""
        rng = self.works.rng
        record, line = self._post("out_invoice", partner, amount, origin, TERM_OUT, at)
        chance = rng.random()
        late = rng.gauss(-3, 2)
        if chance < LATE + VERY_LATE:
            late = rng.uniform(60, 150) if chance < VERY_LATE else rng.uniform(8, 40)
        self._paid_at(record, line, amount, at + timedelta(days=max(2.0, TERM_OUT + late)))
        if rng.random() < CREDITED:
            share, when = rng.uniform(0.1, 0.3), self.works.after(at, 12, 0.4)
            self.works.agenda.at(when, "credit", lambda then: self._credit(
                partner, amount * share, origin, then))  # fmt: skip

    def bill(self, partner: int, amount: float, origin: str, at: datetime) -> None:
        """From a supplier; it is paid when it is due."""
        record, line = self._post("in_invoice", partner, amount, origin, TERM_IN, at)
        due = at + timedelta(days=TERM_IN + self.works.rng.uniform(-2, 5))
        self._paid_at(record, line, amount, due)

    def _credit(self, partner: int, amount: float, origin: str, at: datetime) -> None:
        record, line = self._post("out_refund", partner, amount, origin, 0, at)
        self._paid_at(record, line, amount, self.works.after(at, 6, 0.4))

    def _post(
        self, what: str, partner: int, amount: float, origin: str, term: int, at: datetime
    ) -> tuple[int, int]:
        """An invoice that is open, and the entry of it that a payment will settle."""
        books = self.works.books
        prefix = {"out_invoice": "INV", "in_invoice": "BILL", "out_refund": "RINV"}[what]
        record = books.new(
            "account.move", at, name=f"{prefix}/{at:%Y}/{books.number(what):05}", move_type=what,
            state="posted", partner_id=partner, invoice_date=at, currency_id=EURO,
            invoice_date_due=at + timedelta(days=term), amount_untaxed=round(amount, 2),
            amount_total=round(amount * TAX, 2), payment_state="not_paid", invoice_origin=origin,
        )  # fmt: skip
        return record, books.new("account.move.line", at, move_id=record, date=at)

    def _paid_at(self, record: int, line: int, amount: float, when: datetime) -> None:
        books = self.works.books

        def pay(at: datetime) -> None:
            payment = books.new("account.move", at, move_type="entry", state="posted",
                                name=f"BNK/{books.number('payment'):05}")  # fmt: skip
            entry = books.new("account.move.line", at, move_id=payment, date=at)
            books.new("account.partial.reconcile", at, debit_move_id=line, credit_move_id=entry,
                      max_date=at, amount=round(amount * TAX, 2))  # fmt: skip
            books.write("account.move", record, at, payment_state="paid")

        self.works.agenda.at(when, "pay", pay)
