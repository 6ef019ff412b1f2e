"""A real Tryton with real purchases, synced over HTTP: its figures are ours."""

import os
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import psutil
import pytest
from lifelines import KaplanMeierFitter
from sqlalchemy import text

from storage import sync
from storage.known.arrivals import arrivals
from storage.known.purchases import purchase_lines
from storage.known.stock import stocks
from storage.known.stock_changes import changes
from storage.metrics import lead_time, lead_time_tryton, turnover_tryton
from storage.metrics._stock_days import held
from storage.schema import upgrade
from storage.sources._http import Http
from storage.sources.tryton import Settings, Tryton
from storage.store import Store
from tests.storage.sources.tryton_server import NAME, PASSWORD, NoErp, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tryton")]


@pytest.fixture(scope="module")
def begun():
    return cpu_seconds()


@pytest.fixture(scope="module")
def erp(begun, tmp_path_factory):
    try:
        with running(tmp_path_factory.mktemp("tryton")) as found:
            yield found
    except NoErp as error:
        if os.environ.get("REQUIRE_ERP") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def now():
    return datetime.now(UTC)  # Tryton's own figures are of today


@pytest.fixture(scope="module")
def source(erp):
    settings = Settings(
        key="tryton:erp", kind="tryton", url=erp.url, database=NAME, user="admin", secret=PASSWORD
    )
    found = Tryton(settings, Http(erp.url, secrets=(PASSWORD,)))
    yield found
    found.http.close()


@pytest.fixture(scope="module")
def store(source, now, tmp_path_factory):
    found = Store(f"sqlite:///{tmp_path_factory.mktemp('store')}/leadline.db")
    upgrade(found)
    results = sync.run("tryton:erp", source, found, now, owner="test", clock=lambda: now)
    bad = [one for one in results if one.error or one.quarantined]
    assert bad == []
    yield found
    found.close()


def by_hand(ledger, today):
    """Observations by supplier, from what the scenario wrote down: one an order and its end."""
    found = {}
    for one in ledger["purchases"]:
        if one["special"] in ("draft", "cancelled"):
            continue
        ordered = date.fromisoformat(one["ordered"])
        days = [date.fromisoformat(day) for day, _ in one["receipts"]]
        is_off = "called off" in one["special"]
        if sum(part for _, part in one["receipts"]) == one["quantity"] or (is_off and days):
            end, is_done = max(days), True  # what came is all that was to come in the end
        else:
            # those called off were so on the day of the scenario
            end, is_done = date.fromisoformat(ledger["made_on"]) if is_off else today, False
        found.setdefault(one["supplier"], []).append(((end - ordered).days, is_done))
    return found


def within(observed, share):
    """The first day by which a share of orders is complete, by the curve of lifelines."""
    judge = KaplanMeierFitter().fit(*zip(*observed, strict=True))
    days = range(max(day for day, _ in observed) + 1)
    return next((day for day in days if judge.predict(day) <= 1 - share + 1e-9), None)


def rows(store, query):
    with store.reader() as session:
        return session.execute(text(query)).all()


def test_nothing_that_the_source_needs_is_missing(source):
    health = source.check()
    assert health.version == "8.2"
    assert health.missing == ()


def test_lead_times_equal_those_of_the_ledger_by_supplier(erp, store, now):
    with store.reader() as session:
        lines = list(purchase_lines(session, now, now - timedelta(days=1000), now))
    found = {who.name: lead_time.placed(theirs, now.date()) for who, theirs in
             lead_time.split(lines, "supplier").items()}  # fmt: skip
    expected = by_hand(erp.ledger, now.date())
    assert set(found) == set(expected) == {"Borealis", "Cirrus", "Distant"}
    for supplier, observed in expected.items():
        one = found[supplier]
        assert (one.n, one.median, one.p90) == (
            len(observed), within(observed, 0.5), within(observed, 0.9),
        )  # fmt: skip
    assert (found["Borealis"].n, found["Borealis"].open, found["Borealis"].median) == (7, 2, 21)
    assert (found["Cirrus"].cancelled, found["Cirrus"].open) == (1, 1)


def test_the_average_by_trytons_definition_equals_trytons_own(erp, store, now):
    today = now.date()
    asked = now + timedelta(seconds=1)  # states are known after the pull that brought them
    with store.reader() as session:
        seen = list(arrivals(session, asked, lead_time_tryton.since(today)))
    ours = lead_time_tryton.average_by(seen, today, "supplier")
    assert {who.name: mean.total_seconds() for who, mean in ours.items()} == erp.averages
    assert set(erp.averages) == {"Borealis", "Cirrus", "Distant"}


