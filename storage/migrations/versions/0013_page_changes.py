"""Which rows pages changed, and a quick way to what was overwritten since an instant."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "pagechange",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("refs", sa.String(), nullable=False),
    )
    op.create_index("ix_fieldchange_seen", "fieldchange", ["entity", "seen_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
