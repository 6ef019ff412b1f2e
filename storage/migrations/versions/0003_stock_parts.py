"""Which lot or package a level of stock is of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("stocklevel", sa.Column("part", sa.String(), nullable=True))
    op.create_index("ix_stockmove_moved", "stockmove", ["moved_at"])


def downgrade() -> None:
    op.drop_index("ix_stockmove_moved", table_name="stockmove")
    op.drop_column("stocklevel", "part")
