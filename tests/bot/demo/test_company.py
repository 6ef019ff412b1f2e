from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from bot.demo._books import DOCK, STOCK
from bot.demo._cast import AWAITED, CONTRACTS, DETRACTOR, QUIET, SLOWING, customers
from bot.demo._range import BY_NAME, OBSOLETE
from bot.demo.company import LIVELY_EVERY, Company

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
COIL = "Cold-rolled coil 2 mm"


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


@pytest.mark.slow
def test_the_same_seed_has_the_same_past():
    one, again, other = (Company(seed, NOW, 150 * DAY) for seed in (7, 7, 8))
    for model in ("purchase.order", "stock.move", "sale.order.line", "mrp.production"):
        assert again.tables.ids(model) == one.tables.ids(model)
        last = one.tables.ids(model)[-1]
        assert again.tables.read(model, last, ["write_date"]) == one.tables.read(
            model, last, ["write_date"]
        )
    assert again.crm.of("tickets").keys() == one.crm.of("tickets").keys()
    assert other.tables.ids("stock.move") != one.tables.ids("stock.move")


def test_it_has_two_years_of_a_business(company):
    tables, crm = company.tables, company.crm
    assert len(tables.ids("purchase.order.line")) > 1_800
    assert len(tables.ids("sale.order.line")) > 2_000
    assert len(tables.ids("mrp.production")) > 1_400
    assert len(tables.ids("account.move")) > 5_000
    assert len(crm.of("tickets")) > 300
    assert len(crm.of("feedback_submissions")) > 150


def test_the_slow_supplier_was_at_31_days_and_is_at_47(company):
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
    for model in ("purchase.order", "stock.move", "stock.picking", "sale.order", "mrp.production",
                  "account.move", "stock.quant", "stock.valuation.layer"):  # fmt: skip
        for id_ in tables.ids(model):
            assert at(tables.value(model, id_, "write_date")) <= NOW
    for move in tables.ids("stock.move"):
        if tables.value("stock.move", move, "state") == "done":
            assert at(tables.value("stock.move", move, "date")) <= NOW
    for kind in ("tickets", "deals", "subscriptions", "feedback_submissions", "emails"):
        assert all(one.modified <= NOW for one in company.crm.of(kind).values())


@pytest.mark.slow
def test_while_one_watches_something_happens():
    company = Company(7, NOW, 150 * DAY)
    now, happened = NOW, 0
    for _ in range(20):
        now += LIVELY_EVERY
        happened += company.step(now)
    assert happened >= 20
    assert company.now == now
    assert all(at(company.tables.value("stock.move", one, "write_date")) <= now
               for one in company.tables.ids("stock.move"))  # fmt: skip


def test_a_step_into_the_past_changes_nothing():
    company = Company(7, NOW, 60 * DAY)
    assert company.step(NOW - timedelta(days=1)) == 0
    assert company.now == NOW


# the goods


def done_moves(tables):
    """(date, product, from, to, quantity) of all that ever moved, in order of time."""
    names = ("date", "product_id", "location_id", "location_dest_id", "quantity_done")
    return sorted(
        tuple(tables.value("stock.move", move, name) for name in names)
        for move in tables.ids("stock.move")
        if tables.value("stock.move", move, "state") == "done"
    )


def test_what_lies_where_is_what_the_moves_left_and_was_never_less_than_nothing(company):
    tables, levels = company.tables, defaultdict(float)
    for _, product, start, end, qty in done_moves(tables):
        assert qty > 0
        levels[product, end] += qty
        levels[product, start] -= qty
    # of one instant the order is not told: look at what holds at the end of each
    at_times = defaultdict(list)
    for date, product, start, end, qty in done_moves(tables):
        at_times[date].append((product, start, end, qty))
    running = defaultdict(float)
    for date in sorted(at_times):
        for product, start, end, qty in at_times[date]:
            running[product, end] += qty
            running[product, start] -= qty
        for product, start, _, _ in at_times[date]:
            if start in (STOCK, DOCK):
                assert running[product, start] >= 0, (date, product)
    counted = {}
    for quant in tables.ids("stock.quant"):
        key = tuple(tables.value("stock.quant", quant, name)
                    for name in ("product_id", "location_id"))  # fmt: skip
        counted[key] = tables.value("stock.quant", quant, "quantity")
        reserved = tables.value("stock.quant", quant, "reserved_quantity")
        assert 0 <= reserved <= counted[key]
    kept = {key: qty for key, qty in levels.items() if key[1] in (STOCK, DOCK) and qty}
    assert {key: qty for key, qty in counted.items() if qty} == pytest.approx(kept)


def test_the_value_of_the_store_is_that_of_its_layers(company):
    tables = company.tables
    held = sum(tables.value("stock.quant", one, "value") for one in tables.ids("stock.quant"))
    layers = sum(tables.value("stock.valuation.layer", one, "value")
                 for one in tables.ids("stock.valuation.layer"))  # fmt: skip
    # rounded layer by layer
    assert held == pytest.approx(layers, abs=0.005 * len(tables.ids("stock.valuation.layer")))