def test_the_turnover_by_trytons_definition_equals_trytons_own(erp, store, now):
    first, last = now.date() - timedelta(days=180), now.date() - timedelta(days=1)
    utc = ZoneInfo("UTC")
    with store.reader() as session:
        moved = list(changes(session, now, first, utc))
        every = held(stocks(session, now, utc), moved, first, last)
    found = turnover_tryton.by_spot(every, moved)
    ours = {
        one.stock.item.name: [float(figure) for figure in astuple(found[one.stock.key])]
        for one in every
    }
    # of what nothing left, Tryton gives no number
    theirs = {name: [figure or 0 for figure in figures] for name, figures in erp.turnovers.items()}
    assert ours == theirs
    assert set(ours) == {"Bearing", "Gearbox"}
    output, average, turnover = ours["Bearing"]
    assert output > 0 and average > 1 and turnover > 0


def test_every_purchase_of_the_ledger_is_in_the_store_as_it_was_made(erp, store):
    assert len(erp.ledger["purchases"]) >= 12
    found = rows(store, "SELECT o.source_id, p.name, o.ordered_on FROM purchaseorder o JOIN party p"
                        " ON p.source_id = o.supplier_ref ORDER BY o.id")  # fmt: skip
    assert [tuple(row) for row in found] == [
        (str(one["id"]), one["supplier"],
         None if one["special"] in ("draft", "cancelled") else one["ordered"])
        for one in erp.ledger["purchases"]
    ]  # fmt: skip


def test_every_receipt_of_the_ledger_is_in_the_store_and_no_other(erp, store):
    found = rows(store, "SELECT line_ref, received_on, qty / 1000000 FROM receipt")
    assert sorted(tuple(row) for row in found) == sorted(
        (str(one["line"]), day, part)
        for one in erp.ledger["purchases"] for day, part in one["receipts"]
    )  # fmt: skip


def test_dates_set_by_hand_and_lines_called_off_are_marked(erp, store):
    lines = {one["special"]: str(one["line"]) for one in erp.ledger["purchases"]}
    by_hand = rows(store, "SELECT source_id FROM purchaseline WHERE is_manual_date")
    assert [row[0] for row in by_hand] == [lines["manual"]]
    off = rows(store, "SELECT source_id, cancelled_qty / 1000000 FROM purchaseline"
                      " WHERE cancelled_at IS NOT NULL")  # fmt: skip
    assert {tuple(row) for row in off} == {
        (lines["called off"], 6), (lines["rest called off"], 5), (lines["cancelled"], None),
    }  # fmt: skip


def test_a_promise_is_the_day_that_the_supplier_needs(erp, store):
    late = [one for one in erp.ledger["purchases"] if one["supplier"] == "Distant"]
    promised = dict(rows(store, "SELECT source_id, promised_on FROM purchaseline"))
    for one in late:
        expected = (date.fromisoformat(one["ordered"]) + timedelta(days=300)).isoformat()
        assert promised[str(one["line"])] == (None if one["special"] == "draft" else expected)


def test_sales_and_their_deliveries_are_in_the_store(erp, store):
    found = rows(
        store,
        "SELECT o.number, p.name, p.kind, o.ordered_on, s.shipped_on, s.qty"
        " FROM salesorder o JOIN party p ON p.source_id = o.customer_ref"
        " JOIN salesline l ON l.order_ref = o.source_id"
        " LEFT JOIN shipment s ON s.line_ref = l.source_id ORDER BY o.id",
    )
    first, second = erp.ledger["sales"]
    assert [tuple(row) for row in found] == [
        (first["number"], "Elm & Sons", "customer", first["ordered"], first["deliveries"][0][0],
         2_000_000),
        (second["number"], "Elm & Sons", "customer", second["ordered"], None, None),
    ]  # fmt: skip


def test_productions_are_in_the_store_as_they_were_made(erp, store):
    found = rows(
        store,
        "SELECT source_id, status, qty / 1000000, done_qty / 1000000, started_on, finished_on,"
        " released_at IS NOT NULL FROM makeorder ORDER BY id",
    )
    assert [tuple(row) for row in found] == [
        (str(one["id"]), one["state"], one["quantity"],
         one["quantity"] if one["state"] == "done" else 0, one["started"],
         one["finished"], one["state"] != "draft")
        for one in erp.ledger["productions"]
    ]  # fmt: skip
    assert [row[1] for row in found] == ["done", "running", "draft"]


def test_productions_use_what_their_bill_says_for_one_of_the_item(erp, store):
    ((per_one, component, item),) = rows(
        store,
        "SELECT b.qty / 1e6, c.name, i.name FROM bomline b"
        " JOIN item c ON c.source_id = b.component_ref JOIN item i ON i.source_id = b.item_ref",
    )
    assert (per_one, component, item) == (1.5, "Bearing", "Gearbox")
    used = rows(store, "SELECT make_ref, consumed_on, qty / 1e6 FROM consumption ORDER BY id")
    assert [tuple(row) for row in used] == [
        (str(one["id"]), one["started"], one["quantity"] * per_one)
        for one in erp.ledger["productions"] if one["started"]
    ]  # fmt: skip


