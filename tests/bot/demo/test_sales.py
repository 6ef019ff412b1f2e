from datetime import datetime

import pytest

from bot.demo._accounts import Accounts
from bot.demo._cast import customers
from bot.demo._production import Production
from bot.demo._range import BY_NAME, RESOLD, TASTES
from bot.demo._sales import Sales
from tests.bot.demo.small_works import DAY, T0, fill, of, small_works

ATLAS = next(one for one in customers() if one.name == "Atlas Office")
NORDWIND = next(one for one in customers() if one.name == "Nordwind Retail")
DORN = next(one for one in customers() if one.name == "Dorn Labor")


def selling(customer, days, *, stocked=True, opened=500):
    works, sold = small_works(opened_at=T0 + opened * DAY), []
    if stocked:
        for name in TASTES[customer.segment]:
            fill(works, BY_NAME[name].needs, 10_000)
        fill(works, dict.fromkeys(RESOLD, 1), 10_000)
    sales = Sales(works, Production(works), Accounts(works), lambda sale, at: sold.append(sale))
    sales.meet(customer)
    works.agenda.run_to(T0 + days * DAY)
    return works, sold


def test_orders_of_a_company_that_has_all_are_mostly_delivered_in_time():
    _, sold = selling(ATLAS, 300)
    due = [sale for sale in sold if sale.promised < T0 + 290 * DAY]
    late = [sale for sale in due if sale.shipped_at is None or sale.shipped_at > sale.promised]
    assert len(due) > 20
    assert len(late) < len(due) / 5


def test_nothing_is_delivered_that_is_not_there():
    works, sold = selling(ATLAS, 100, stocked=False)
    assert sold
    assert all(sale.shipped_at is None for sale in sold)
    assert {state for (state,) in of(works, "stock.picking", "state")} == {"assigned"}


def test_a_delivery_leads_back_to_the_order_that_makes_it():
    works, _ = selling(ATLAS, 60)
    tables = works.books.tables
    makes = [
        (tables.value("stock.move", made, "production_id"), line)
        for move in tables.ids("stock.move")
        if (line := tables.value("stock.move", move, "sale_line_id"))
        for made in tables.value("stock.move", move, "move_orig_ids")
    ]
    assert makes
    for order, line in makes:
        sale = tables.value("sale.order.line", line, "order_id")
        assert tables.value("mrp.production", order, "origin") == tables.value(
            "sale.order", sale, "name"
        )


def test_the_amount_of_an_order_is_that_of_its_lines_and_is_invoiced_on_delivery():
    works, sold = selling(ATLAS, 120)
    tables = works.books.tables
    shipped = [sale for sale in sold if sale.shipped_at]
    assert shipped
    for sale in shipped:
        lines = tables.value("sale.order", sale.record, "order_line")
        total = sum(tables.value("sale.order.line", one, "price_subtotal") for one in lines)
        assert tables.value("sale.order", sale.record, "amount_untaxed") == pytest.approx(
            total, abs=0.05
        )
    invoiced = [origin for kind, origin in of(works, "account.move", "move_type", "invoice_origin")
                if kind == "out_invoice"]  # fmt: skip
    assert sorted(invoiced) == sorted(sale.name for sale in shipped)


def test_who_goes_quiet_orders_until_then():
    works, sold = selling(NORDWIND, 500)
    assert sold
    last = max(date for (date,) in of(works, "sale.order", "date_order"))
    assert datetime.fromisoformat(last).replace(tzinfo=T0.tzinfo) <= works.days_ago(66)


def test_orders_of_the_story_come_when_they_should_and_need_the_coil():
    works, sold = selling(DORN, 500)
    recent = [sale for sale in sold if sale.promised > works.days_ago(20)]
    assert len(recent) >= 3
    assert {works.books.names[need.product] for sale in recent for need in sale.needs} & {
        "Lab bench L180", "Lab bench L240",
    }  # fmt: skip
