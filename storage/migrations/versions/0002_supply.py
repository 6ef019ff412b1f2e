"""What a peg links, the site that a place is in, items that are no longer used, and indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INDEXES = {
    "ix_peg_demand": ("peg", ["source", "demand_kind", "demand_ref"]),
    "ix_peg_supply": ("peg", ["source", "supply_kind", "supply_ref"]),
    "ix_bomline_item": ("bomline", ["source", "item_ref"]),
    "ix_bomline_component": ("bomline", ["source", "component_ref"]),
    "ix_consumption_make": ("consumption", ["source", "make_ref"]),
    "ix_makeorder_item": ("makeorder", ["source", "item_ref"]),
    "ix_stocklevel_item": ("stocklevel", ["source", "item_ref"]),
    "ix_invoice_party": ("invoice", ["source", "party_ref"]),
}


def upgrade() -> None:
    for name, kind in (("demand_kind", "salesline"), ("supply_kind", "purchaseline")):
        op.add_column("peg", sa.Column(name, sa.String(), nullable=False, server_default=kind))
    op.add_column("peg", sa.Column("item_ref", sa.String(), nullable=True))
    op.add_column("location", sa.Column("site_ref", sa.String(), nullable=True))
    op.add_column("item", sa.Column("is_active", sa.Boolean(), nullable=True))
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
    op.drop_column("item", "is_active")
    op.drop_column("location", "site_ref")
    for name in ("item_ref", "supply_kind", "demand_kind"):
        op.drop_column("peg", name)
