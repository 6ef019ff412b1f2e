"""What was told of the future, and how it came out."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

TOLD = ["model", "subject", "event", "share", "issued_on"]
INDEXES = {
    "ix_forecastissued_scored": ["model", "scored_at"],
    "ix_forecastissued_by": ["model", "by_on"],
    "ix_forecastissued_share": ["model", "share", "by_on"],
}


def upgrade() -> None:
    op.create_table(
        "forecastissued",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("by_on", sa.String(length=10), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=True),
        sa.Column("scored_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("uq_forecastissued_told", "forecastissued", TOLD, unique=True)
    for name, columns in INDEXES.items():
        op.create_index(name, "forecastissued", columns)


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