def test_what_was_made_used_up_what_is_on_its_bill_and_in_time(company):
    tables, works = company.tables, company.works
    seen = 0
    for order in tables.ids("mrp.production"):
        if tables.value("mrp.production", order, "state") != "done":
            continue
        seen += 1
        qty = tables.value("mrp.production", order, "product_qty")
        needs = BY_NAME[
            works.books.names[tables.value("mrp.production", order, "product_id")]
        ].needs
        raw = tables.value("mrp.production", order, "move_raw_ids")
        used = {works.books.names[tables.value("stock.move", move, "product_id")]:
                tables.value("stock.move", move, "quantity_done") for move in raw}  # fmt: skip
        assert used == {item: each * qty for item, each in needs.items()}
        [made] = tables.value("mrp.production", order, "move_finished_ids")
        finished = tables.value("mrp.production", order, "date_finished")
        assert tables.value("stock.move", made, "date") == finished
        assert tables.value("mrp.production", order, "date_start") < finished
        for delivery in tables.value("stock.move", made, "move_dest_ids"):
            if tables.value("stock.move", delivery, "state") == "done":
                assert tables.value("stock.move", delivery, "date") > finished
    assert seen > 1_000


def test_one_item_has_lain_there_for_two_years(company):
    product = company.works.books.products[OBSOLETE]
    assert [end for _, moved, _, end, _ in done_moves(company.tables) if moved == product] == [
        STOCK
    ]


# the story


def open_orders(company, name):
    """Open sales orders of a customer, as (number, days late, lines)."""
    tables = company.tables
    for order in tables.ids("sale.order"):
        partner = tables.value("sale.order", order, "partner_id")
        if tables.value("res.partner", partner, "name") != name:
            continue
        if not tables.value("sale.order", order, "effective_date"):
            due = at(tables.value("sale.order", order, "commitment_date"))
            yield order, (NOW - due) / DAY, tables.value("sale.order", order, "order_line")


def suppliers_awaited_by(company, line):
    """The suppliers whose goods a sales line waits for, followed from move to move."""
    tables, found = company.tables, set()
    moves = list(tables.value("sale.order.line", line, "move_ids"))
    while moves:
        move = moves.pop()
        if tables.value("stock.move", move, "state") in ("done", "assigned"):
            if not (bought := tables.value("stock.move", move, "purchase_line_id")):
                continue
            if tables.value("stock.move", move, "state") == "assigned":
                partner = tables.value("purchase.order.line", bought, "partner_id")
                found.add(tables.value("res.partner", partner, "name"))
            continue
        moves += tables.value("stock.move", move, "move_orig_ids")
        order = tables.value("stock.move", move, "production_id")
        moves += tables.value("mrp.production", order, "move_raw_ids") if order else []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 2024])
def test_orders_of_big_customers_are_late_for_want_of_the_coil(seed, company):
    company = company if seed == 7 else Company(seed, NOW, 300 * DAY)
    late_for_coil, exposed = set(), set()
    for customer in customers():
        for _, days_late, lines in open_orders(company, customer.name):
            waits_for = set().union(*(suppliers_awaited_by(company, line) for line in lines))
            if SLOWING in waits_for:
                exposed.add(customer.name)
                if days_late > 0:
                    late_for_coil.add(customer.name)
    assert len(late_for_coil) >= 2
    assert len(late_for_coil & set(AWAITED)) >= 1
    assert len(exposed & set(AWAITED)) >= 3
    assert DETRACTOR in exposed


def test_the_notice_of_those_who_wait_ends_in_the_next_two_months(company):
    companies, soon = company.crm.of("companies"), set()
    for held in company.crm.of("subscriptions").values():
        contract = held.properties
        if contract["hs_renewal_date"]:
            ends = at(contract["hs_renewal_date"]) - int(contract["notice_days"]) * DAY
            if timedelta(0) < ends - NOW < 60 * DAY:
                soon.add(companies[held.company].properties["name"])
    names = {one.name: one.crm_name for one in customers()}
    assert {names[one] for one in AWAITED} <= soon
    assert len(CONTRACTS) <= len(company.crm.of("subscriptions")) < 30


def test_one_of_them_is_angry_and_asks(company):
    crm = company.crm
    [dorn] = [id_ for id_, one in crm.of("companies").items()
              if one.properties["name"].startswith("Dorn")]  # fmt: skip
    asked = [one for one in crm.of("tickets").values()
             if one.company == dorn and one.properties["hs_pipeline_stage"] == "1"]  # fmt: skip
    assert asked
    contacts = {str(id_) for id_, one in crm.of("contacts").items() if one.company == dorn}
    answers = [one for one in crm.of("feedback_submissions").values()
               if one.properties["hs_contact_id"] in contacts
               and one.properties["hs_survey_type"] == "NPS"]  # fmt: skip
    last = max(answers, key=lambda one: one.created)
    assert int(last.properties["hs_value"]) <= 6


def test_before_the_slowness_most_orders_were_in_time_and_then_those_of_steel_were_not(company):
    tables, names, on_time = company.tables, company.works.books.names, defaultdict(list)
    for order in tables.ids("sale.order"):
        due = at(tables.value("sale.order", order, "commitment_date"))
        left = tables.value("sale.order", order, "effective_date")
        products = {names[tables.value("sale.order.line", line, "product_id")]
                    for line in tables.value("sale.order", order, "order_line")}  # fmt: skip
        if any(COIL in BY_NAME[one].needs for one in products if one in BY_NAME) and due < NOW:
            is_recent = due > NOW - 28 * DAY
            on_time[is_recent].append(bool(left) and at(left) <= due)
    share = {key: sum(found) / len(found) for key, found in on_time.items()}
    assert share[False] > 0.75
    assert share[True] < 0.55


def test_some_invoices_are_overdue_and_most_are_paid(company):
    tables = company.tables
    states = [
        (tables.value("account.move", one, "payment_state"),
         at(tables.value("account.move", one, "invoice_date_due")) < NOW)
        for one in tables.ids("account.move")
        if tables.value("account.move", one, "move_type") == "out_invoice"
    ]  # fmt: skip
    assert 3 < states.count(("not_paid", True)) < 60
    assert states.count(("paid", True)) > 1_000
