from bot.demo._books import DOCK, STOCK, WAREHOUSE
from bot.demo._cast import BUYERS, SELLERS
from bot.demo._range import PRODUCTS, RETIRED
from tests.bot.demo.small_works import T0, of, small_works


def test_every_product_has_a_bill_of_what_goes_into_it():
    books = small_works().books
    for product in PRODUCTS:
        bill = books.bills[books.products[product.name]]
        lines = books.tables.value("mrp.bom", bill, "bom_line_ids")
        found = {
            books.names[books.tables.value("mrp.bom.line", line, "product_id")]:
            books.tables.value("mrp.bom.line", line, "product_qty")
            for line in lines
        }  # fmt: skip
        assert found == product.needs


def test_the_warehouse_receives_at_its_dock():
    tables = small_works().books.tables
    assert tables.value("stock.warehouse", WAREHOUSE, "wh_input_stock_loc_id") == DOCK
    assert tables.value("stock.warehouse", WAREHOUSE, "lot_stock_id") == STOCK
    assert tables.value("stock.location", DOCK, "warehouse_id") == WAREHOUSE


def test_people_can_be_named_and_documents_are_numbered():
    books = small_works().books
    assert set(books.people) > {person.name for person in (*SELLERS, *BUYERS)}
    assert [books.number("x"), books.number("x"), books.number("y")] == [1, 2, 1]
    first, second = (books.partner(name, "SE", T0) for name in ("A", "B"))
    country = books.tables.value("res.partner", first, "country_id")
    assert books.tables.value("res.partner", second, "country_id") == country


def test_what_is_not_made_any_more_is_archived():
    products = of(small_works(), "product.product", "name", "active")
    assert [name for name, active in products if not active] == [RETIRED]
