import pytest

from bot.demo.odoo_schema import SCHEMA, columns, has_model, shown


@pytest.mark.parametrize("model", SCHEMA)
def test_every_link_leads_to_a_model_and_back(model):
    for name, column in SCHEMA[model].items():
        if column.to:
            assert column.to in SCHEMA, name
        if column.inverse:
            assert column.inverse in SCHEMA[column.to], name


@pytest.mark.parametrize(
    ("model", "major", "there", "not_there"),
    [("stock.move", 16, "quantity_done", "quantity"),
     ("stock.move", 17, "quantity", "quantity_done"),
     ("purchase.order.line", 20, "date_promised", "product_uom"),
     ("purchase.order.line", 19, "product_uom", "date_promised")],
)  # fmt: skip
def test_fields_have_the_names_of_their_version(model, major, there, not_there):
    names = shown(model, major)
    assert there in names
    assert not_there not in names


def test_every_model_has_stamps():
    assert all("write_date" in columns(model) for model in SCHEMA)


def test_models_and_fields_go_with_the_versions():
    assert has_model("stock.valuation.layer", 18)
    assert not has_model("stock.valuation.layer", 19)
    assert not has_model("no.model", 16)
    assert "date_planned_start" not in shown("mrp.production", 17)
    assert "value" in shown("stock.move", 19)