def test_stock_is_what_the_moves_add_up_to(store):
    """Tryton counts, and so do its moves in the store, written down apart from each other."""
    levels = dict(
        rows(store, "SELECT item_ref || '@' || location_ref, on_hand / 1e6 FROM stocklevel")
    )
    summed = """
        SELECT item_ref || '@' || place, sum(qty) / 1e6 FROM (
            SELECT item_ref, to_ref AS place, qty FROM stockmove
            UNION ALL SELECT item_ref, from_ref, -qty FROM stockmove
        ) AS ends JOIN location ON location.source_id = place
        WHERE location.kind IN ('internal', 'input', 'output')
        GROUP BY 1 HAVING sum(qty) <> 0"""
    assert levels == dict(rows(store, summed))
    assert len(levels) == 2
    assert sorted(levels.values())[0] == 4  # gearboxes


def test_stock_on_hand_is_what_came_less_what_went_by_the_ledger(erp, store, now):
    came = sum(part for one in erp.ledger["purchases"] for _, part in one["receipts"])
    sold = sum(part for one in erp.ledger["sales"] for _, part in one["deliveries"])
    runs = [one for one in erp.ledger["productions"] if one["started"]]
    made = sum(one["quantity"] for one in runs if one["state"] == "done")
    used = Decimal("1.5") * sum(one["quantity"] for one in runs)
    with store.reader() as session:
        found = {one.item.name: one.on_hand for one in stocks(session, now, ZoneInfo("UTC"))
                 if one.on_hand}  # fmt: skip
    assert found == {"Bearing": came - sold - used, "Gearbox": made}


def test_stock_and_moves_are_worth_what_the_items_cost(store):
    (worth,) = {row[0] for row in rows(
        store,
        "SELECT CAST(l.value AS REAL) / 10000 / (l.on_hand / 1e6) FROM stocklevel l"
        " JOIN item i ON i.source_id = l.item_ref WHERE i.name = 'Bearing'",
    )}  # fmt: skip
    assert worth == 30
    moved = rows(store, "SELECT DISTINCT CAST(m.value AS REAL) / 10000 / (m.qty / 1e6), m.currency"
                        " FROM stockmove m JOIN item i ON i.source_id = m.item_ref"
                        " WHERE i.name = 'Bearing' AND m.value IS NOT NULL")  # fmt: skip
    assert [tuple(row) for row in moved] == [(30, "EUR")]


def test_places_say_what_they_are_for_and_where(store):
    kinds = dict(rows(store, "SELECT code, kind FROM location WHERE code IS NOT NULL"))
    assert {code: kinds[code] for code in ("WH", "IN", "OUT", "STO", "SUP", "CUS")} == {
        "WH": "warehouse", "IN": "input", "OUT": "output", "STO": "internal", "SUP": "supplier",
        "CUS": "customer",
    }  # fmt: skip
    sites = rows(
        store,
        "SELECT DISTINCT w.code FROM location l JOIN location w ON w.source_id = l.site_ref"
        " WHERE l.code IN ('IN', 'OUT', 'STO')",
    )
    assert [row[0] for row in sites] == ["WH"]


def test_posted_invoices_are_in_the_store_and_no_other(erp, store):
    found = rows(store, "SELECT source_id, number, direction, amount / 10000, currency, issued_on,"
                        " paid_on FROM invoice ORDER BY id")  # fmt: skip
    assert [tuple(row) for row in found] == [
        (str(one["id"]), one["number"], "out", float(one["amount"]), "EUR", one["issued"],
         one["paid"])
        for one in erp.ledger["invoices"] if one["state"] in ("posted", "paid")
    ]  # fmt: skip
    assert [one["state"] for one in erp.ledger["invoices"]] == [
        "paid", "posted", "posted", "cancelled", "draft",
    ]  # fmt: skip


def test_a_second_sync_writes_nothing(source, store, now):
    later = now + timedelta(minutes=11)
    results = sync.run("tryton:erp", source, store, later, owner="test", clock=lambda: later)
    assert [one.error for one in results] == [None] * len(results)
    assert sum(one.written + one.deleted for one in results) == 0


def test_all_of_it_takes_less_than_three_minutes(begun, store):
    """Tryton's installation with it, where it is not here yet; by the work done, as others may
    keep the machine busy.
    """
    assert cpu_seconds() - begun < 180


def cpu_seconds():
    """What this process and all that it started, and still runs, has used so far."""
    ours = os.times()
    running_ones = [one.cpu_times() for one in psutil.Process().children(recursive=True)]
    return sum(ours[:4]) + sum(one.user + one.system for one in running_ones)
