"""Whether the last read of all there is came by a row in quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column(
        "quarantine",
        sa.Column("is_seen", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def downgrade() -> None:
    op.drop_column("quarantine", "is_seen")
