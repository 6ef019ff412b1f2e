"""A small company with a story: Borealis slows down, Harbour waits for desks and may leave."""

from datetime import timedelta

from tests.commands.dialogue import NOW, synced

TODAY = NOW.date()


def day(ago):
    return TODAY - timedelta(days=ago)


def tell(world):
    """Writes the story into a world; gives the numbers and names that it speaks of."""
    steel, glass = world.supplier("Borealis Steel", country="SE"), world.supplier("Cobalt Glass")
    coil, pane, desk = world.item("Coil 2 mm"), world.item("Pane"), world.item("Desk Mono")
    for ago in range(61, 300, 2):
        world.purchase(steel, coil, day(ago), received=day(ago - 30))
        world.purchase(glass, pane, day(ago), received=day(ago - 7))
        world.make(desk, started=day(ago), released=day(ago), finished=day(ago - 4))
    for ago in range(49, 60):
        world.purchase(steel, coil, day(ago), received=day(ago - 38 - ago % 9))
    world.bom(desk, coil, 2)
    world.bom(desk, pane, 1)
    order = world.fact(
        "purchaseorder",
        number="P00900",
        supplier_ref=steel,
        buyer="Max",
        **world.when("ordered", day(35)),
    )
    line = world.purchase_line(order, coil, qty=40, promised=day(5), unit_price=12)
    world.change("purchaseline", line, "promised_on", day(5), NOW - timedelta(days=30))
    world.change("purchaseline", line, "promised_on", day(-2), NOW - timedelta(days=10))
    world.purchase(glass, pane, day(2), qty=20, promised=day(-6))
    world.make(desk, qty=20, released=day(20))
    for name, number, amount, ago, due in (
        ("Harbour & Sons", "S00471", 4_000, 25, 4), ("Quiet Corner", "S00472", 900, 24, 2),
        ("Later Ltd", "S00473", 700, 3, -90),
    ):  # fmt: skip
        party = world.customer(name)
        account = world.account(name, owner="ana@example.com")
        world.link(party, account)
        for back in range(60, 360, 30):
            world.sale(party, day(back), amount=amount, shipped=day(back - 5))
        waiting = world.fact(
            "salesorder", number=number, customer_ref=party, amount=amount, currency="EUR",
            **world.when("ordered", day(ago)),
        )  # fmt: skip
        world.sales_line(waiting, item=desk, qty=4, promised=day(due), unit_price=amount // 4)
        if name == "Harbour & Sons":
            world.ticket(account, day(30))
            world.survey(account, day(20), 3)
            world.contract(account, day(700), renewal=day(-50), notice_days=20)
    synced(world)
    return world
