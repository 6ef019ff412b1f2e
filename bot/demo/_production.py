"""How the sample company makes things: an order waits for its material, then it takes some days."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.demo._books import FACTORY, MAKING, PIECE, STOCK
from bot.demo._range import BY_NAME
from bot.demo._stockroom import Need
from bot.demo._works import Works

QUEUE_DAYS = 0.7
USED, FINISHED = (STOCK, FACTORY), (FACTORY, STOCK)
Done = Callable[[datetime], None]


class Production:
    """Makes products to order."""

    def __init__(self, works: Works) -> None:
        self.works = works

    def make(
        self, product: int, qty: float, origin: str, due: datetime, then: Done, at: datetime
    ) -> int:
        """Releases an order and asks for its material; the move that will bring the product.

        `then` is called when it is finished.
        """
        works, books = self.works, self.works.books
        what = BY_NAME[books.names[product]]
        start, finish = due - timedelta(days=what.days + 2), due - timedelta(days=2)
        order = books.new(
            "mrp.production", at, name=f"WH/MO/{books.number('production'):05}",
            state="confirmed", product_id=product, product_qty=qty, product_uom_id=PIECE,
            origin=origin, date_planned_start=start, date_planned_finished=finish,
            date_deadline=due, bom_id=books.bills[product], picking_type_id=MAKING,
        )  # fmt: skip
        reference = books.tables.value("mrp.production", order, "name")
        finished = works.stock.plan(product, qty, FINISHED, finish, at, production_id=order,
                                    reference=reference)  # fmt: skip
        missing = len(what.needs)
        needs: list[Need] = []

        def is_met(when: datetime) -> None:
            nonlocal missing
            missing -= 1
            if not missing:
                self._start_soon(order, needs, finished, qty, what.days, then, when)

        for item, each in what.needs.items():
            move = works.stock.plan(
                books.products[item], each * qty, USED, start, at, state="confirmed",
                raw_material_production_id=order, reference=reference,
            )  # fmt: skip
            needs.append(Need(move, books.products[item], each * qty, is_met))
        for need in needs:
            works.stock.ask(need, at)
        return finished

    def _start_soon(
        self, order: int, needs: list[Need], finished: int, qty: float, days: float, then: Done,
        at: datetime,
    ) -> None:  # fmt: skip
        works = self.works

        def start(when: datetime) -> None:
            works.books.write("mrp.production", order, when, state="progress", date_start=when)
            ends = works.after(when, days, 0.25)
            works.agenda.at(ends, "finish", finish)

        def finish(when: datetime) -> None:
            for need in needs:
                works.stock.release(need)
                works.stock.done(need.move, need.product, need.qty, USED, when)
            product = works.books.tables.value("mrp.production", order, "product_id")
            works.stock.done(finished, product, qty, FINISHED, when)
            works.books.write("mrp.production", order, when, state="done", date_finished=when,
                              qty_produced=qty)  # fmt: skip
            then(when)

        works.agenda.at(works.after(at, QUEUE_DAYS, 0.5), "start", start)
