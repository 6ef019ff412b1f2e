"""What devices measured and scanned."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

INDEXES = {
    "ix_sensorreading_seen": ["measure", "seen_at"],
    "ix_sensorreading_shipment": ["shipment_ref"],
}


def upgrade() -> None:
    op.create_table(
        "sensorreading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("shipment_ref", sa.String(), nullable=True),
        sa.Column("lot_ref", sa.String(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_sensorreading_source", "sensorreading", ["source", "source_id"], unique=True
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "sensorreading", columns)


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
