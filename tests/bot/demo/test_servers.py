"""The sample company through the real connectors into a store."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.demo._cast import SLOWING
from bot.demo.company import LIVELY_EVERY, Company
from bot.demo.servers import CRM_SECRET, ERP_SECRET, serve, source_blocks
from bot.settings import load_settings
from bot.sources import opened
from storage import sync
from storage.schema import upgrade
from storage.store import Store
from tests.commands.dialogue import words_of
from tests.storage.scripted import rows

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pull(settings, store, now):
    found = {}
    for kind, one in settings.sources:
        with opened(kind, one) as source:
            for result in sync.run(one.key, source, store, now, owner="me", clock=lambda: now):
                assert result.error is None, result
                assert result.quarantined == 0, result
                found[result.stream] = result.written
    return found


def late_for_want_of(store, supplier, now):
    """Customers with a sales line that is late, and made of what that supplier has not sent."""
    statement = """
SELECT DISTINCT c.name
  FROM salesline l
  JOIN salesorder o ON o.source_id = l.order_ref
  JOIN party c ON c.source_id = o.customer_ref
  JOIN peg made ON made.demand_kind = 'salesline' AND made.demand_ref = l.source_id
   AND made.supply_kind = 'makeorder'
  JOIN makeorder m ON m.source_id = made.supply_ref AND m.started_at IS NULL
  JOIN peg bought ON bought.demand_kind = 'makeorder' AND bought.demand_ref = m.source_id
   AND bought.supply_kind = 'purchaseline' AND bought.qty > 0
  JOIN bomline b ON b.item_ref = m.item_ref AND b.component_ref = bought.item_ref
  JOIN purchaseline p ON p.source_id = bought.supply_ref AND p.item_ref = bought.item_ref
  JOIN purchaseorder q ON q.source_id = p.order_ref
  JOIN party s ON s.source_id = q.supplier_ref
 WHERE s.name = :supplier AND l.promised_on < :today
   AND NOT EXISTS (SELECT 1 FROM shipment x WHERE x.line_ref = l.source_id)
   AND p.qty > (SELECT COALESCE(SUM(r.qty), 0) FROM receipt r WHERE r.line_ref = p.source_id)"""
    with store.reader() as session:
        bound = {"supplier": supplier, "today": now.date().isoformat()}
        return {name for (name,) in session.execute(text(statement), bound)}


@pytest.mark.slow
def test_all_of_it_comes_in_and_then_what_happened(tmp_path):
    from zoneinfo import ZoneInfo

    from commands import Ask, Grant, answer, load

    company, now = Company(7, NOW), [NOW]
    with serve(company, lambda: now[0]) as servers:
        config = tmp_path / "leadline.toml"
        config.write_text(source_blocks(servers))
        settings = load_settings({"LEADLINE_CONFIG": str(config), "ERP_API_KEY": ERP_SECRET,
                                  "CRM_TOKEN": CRM_SECRET})  # fmt: skip
        store = Store(settings.database_url)
        upgrade(store)
        first = pull(settings, store, NOW)
        assert first["purchase_lines"] == len(company.tables.ids("purchase.order.line"))
        assert first["sale_lines"] == len(company.tables.ids("sale.order.line"))
        assert first["tickets"] == len(company.crm.of("tickets"))
        assert first["make_orders"] == len(company.tables.ids("mrp.production"))
        assert first["bom_lines"] == len(company.tables.ids("mrp.bom.line"))
        assert first["stock_levels"] == len(company.tables.ids("stock.quant"))
        assert first["subscriptions"] == len(company.crm.of("subscriptions"))
        assert first["feedback_submissions"] == len(company.crm.of("feedback_submissions"))
        assert len(late_for_want_of(store, SLOWING, NOW)) >= 2
        lines = len(rows(store, table="purchaseline"))
        for _ in range(60):
            now[0] += LIVELY_EVERY
            company.step(now[0])
        now[0] += timedelta(minutes=2)
        more = pull(settings, store, now[0])
        assert 0 < sum(more.values()) < 600
        assert len(rows(store, table="purchaseline")) == len(
            company.tables.ids("purchase.order.line")
        ) > lines  # fmt: skip

        def say(line):
            ask = Ask(line, now[0], ZoneInfo("Europe/Berlin"), Grant.everything())
            with store.reader() as session:
                return words_of(answer(session, ask, load()))

        assert "▲ slower" in say("lead-time borealis")
        assert "Nordwind Retail" in say("churn")
        assert "quiet" in say("churn nordwind")
        store.close()
