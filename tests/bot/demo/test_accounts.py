from bot.demo._accounts import TERM_IN, TERM_OUT, Accounts
from tests.bot.demo.small_works import DAY, T0, of, small_works


def test_an_invoice_is_due_in_time_and_settled_by_a_payment():
    works = small_works()
    partner = works.books.partner("Acme", "DE", T0)
    Accounts(works).bill(partner, 100.0, "P1", T0)
    [(state, due, amount)] = of(works, "account.move", "payment_state", "invoice_date_due",
                                "amount_untaxed")  # fmt: skip
    assert (state, due, amount) == ("not_paid", (T0 + TERM_IN * DAY).date().isoformat(), 100.0)
    works.agenda.run_to(T0 + (TERM_IN + 6) * DAY)
    invoice, payment = of(works, "account.move", "move_type", "payment_state")
    assert invoice == ("in_invoice", "paid")
    assert payment[0] == "entry"
    [(debit, credit)] = of(works, "account.partial.reconcile", "debit_move_id", "credit_move_id")
    tables = works.books.tables
    assert [tables.value("account.move.line", line, "move_id") for line in (debit, credit)] == [
        *tables.ids("account.move"),
    ]  # fmt: skip


def test_most_customers_pay_about_in_time_and_a_few_months_late():
    works = small_works()
    partner = works.books.partner("Acme", "DE", T0)
    accounts = Accounts(works)
    for _ in range(400):
        accounts.invoice(partner, 100.0, "S1", T0)

    def still_open(days):
        works.agenda.run_to(T0 + (TERM_OUT + days) * DAY)
        moves = of(works, "account.move", "move_type", "payment_state")
        return moves.count(("out_invoice", "not_paid"))

    assert 5 < still_open(7) < 60
    assert 0 < still_open(55) < 15
    assert still_open(151) == 0
    moves = of(works, "account.move", "move_type", "amount_untaxed")
    credited = [amount for kind, amount in moves if kind == "out_refund"]
    assert credited
    assert all(0 < amount <= 30 for amount in credited)
