from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from bot.demo._cast import QUIET, SLOWING
from bot.demo.company import LIVELY_EVERY, Company

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLANS = {"date_planned", "scheduled_date", "commitment_date"}


@pytest.fixture(scope="module")
def company():
    return Company(7, NOW)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def waits(company, name, start, end):
    """Days from order to the last receipt, by the company's own books."""
    tables, found = company.tables, []
    for order in tables.ids("purchase.order"):
        partner = tables.value("purchase.order", order, "partner_id")
        if tables.value("res.partner", partner, "name") != name:
            continue
        ordered = at(tables.value("purchase.order", order, "date_approve"))
        received = tables.value("purchase.order", order, "effective_date")
        if start <= ordered < end and received:
            found.append((at(received) - ordered).days)
    return found


def test_the_same_seed_has_the_same_past(company):
    again = Company(7, NOW)
    for model in ("purchase.order", "stock.move", "sale.order.line"):
        assert again.tables.ids(model) == company.tables.ids(model)
        last = company.tables.ids(model)[-1]
        assert again.tables.read(model, last, ["write_date"]) == company.tables.read(
            model, last, ["write_date"]
        )
    assert Company(8, NOW).tables.ids("stock.move") != company.tables.ids("stock.move")


def test_it_has_two_years_of_a_business(company):
    assert len(company.tables.ids("purchase.order.line")) > 2_500
    assert len(company.tables.ids("sale.order.line")) > 2_000
    assert len(company.crm.of("tickets")) > 200


def test_the_slow_supplier_was_at_31_days_and_is_at_43(company):
    before = waits(company, SLOWING, NOW - timedelta(700), NOW - timedelta(120))
    assert abs(median(before) - 31) <= 2
    slow = waits(company, SLOWING, NOW - timedelta(68), NOW - timedelta(55))
    assert median(slow) > 37


def test_the_quiet_customer_is_quiet(company):
    tables, last = company.tables, []
    for order in tables.ids("sale.order"):
        partner = tables.value("sale.order", order, "partner_id")
        if tables.value("res.partner", partner, "name") == QUIET:
            last.append(at(tables.value("sale.order", order, "date_order")))
    assert timedelta(66) <= NOW - max(last) < timedelta(100)


def test_nothing_but_plans_is_dated_after_now(company):
    tables = company.tables
    for model in ("purchase.order", "stock.move", "stock.picking", "sale.order"):
        for id_ in tables.ids(model):
            assert at(tables.value(model, id_, "write_date")) <= NOW
    for move in tables.ids("stock.move"):
        if tables.value("stock.move", move, "state") == "done":
            assert at(tables.value("stock.move", move, "date")) <= NOW
    assert all(one.modified <= NOW for one in company.crm.of("tickets").values())


def test_while_one_watches_something_happens():
    company = Company(7, NOW)
    now, happened = NOW, 0
    for _ in range(20):
        now += LIVELY_EVERY
        happened += company.step(now)
    assert happened >= 20
    assert company.now == now
    assert all(at(company.tables.value("stock.move", one, "write_date")) <= now
               for one in company.tables.ids("stock.move"))  # fmt: skip


def test_a_step_into_the_past_changes_nothing():
    company = Company(7, NOW)
    assert company.step(NOW - timedelta(days=1)) == 0
    assert company.now == NOW
