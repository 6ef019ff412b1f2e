"""The sample company's ERP before anything happens: its units, places, people and goods."""

from datetime import datetime

from bot.demo._cast import BUYERS, SELLERS, SUPPLIERS, Person
from bot.demo._range import BY_NAME, OBSOLETE, PRODUCTS, RETIRED, cost_of
from bot.demo.odoo_tables import Tables

EURO, PIECE, ADMIN, WORKS = 1, 1, 2, 1
FROM_SUPPLIERS, TO_CUSTOMERS, STOCK, DOCK, FACTORY, COUNTED = 4, 5, 8, 9, 15, 14
INCOMING, OUTGOING, INTERNAL, MAKING, WAREHOUSE = 1, 2, 3, 4, 1
PLACES = {
    FROM_SUPPLIERS: ("Partners/Vendors", "supplier"),
    TO_CUSTOMERS: ("Partners/Customers", "customer"),
    STOCK: ("WH/Stock", "internal"),
    DOCK: ("WH/Input", "internal"),
    FACTORY: ("Virtual Locations/Production", "production"),
    COUNTED: ("Virtual Locations/Inventory adjustment", "inventory"),
}
PICKINGS = {INCOMING: "incoming", OUTGOING: "outgoing", INTERNAL: "internal",
            MAKING: "mrp_operation"}  # fmt: skip


class Books:
    """Writes records with ids of their own. `products` and `people` are ids by name."""

    def __init__(self, tables: Tables, at: datetime) -> None:
        self.tables = tables
        self.products: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.people: dict[str, int] = {}
        self.bills: dict[int, int] = {}
        self._next: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._countries: dict[str, int] = {}
        self._basics(at)
        self._places(at)
        self._goods(at)

    def new(self, model: str, at: datetime, **values: object) -> int:
        """A new record; its id."""
        id_ = self._next.get(model) or self.tables.next_id(model)
        self._next[model] = id_ + 1
        self.tables.write(model, id_, values, at)
        return id_

    def write(self, model: str, id_: int, at: datetime, **values: object) -> None:
        self.tables.write(model, id_, values, at)

    def number(self, what: str) -> int:
        """1, 2, 3 ... of each kind of document."""
        self._counts[what] = self._counts.get(what, 0) + 1
        return self._counts[what]

    def partner(self, name: str, country: str, at: datetime, **more: object) -> int:
        return self.new(
            "res.partner", at, name=name, is_company=True, country_id=self._country(country, at),
            **more,
        )  # fmt: skip

    def _country(self, code: str, at: datetime) -> int:
        if code not in self._countries:
            self._countries[code] = self.new("res.country", at, name=code, code=code)
        return self._countries[code]

    def _basics(self, at: datetime) -> None:
        write = self.tables.write
        write("res.currency", EURO, {"name": "EUR"}, at)
        write("res.company", WORKS, {"name": "Works", "currency_id": EURO}, at)
        write("uom.uom", PIECE, {"name": "Units", "factor_inv": 1.0}, at)
        admin = Person("leadline", "Leadline")
        for id_, person in enumerate((admin, *SELLERS, *BUYERS), ADMIN):
            values = {"name": person.name, "login": person.login, "tz": "Europe/Berlin"}
            write("res.users", id_, values, at)
            self.people[person.name] = id_

    def _places(self, at: datetime) -> None:
        write = self.tables.write
        site = self.partner("Main site", "DE", at, tz="Europe/Berlin")
        for id_, (name, usage) in PLACES.items():
            place = {"name": name.rpartition("/")[2], "complete_name": name, "usage": usage}
            write("stock.location", id_, place, at)
        house = {"name": "Main site", "code": "WH", "partner_id": site, "lot_stock_id": STOCK,
                 "wh_input_stock_loc_id": DOCK}  # fmt: skip
        write("stock.warehouse", WAREHOUSE, house, at)
        for id_ in (STOCK, DOCK):
            write("stock.location", id_, {"warehouse_id": WAREHOUSE}, at)
        for id_, code in PICKINGS.items():
            values = {"name": code, "code": code, "warehouse_id": WAREHOUSE}
            write("stock.picking.type", id_, values, at)

    def _goods(self, at: datetime) -> None:
        for supplier in SUPPLIERS:
            category = self.new("product.category", at, name=supplier.name.split()[-1])
            for item in supplier.items:
                self._product(item, f"A-{len(self.products) + 101}", category, at)
        lighting = self.new("product.category", at, name="Lighting")
        self._product(OBSOLETE, "A-199", lighting, at)
        made = self.new("product.category", at, name="Furniture")
        for number, product in enumerate(PRODUCTS, 501):
            self._product(product.name, f"P-{number}", made, at)
            self._bill(product.name, at)
        self.new("product.product", at, name=RETIRED, default_code="P-490", type="product",
                 uom_id=PIECE, categ_id=made, currency_id=EURO, active=False)  # fmt: skip

    def _product(self, name: str, code: str, category: int, at: datetime) -> None:
        template = self.new("product.template", at, name=name)
        made = self.new(
            "product.product", at, name=name, type="product", uom_id=PIECE, default_code=code,
            categ_id=category, standard_price=cost_of(name), currency_id=EURO,
            product_tmpl_id=template,
        )  # fmt: skip
        self.products[name], self.names[made] = made, name

    def _bill(self, name: str, at: datetime) -> None:
        product = self.products[name]
        template = self.tables.value("product.product", product, "product_tmpl_id")
        bill = self.new("mrp.bom", at, product_tmpl_id=template, product_qty=1.0,
                        product_uom_id=PIECE, type="normal")  # fmt: skip
        self.bills[product] = bill
        for item, qty in BY_NAME[name].needs.items():
            self.new("mrp.bom.line", at, bom_id=bill, product_id=self.products[item],
                     product_qty=float(qty), product_uom_id=PIECE)  # fmt: skip
